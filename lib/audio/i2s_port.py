"""A machine.I2S object that never blocks."""
# MIT License; see LICENSE

import select

from micropython import const

BLOCK = const(256)  # frames in a DMA buffer of the ESP32 port, whatever the rate
GRAIN = const(16)  # frames; what microphones and speakers move in multiples of


def open_port(port, sck, ws, sd, receive, bits, rate_hz, buffer_bytes):
    """Return I2S(port) in stereo, running; pins are numbers or Pin objects.

    Raises what machine.I2S does: ValueError for a port or pin that the chip does not have, OSError
    when there is no memory for DMA.
    """
    from machine import I2S, Pin  # late: a host without it can import this package

    i2s = I2S(
        port,
        sck=Pin(sck),
        ws=Pin(ws),
        sd=Pin(sd),
        mode=I2S.RX if receive else I2S.TX,
        bits=bits,
        format=I2S.STEREO,
        rate=rate_hz,
        ibuf=buffer_bytes,
    )
    # The first poll makes an object non-blocking for good; before it, calls wait with the GIL.
    poller = select.poll()
    poller.register(i2s, select.POLLIN if receive else select.POLLOUT)
    poller.poll(0)
    poller.unregister(i2s)
    return i2s


def piece_frames(rate_hz):
    """How many frames to move at a time: 20 ms, but no more than two DMA buffers."""
    return min(rate_hz // 50, 2 * BLOCK) // GRAIN * GRAIN


def prefixes(buffer, words_a_frame):
    """Views of the first 0, 16, 32 .. frames of a buffer, so that no call has to slice."""
    view = memoryview(buffer)
    ends = range(0, len(view) + 1, GRAIN * words_a_frame)
    return tuple([view[:end] for end in ends])
