"""Viper code is compiled for Xtensa as it is meant."""
# MIT License; see LICENSE

import ast

import pytest
from roomtone_host.bench import mpyfile, paths, sizes

MODULES = sorted((paths.ROOT / "lib").rglob("*_viper.py"))


def adds_to_itself(code: bytes) -> bool:
    """Whether a register that was just set to a constant is added to itself.

    So mpy-cross 1.26 to 1.29 load from a constant index that is negative, or 256 and more, of a
    pointer that is in no register of its own, as in `p[-1]`: the constant overwrites the
    pointer. Written as `ptr32(int(p) - 4)[0]` it is compiled rightly.
    """
    for at in range(len(code) - 4):
        low, middle = code[at], code[at + 1]
        if low & 0x8F == 0x0C:  # movi.n
            register, after = middle & 15, at + 2
        elif low & 15 == 2 and middle >> 4 == 10:  # movi
            register, after = low >> 4, at + 3
        else:
            continue
        # add.n
        if code[after : after + 2] == bytes((register << 4 | 10, register << 4 | register)):
            return True
    return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_load_has_lost_its_pointer(path):
    compiled = sizes.compiled("xtensawin") / path.relative_to(paths.ROOT / "lib")
    functions = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
    codes = mpyfile.read(compiled.with_suffix(".mpy")).code.children
    wrong = [
        function.name
        for function, code in zip(functions, codes, strict=True)
        if adds_to_itself(code.data)
    ]
    assert wrong == []


def test_the_fault_is_known_by_its_code():
    # l32i a10, a1, 24; movi.n a10, -4; add.n a10, a10, a10; l32i.n a10, a10, 0
    assert adds_to_itself(bytes.fromhex("a22106 7cca aaaa a80a"))
    # The same with a register of its own: movi.n a6, -4; add.n a6, a10, a6
    assert not adds_to_itself(bytes.fromhex("a22105 7cc6 6a6a c906"))
