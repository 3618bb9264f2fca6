"""A chip for the fake I2C bus: registers, and a record of what was written and read."""
# MIT License; see LICENSE

from fake_i2c import I2C

_ENODEV = 19


class Chip:
    """The registers of one chip.

    registers: {register: value} after reset; what is not in it reads 0. width: bytes a register.
    stuck: registers that keep their value whatever is written.
    """

    def __init__(self, registers=None, width=1, stuck=()):
        self.registers = dict(registers or {})
        self.width = width
        self.stuck = stuck
        self.written = []
        self.read_back = []
        self._register = 0

    def write(self, data):
        """What the bus brings: a register's number, and its value when it is to be written."""
        self._register = data[0]
        if len(data) == 1:
            return
        if len(data) != 1 + self.width:
            raise OSError(_ENODEV)
        value = int.from_bytes(data[1:], "big")
        self.written.append((self._register, value))
        if self._register not in self.stuck:
            self.registers[self._register] = value

    def read(self, count):
        """What the bus takes, from the register that was named last."""
        self.read_back.append(self._register)
        return self.registers.get(self._register, 0).to_bytes(count, "big")


def bus(chips):
    """A bus with chips by address, and nobody else."""
    I2C.devices = dict(chips)
    return I2C(0, scl=18, sda=17)


# What chips say who they are, and how wide their registers are, where that is not one byte.
_KNOWN = {
    "ES8311": ({0xFD: 0x83}, 1),
    "AW88298": ({0x00: 0x1852}, 2),
    "AW9523": ({0x10: 0x23}, 1),
    "AXP2101": ({0x03: 0x4A}, 1),
}


def chips_of(parts):
    """The chips by address of a board.json's `parts`."""
    found = {}
    for part in parts.values():
        for name, address in part.get("chips", {}).items():
            registers, width = _KNOWN.get(name, ({}, 1))
            found[int(address, 16)] = Chip(registers, width)
    return found
