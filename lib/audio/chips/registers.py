"""Registers of a chip on an I2C bus: writes that are read back, errors that say what to check."""
# MIT License; see LICENSE

import time

from micropython import const

# In a start-up sequence: not a register, but milliseconds to wait.
WAIT_MS = const(-1)
_MOST_NOTES = const(8)


class ChipError(OSError):
    """A chip does not answer, is another one, or keeps nothing of what was written."""


class Registers:
    """The registers of one chip: one byte of address, `width` bytes of value, high byte first.

    i2c: a machine.I2C. address: seven bits. name: the chip, for messages. volatile: registers that
    do not read back what was written, such as resets. `notes` are sentences about registers that
    held something else. Every method raises ChipError.
    """

    def __init__(self, i2c, address, name, volatile=(), width=1):
        self.i2c = i2c
        self.address = address
        self.name = name
        self.notes = []
        self._volatile = volatile
        self._width = width
        self._buffer = bytearray(width)

    def read(self, register):
        """The value of a register."""
        try:
            self.i2c.readfrom_mem_into(self.address, register, self._buffer)
        except OSError as error:
            raise ChipError(self._silence(error)) from None
        value = 0
        for byte in self._buffer:
            value = value << 8 | byte
        return value

    def write(self, register, value):
        """Write a register and read it back, unless it is volatile."""
        self._put(register, value)
        if register not in self._volatile:
            self.differs(register, value)

    def update(self, register, mask, value):
        """Change the bits of `mask` to those of `value`; leaves the others."""
        self.write(register, self.read(register) & ~mask | value & mask)

    def run(self, sequence):
        """Write (register, value) pairs in order, (WAIT_MS, n) waits; then read all of it back.

        What is read back is the last value of each register: a sequence may pass through others.
        One that differs may be a reserved bit, and is noted; most of them mean that this is no
        such chip, or that it has no power.
        """
        last = {}
        for register, value in sequence:
            if register == WAIT_MS:
                time.sleep_ms(value)
                continue
            self._put(register, value)
            last[register] = value
        kept = [register for register in last if register not in self._volatile]
        wrong = [register for register in kept if self.differs(register, last[register])]
        if 2 * len(wrong) > len(kept):
            raise ChipError(
                f"{self.name} at 0x{self.address:02X} keeps nothing that is written: check its"
                " supply and that no other chip has this address"
            )

    def differs(self, register, value):
        """Whether a register holds something else; noted, and printed once."""
        found = self.read(register)
        if found == value:
            return False
        note = (
            f"{self.name} at 0x{self.address:02X} holds 0x{found:02X} in register"
            f" 0x{register:02X}, not 0x{value:02X}"
        )
        if note not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(note)
            print(note)
        return True

    def identify(self, register, value, mask=-1):
        """Raise ChipError unless the register that names the chip holds `value`."""
        found = self.read(register)
        if found & mask != value & mask:
            raise ChipError(
                f"the chip at 0x{self.address:02X} is no {self.name}: its register"
                f" 0x{register:02X} is 0x{found:02X}, not 0x{value:02X}; check that this is the"
                " board that was deployed, and its revision"
            )

    def _put(self, register, value):
        buffer = self._buffer
        for at in range(self._width - 1, -1, -1):
            buffer[at] = value & 0xFF
            value >>= 8
        try:
            self.i2c.writeto_mem(self.address, register, buffer)
        except OSError as error:
            raise ChipError(self._silence(error)) from None

    def _silence(self, error):
        return silence(self.i2c, self.address, self.name, error)


def silence(i2c, address, name, error):
    """A sentence for a chip that does not answer: where it was looked for, who did answer."""
    try:
        others = i2c.scan()
    except OSError:
        others = ()
    if address in others:
        cure = "it answers now and then: shorten the wires or lower the bus's frequency"
    elif others:
        found = ", ".join([f"0x{other:02X}" for other in others])
        cure = f"{found} did: check the chip's supply and its address pins"
    else:
        cure = "nobody did: check that SDA and SCL are not swapped, their pull-ups and the supply"
    return f"{name} does not answer at 0x{address:02X} on {i2c} ({error}); {cure}"
