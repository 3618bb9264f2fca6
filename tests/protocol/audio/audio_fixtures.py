"""Signals, measures and the heap lock that the audio tests share."""
# MIT License; see LICENSE

import math
from array import array

import micropython


def tone(frequency_hz, rate_hz, count, amplitude=16000, start=0):
    """A sine in array('h')."""
    step = 2 * math.pi * frequency_hz / rate_hz
    return array("h", (round(amplitude * math.sin(step * (start + i))) for i in range(count)))


def noise(count, seed=1, amplitude=32767):
    """White noise, the same on every runtime: a linear congruence in 31 bits."""
    out = array("h", bytes(2 * count))
    for i in range(count):
        seed = (seed * 1103 + 12345) & 0xFFFFF
        out[i] = ((seed >> 4) - 32768) * amplitude // 32768
    return out


def power(pcm, frequency_hz, rate_hz):
    """Squared amplitude of one frequency in pcm, under a Hann window."""
    count = len(pcm)
    step = 2 * math.pi * frequency_hz / rate_hz
    real = imaginary = 0.0
    for i in range(count):
        value = pcm[i] * (1 - math.cos(2 * math.pi * (i + 0.5) / count))
        real += value * math.cos(step * i)
        imaginary += value * math.sin(step * i)
    return (real * real + imaginary * imaginary) * 4 / (count * count)


def decibels(ratio):
    """Ten times the logarithm; -200 for nothing."""
    return 10 * math.log(ratio) / math.log(10) if ratio > 1e-20 else -200.0


def checksum(values, seed=0):
    """One number for a buffer, in 28 bits."""
    for value in values:
        seed = (seed * 31 + value) & 0xFFFFFFF
    return seed


def largest_step(values):
    """The largest difference of neighbours: a click shows here."""
    return max(abs(values[i] - values[i - 1]) for i in range(1, len(values)))


def without_heap(function, a=None, b=None, c=None):
    """Call function with the heap locked: an allocation raises MemoryError on MicroPython."""
    count = 3 if c is not None else 2 if b is not None else 1
    micropython.heap_lock()
    try:
        if count == 3:  # a call with *args would itself allocate
            return function(a, b, c)
        return function(a, b) if count == 2 else function(a)
    finally:
        micropython.heap_unlock()
