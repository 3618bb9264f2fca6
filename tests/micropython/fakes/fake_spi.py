"""A fake SPI bus: what was written, a piece a call, in `SPI.written`."""
# MIT License; see LICENSE


class SPI:
    """Write only. Pins are remembered in `pins`: clock, data out, data in."""

    written = []

    def __init__(self, id, baudrate=1000000, *, sck=None, mosi=None, miso=None):
        self.id = id
        self.baudrate = baudrate
        self.pins = (sck, mosi, miso)

    def write(self, data):
        SPI.written.append(bytes(data))
