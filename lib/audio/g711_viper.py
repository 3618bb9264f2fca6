"""G.711 inner loops, one call a frame; both laws differ only in their tables and constants."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def encode(pcm: ptr16, packet: ptr8, count: int, segments: ptr8, bias: int, invert: int):
    # A table entry is (segment base << 4) | shift. The clip is what mu-law's bias makes necessary.
    while count >= 4:
        u = pcm[0]
        m = ((u ^ (0 - (u >> 15))) & 32767) + bias
        if m > 32767:
            m = 32767
        t = segments[m >> 7]
        packet[0] = (t & 240) + (m >> (t & 15)) ^ (u >> 15 << 7) ^ invert
        u = pcm[1]
        m = ((u ^ (0 - (u >> 15))) & 32767) + bias
        if m > 32767:
            m = 32767
        t = segments[m >> 7]
        packet[1] = (t & 240) + (m >> (t & 15)) ^ (u >> 15 << 7) ^ invert
        u = pcm[2]
        m = ((u ^ (0 - (u >> 15))) & 32767) + bias
        if m > 32767:
            m = 32767
        t = segments[m >> 7]
        packet[2] = (t & 240) + (m >> (t & 15)) ^ (u >> 15 << 7) ^ invert
        u = pcm[3]
        m = ((u ^ (0 - (u >> 15))) & 32767) + bias
        if m > 32767:
            m = 32767
        t = segments[m >> 7]
        packet[3] = (t & 240) + (m >> (t & 15)) ^ (u >> 15 << 7) ^ invert
        pcm = ptr16(int(pcm) + 8)
        packet = ptr8(int(packet) + 4)
        count -= 4
    while count:
        u = pcm[0]
        m = ((u ^ (0 - (u >> 15))) & 32767) + bias
        if m > 32767:
            m = 32767
        t = segments[m >> 7]
        packet[0] = (t & 240) + (m >> (t & 15)) ^ (u >> 15 << 7) ^ invert
        pcm = ptr16(int(pcm) + 2)
        packet = ptr8(int(packet) + 1)
        count -= 1


@micropython.viper
def decode(packet: ptr8, pcm: ptr16, count: int, table: ptr16):
    while count >= 8:
        pcm[0] = table[packet[0]]
        pcm[1] = table[packet[1]]
        pcm[2] = table[packet[2]]
        pcm[3] = table[packet[3]]
        pcm[4] = table[packet[4]]
        pcm[5] = table[packet[5]]
        pcm[6] = table[packet[6]]
        pcm[7] = table[packet[7]]
        packet = ptr8(int(packet) + 8)
        pcm = ptr16(int(pcm) + 16)
        count -= 8
    while count:
        pcm[0] = table[packet[0]]
        packet = ptr8(int(packet) + 1)
        pcm = ptr16(int(pcm) + 2)
        count -= 1
