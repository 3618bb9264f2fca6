"""How many vectors of so many pulses there are: one table for all that code such vectors."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_tables as tables
from .celt_pvq_viper import count_codewords

_WORDS = const(15 + 1272)  # U(n, k) of section 4.3.4.2, as celt_pvq_viper.py keeps them

_made = []


def codewords():
    """Return the table, an array('I') that is not to be changed."""
    if not _made:
        table = array("I", bytes(4 * _WORDS))
        count_codewords(table, tables.PULSE_ROWS, len(tables.PULSE_ROWS))
        _made.append(table)
    return _made[0]
