"""Copies of parts of buffers without making a slice, which would allocate."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def copy_samples(source: ptr16, source_at: int, target: ptr16, target_at: int, count: int):
    # Forwards; in one buffer target must not be above source.
    source = ptr16(int(source) + 2 * source_at)
    target = ptr16(int(target) + 2 * target_at)
    while count >= 8:
        target[0] = source[0]
        target[1] = source[1]
        target[2] = source[2]
        target[3] = source[3]
        target[4] = source[4]
        target[5] = source[5]
        target[6] = source[6]
        target[7] = source[7]
        source = ptr16(int(source) + 16)
        target = ptr16(int(target) + 16)
        count -= 8
    while count:
        target[0] = source[0]
        source = ptr16(int(source) + 2)
        target = ptr16(int(target) + 2)
        count -= 1


@micropython.viper
def copy_bytes(source: ptr8, source_at: int, target: ptr8, target_at: int, count: int):
    source = ptr8(int(source) + source_at)
    target = ptr8(int(target) + target_at)
    while count >= 8:
        target[0] = source[0]
        target[1] = source[1]
        target[2] = source[2]
        target[3] = source[3]
        target[4] = source[4]
        target[5] = source[5]
        target[6] = source[6]
        target[7] = source[7]
        source = ptr8(int(source) + 8)
        target = ptr8(int(target) + 8)
        count -= 8
    while count:
        target[0] = source[0]
        source = ptr8(int(source) + 1)
        target = ptr8(int(target) + 1)
        count -= 1
