"""A fake machine.bitstream: what went to addressable LEDs, by pin, in `sent`."""
# MIT License; see LICENSE

sent = {}


def bitstream(pin, encoding, timing, buffer):
    sent[pin.id] = bytes(buffer)
