"""The loops over bytes of SRTP: counter blocks, key stream, tag; no bounds are checked here."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def copy(target: ptr8, at: int, source: ptr8, start: int, count: int):
    """Copy `count` bytes from source[start:] to target[at:]."""
    t = ptr8(int(target) + at)
    s = ptr8(int(source) + start)
    while count:
        count -= 1
        t[count] = s[count]


@micropython.viper
def fill_blocks(blocks: ptr8, count: int, iv: ptr8):
    """Write `count` (1..256) counter blocks of 16 bytes: iv[0:15] and the block's number."""
    b = blocks
    number = 0
    while number < count:
        i = 0
        while i < 15:
            b[i] = iv[i]
            i += 1
        b[15] = number
        b = ptr8(int(b) + 16)
        number += 1


@micropython.viper
def set_sequence(blocks: ptr8, count: int, masked: int):
    """Write the 16-bit `masked` (sequence number xor salt) into bytes 12 and 13 of each block."""
    b = blocks
    high = masked >> 8
    while count:
        b[12] = high
        b[13] = masked
        b = ptr8(int(b) + 16)
        count -= 1


@micropython.viper
def xor(packet: ptr8, start: int, end: int, stream: ptr8):
    """Xor packet[start:end] with the key stream; both must begin on a multiple of four."""
    p = ptr32(int(packet) + start)
    s = ptr32(stream)
    left = end - start
    while left > 3:
        p[0] = p[0] ^ s[0]
        p = ptr32(int(p) + 4)
        s = ptr32(int(s) + 4)
        left -= 4
    tail = ptr8(p)
    key = ptr8(s)
    while left:
        left -= 1
        tail[left] = tail[left] ^ key[left]


@micropython.viper
def put_word(packet: ptr8, at: int, high: int, low: int):
    """Write two 16-bit halves, big-endian, at packet[at:at + 4]."""
    p = ptr8(int(packet) + at)
    p[0] = high >> 8
    p[1] = high
    p[2] = low >> 8
    p[3] = low


@micropython.viper
def take_tag(packet: ptr8, at: int, tag: ptr8, high: int, low: int):
    """Save the ten bytes at packet[at:] in `tag`, then put the rollover counter's halves there."""
    p = ptr8(int(packet) + at)
    i = 0
    while i < 10:
        tag[i] = p[i]
        i += 1
    p[0] = high >> 8
    p[1] = high
    p[2] = low >> 8
    p[3] = low


@micropython.viper
def differ(a: ptr8, a_at: int, b: ptr8, count: int) -> int:
    """Return 0 if `count` bytes of a[a_at:] and b agree; takes the same time wherever not."""
    p = ptr8(int(a) + a_at)
    bits = 0
    while count:
        count -= 1
        bits |= p[count] ^ b[count]
    return bits
