"""A fake I2C bus: devices by address in `I2C.devices`, each with `write(data)` and `read(n)`."""
# MIT License; see LICENSE

_ENODEV = 19


class I2C:
    """One bus a number, as on the chip; who is not in `devices` does not answer."""

    devices = {}

    def __init__(self, id=0, *, scl=None, sda=None, freq=400000, timeout=50000):
        self.id = id
        self.scl, self.sda = scl, sda
        self.freq = freq

    def __str__(self):
        return f"I2C({self.id}, scl={self.scl}, sda={self.sda}, freq={self.freq})"

    def _device(self, address):
        if address not in I2C.devices:
            raise OSError(_ENODEV)
        return I2C.devices[address]

    def scan(self):
        return sorted(I2C.devices)

    def writeto(self, address, data, stop=True):
        self._device(address).write(bytes(data))
        return len(data)

    def readfrom(self, address, count, stop=True):
        return bytes(self._device(address).read(count))

    def writeto_mem(self, address, register, data, *, addrsize=8):
        head = register.to_bytes(addrsize // 8, "big")
        self._device(address).write(head + bytes(data))

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        device = self._device(address)
        device.write(register.to_bytes(addrsize // 8, "big"))
        return bytes(device.read(count))

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        buffer[:] = self.readfrom_mem(address, register, len(buffer), addrsize=addrsize)

    def readfrom_into(self, address, buffer, stop=True):
        buffer[:] = self.readfrom(address, len(buffer))
