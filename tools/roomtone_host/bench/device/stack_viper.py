"""The stack of the emulated core: 64 KB, from 0x80600000 on (ports/qemu/mcu/rv32/virt.ld)."""
# MIT License; see LICENSE


@micropython.viper
def paint(megabyte: int, words: int):
    p = ptr32(megabyte << 20)
    while words:
        p[0] = 0x2AC35AC3
        p = ptr32(int(p) + 4)
        words -= 1


@micropython.viper
def painted(megabyte: int) -> int:
    # Words from its end on that nobody has written to.
    p = ptr32(megabyte << 20)
    words = 0
    while p[0] == 0x2AC35AC3:
        p = ptr32(int(p) + 4)
        words += 1
    return words
