"""Counts the instructions of a call on the emulated core, and prints them one a line."""
# MIT License; see LICENSE

import gc

import chip


def _nothing(*_):
    pass


def _raw(function, arguments, rounds):
    gc.collect()
    start = chip.instructions()
    for _ in range(rounds):
        function(*arguments)
    return (chip.instructions() - start) & 0x3FFFFFFF


def average(function, *arguments, rounds=20):
    """Instructions of a call, the mean of `rounds`; loop and passing of arguments taken off."""
    function(*arguments)  # what is made on first use is not the cost of a frame
    empty = _raw(_nothing, arguments, rounds)
    return (_raw(function, arguments, rounds) - empty) // rounds


def report(name, value):
    """Print one figure for the host."""
    print("=", name, value)
