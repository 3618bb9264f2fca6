"""A fake `machine.I2C` with chips on it: a chip is registers, and a record of what was written."""
# MIT License; see LICENSE

ENODEV = 19


class Chip:
    """The registers of one chip.

    registers: {register: value} after reset; what is not in it reads 0. width: bytes a register.
    stuck: registers that keep their value whatever is written. on_write: called with (register,
    value) after each write.
    """

    def __init__(self, registers=None, width=1, stuck=(), on_write=None):
        self.registers = dict(registers or {})
        self.width = width
        self.stuck = stuck
        self.on_write = on_write
        self.written = []
        self.read = []

    def put(self, register, data):
        value = 0
        for byte in data:
            value = value << 8 | byte
        if len(data) != self.width:
            raise OSError(ENODEV)
        self.written.append((register, value))
        if register not in self.stuck:
            self.registers[register] = value
        if self.on_write:
            self.on_write(register, value)

    def get(self, register, buffer):
        self.read.append(register)
        value = self.registers.get(register, 0)
        for at in range(len(buffer) - 1, -1, -1):
            buffer[at] = value & 0xFF
            value >>= 8


class I2C:
    """The part of machine.I2C that drivers use. `I2C.chips` are those on every bus."""

    chips = {}

    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        self.id = id
        self.scl = scl
        self.sda = sda
        self.freq = freq

    def __str__(self):
        return f"I2C({self.id}, scl={self.scl}, sda={self.sda}, freq={self.freq})"

    def attach(self, address, chip):
        """Put a chip on this bus only; returns it."""
        if self.chips is I2C.chips:
            self.chips = dict(I2C.chips)
        self.chips[address] = chip
        return chip

    def scan(self):
        return sorted(self.chips)

    def _chip(self, address):
        if address not in self.chips:
            raise OSError(ENODEV)
        return self.chips[address]

    def writeto_mem(self, address, register, data, *, addrsize=8):
        self._chip(address).put(register, data)

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        self._chip(address).get(register, buffer)

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        buffer = bytearray(count)
        self._chip(address).get(register, buffer)
        return bytes(buffer)


SoftI2C = I2C
