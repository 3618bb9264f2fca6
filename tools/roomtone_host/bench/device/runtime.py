"""Instructions of what the runtime does for a viper function, by kind.

Each is the difference of two functions, with a few instructions of viper's own in it.
"""
# MIT License; see LICENSE

import runtime_viper as viper
from counter import average, report


def main():
    nothing, one = average(viper.nothing), average(viper.load_one)
    load = (average(viper.load_nine) - one) // 8
    guard = one - nothing - load
    report("load", load)
    # Entered once and left once, with setting the globals.
    report("guard", guard // 2)
    report("subscript", average(viper.subscript) - one)
    report("call", average(viper.call) - one)
    # To an object at the caller, and back.
    report("convert", (average(viper.pass_four) - average(viper.length)) // 8)
    divisions = average(viper.divide_nine, 1 << 29, 2) - average(viper.divide_one, 1 << 29, 2)
    report("divide", divisions // 8)


main()
