"""Range decoder (RFC 6716 section 4.1): the state, and a method a symbol for plain Python."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import range_viper

# Words of the state, for viper code that reads symbols itself; all of them in range_viper.py.
WORDS = const(13)
RANGE = const(0)
VALUE = const(1)
FRONT = const(2)
END = const(3)
BACK = const(4)
BITS_USED = const(7)
ERROR = const(9)
FIRST = const(10)
WIDE = const(12)


class RangeDecoder:
    """Reads the symbols of one frame after another; allocates nothing after the constructor.

    `state` and `data` are what the functions of range_viper take. A frame that is too short reads
    as if zeros followed; `tell()` past the frame's bits or `error` shows a broken frame.
    """

    def __init__(self):
        self.state = array("I", bytes(4 * WORDS))
        self.data = b""

    def start(self, data, first, length):
        """Begin the frame of `length` bytes at data[first]. Raises ValueError if not in data."""
        if first < 0 or length < 0 or first + length > len(data):
            raise ValueError("frame exceeds data")
        self.data = data
        range_viper.start(self.state, data, first, length)

    def bit(self, log):
        """Return a bit that is 1 with probability 2^-log, log 1 to 16."""
        return range_viper.bit(self.state, self.data, log)

    def symbol(self, table, first, log):
        """Return an index into the inverse cumulative table at table[first], out of 2^log."""
        return range_viper.symbol(self.state, self.data, table, first, log)

    def uniform(self, total):
        """Return one of `total` equally likely values, total 2 to 2^32 - 1."""
        state = self.state
        state[WIDE] = total
        range_viper.wide(state, self.data)
        return state[WIDE]

    def raw(self, bits):
        """Return up to 24 bits from the end of the frame."""
        return range_viper.raw(self.state, self.data, bits)

    def tell(self):
        """Return the bits used so far, rounded up."""
        return range_viper.tell(self.state)

    def tell_eighths(self):
        """Return the eighths of bits used so far, rounded up."""
        return range_viper.tell_eighths(self.state)

    def shorten(self, length):
        """Take `length` bytes off the end, before any raw() was called (section 4.5.1)."""
        self.state[END] -= length
        self.state[BACK] -= length

    @property
    def length(self):
        """The bytes of the frame."""
        return self.state[END] - self.state[FIRST]

    @property
    def final_range(self):
        """The range: equal to the encoder's when the frame was decoded right."""
        return self.state[RANGE]

    @property
    def error(self):
        """Whether a value was out of bounds."""
        return self.state[ERROR] != 0
