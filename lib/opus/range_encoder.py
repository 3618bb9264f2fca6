"""Range encoder (RFC 6716 section 5.1): the state, and a method a symbol for plain Python."""
# MIT License; see LICENSE

from array import array

from . import range_encoder_viper, range_viper
from .range_decoder import END, ERROR, FIRST, RANGE, WIDE, WORDS


class RangeEncoder:
    """Writes the symbols of one frame after another; allocates nothing after the constructor.

    `state` and `data` are what the functions of range_encoder_viper take.
    """

    def __init__(self):
        self.state = array("I", bytes(4 * WORDS))
        self.data = b""

    def start(self, data, first, length):
        """Begin a frame of `length` bytes at data[first]. Raises ValueError if not in data."""
        if first < 0 or length < 1 or first + length > len(data):
            raise ValueError("frame exceeds data")
        self.data = data
        range_encoder_viper.start(self.state, first, length)

    def bit(self, value, log):
        """Write a bit that is 1 with probability 2^-log, log 1 to 16."""
        range_encoder_viper.bit(self.state, self.data, value, log)

    def symbol(self, value, table, log):
        """Write an index into an inverse cumulative table out of 2^log."""
        range_encoder_viper.symbol(self.state, self.data, value, table, log)

    def uniform(self, value, total):
        """Write one of `total` equally likely values, total 2 to 2^30."""
        self.state[WIDE] = value
        range_encoder_viper.wide(self.state, self.data, total - 1)

    def raw(self, value, bits):
        """Write up to 24 bits to the end of the frame."""
        range_encoder_viper.raw(self.state, self.data, value, bits)

    def finish(self):
        """Write what is left; all bytes of the frame are set then."""
        range_encoder_viper.finish(self.state, self.data)

    def tell(self):
        """Return the bits used so far, rounded up."""
        return range_viper.tell(self.state)

    def tell_eighths(self):
        """Return the eighths of bits used so far, rounded up."""
        return range_viper.tell_eighths(self.state)

    @property
    def length(self):
        """The bytes of the frame."""
        return self.state[END] - self.state[FIRST]

    @property
    def final_range(self):
        """The range: a decoder's is equal after the frame."""
        return self.state[RANGE]

    @property
    def error(self):
        """Whether more was written than the frame holds."""
        return self.state[ERROR] != 0
