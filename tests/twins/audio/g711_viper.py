"""Plain twin of lib/audio/g711_viper.py."""
# MIT License; see LICENSE


def encode(pcm, packet, count, segments, bias, invert):
    for i in range(count):
        sample = pcm[i]
        sign = 1 if sample < 0 else 0
        magnitude = min((~sample if sign else sample) + bias, 32767)
        entry = segments[magnitude >> 7]
        code = (entry & 240) + (magnitude >> (entry & 15))
        packet[i] = (code ^ (sign << 7) ^ invert) & 255


def decode(packet, pcm, count, table):
    for i in range(count):
        pcm[i] = table[packet[i]]
