"""machine.mem32 as a dictionary: what was written can be read, the rest is 0."""
# MIT License; see LICENSE


class Registers:
    """Words by address, and `writes`: (address, value) in order."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.words = {}
        self.writes = []

    def __getitem__(self, address):
        return self.words.get(address, 0)

    def __setitem__(self, address, value):
        self.words[address] = value
        self.writes.append((address, value))


mem32 = Registers()
