"""Saturating sums of two or three streams of signed 16-bit samples."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def add2(out: ptr16, first: ptr16, second: ptr16, count: int):
    while count:
        v = (first[0] ^ 32768) + (second[0] ^ 32768) - 65536
        if v > 32767:
            v = 32767
        if v < -32768:
            v = -32768
        out[0] = v
        out = ptr16(int(out) + 2)
        first = ptr16(int(first) + 2)
        second = ptr16(int(second) + 2)
        count -= 1


@micropython.viper
def add3(out: ptr16, first: ptr16, second: ptr16, third: ptr16, count: int):
    while count:
        v = (first[0] ^ 32768) + (second[0] ^ 32768) + (third[0] ^ 32768) - 98304
        if v > 32767:
            v = 32767
        if v < -32768:
            v = -32768
        out[0] = v
        out = ptr16(int(out) + 2)
        first = ptr16(int(first) + 2)
        second = ptr16(int(second) + 2)
        third = ptr16(int(third) + 2)
        count -= 1
