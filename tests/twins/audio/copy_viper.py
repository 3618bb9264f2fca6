"""Plain twin of lib/audio/copy_viper.py."""
# MIT License; see LICENSE


def copy_samples(source, source_at, target, target_at, count):
    for i in range(count):
        target[target_at + i] = source[source_at + i]


def copy_bytes(source, source_at, target, target_at, count):
    copy_samples(source, source_at, target, target_at, count)
