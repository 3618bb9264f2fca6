"""Fades from one decoding of the same instants to another (RFC 6716 section 4.5.1.4)."""
# MIT License; see LICENSE

import micropython


# `n` values from number `to` of `out`: first from `old`, then more and more from `new`, which may
# be `out` itself. `window` rises from 0 to 32767 in n / channels steps, and counts by its square.
@micropython.viper
def fade(
    out: ptr16,
    to: int,
    old: ptr16,
    old_at: int,
    new: ptr16,
    new_at: int,
    n: int,
    channels: int,
    window: ptr16,
):
    out = ptr16(int(out) + 2 * to)
    old = ptr16(int(old) + 2 * old_at)
    new = ptr16(int(new) + 2 * new_at)
    i = 0
    while i < n:
        weight = window[0] * window[0] >> 15
        window = ptr16(int(window) + 2)
        channel = 0
        while channel < channels:
            value = ((new[i] ^ 32768) - 32768) * weight
            out[i] = (value + ((old[i] ^ 32768) - 32768) * (32767 - weight)) >> 15
            channel += 1
            i += 1


@micropython.viper
def copy(out: ptr16, to: int, source: ptr16, n: int):
    # The first n values of source, to number `to` of out and on.
    out = ptr16(int(out) + 2 * to)
    i = 0
    while i < n:
        out[i] = source[i]
        i += 1


@micropython.viper
def clear(out: ptr16, to: int, n: int):
    # n values from number `to` on become 0.
    out = ptr16(int(out) + 2 * to)
    i = 0
    while i < n:
        out[i] = 0
        i += 1
