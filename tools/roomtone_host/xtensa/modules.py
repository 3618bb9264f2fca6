"""lib/ under CPython, with the machine code of its viper modules run by a `Machine`."""
# MIT License; see LICENSE

from __future__ import annotations
import __future__

import ast
import importlib.abc
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ..bench import mpyfile, paths, sizes
from .machine import Machine

_NAMES = paths.BUILD / "emulator" / "micropython" / "py" / "makeqstrdata.py"


class _Loader(importlib.abc.Loader):
    def __init__(self, finder: Finder, source: Path) -> None:
        self._finder = finder
        self._source = source

    def exec_module(self, module: ModuleType) -> None:
        # Types of viper are annotations that CPython need not know.
        code = compile(
            self._source.read_text(),
            str(self._source),
            "exec",
            flags=__future__.annotations.compiler_flag,
            dont_inherit=True,
        )
        exec(code, module.__dict__)
        if module.__name__.endswith("_viper"):
            file = mpyfile.read(self._finder.compiled(module.__name__))
            self._finder.machine.load(module.__name__, file, self._finder.static, module.__dict__)


class Finder(importlib.abc.MetaPathFinder):
    """Answers imports of one package of lib/."""

    def __init__(self, machine: Machine, package: str) -> None:
        self.machine = machine
        self.static = static_names()
        self._package = package
        self._compiled = sizes.compiled("xtensawin")

    def compiled(self, name: str) -> Path:
        """The .mpy file of a module."""
        return self._compiled.joinpath(*name.split(".")).with_suffix(".mpy")

    def find_spec(self, fullname, path=None, target=None):
        """As importlib wants it."""
        if fullname.partition(".")[0] != self._package:
            return None
        place = paths.ROOT.joinpath("lib", *fullname.split("."))
        folder = place.is_dir()
        source = place / "__init__.py" if folder else place.with_suffix(".py")
        loader = _Loader(self, source)
        spec = importlib.util.spec_from_loader(fullname, loader, is_package=folder)
        if folder:
            spec.submodule_search_locations = [str(place)]
        return spec


def install(package: str) -> Machine:
    """Let `import PACKAGE` give the package with Xtensa's machine code; once in a process."""
    machine = Machine()
    micropython = ModuleType("micropython")
    micropython.const = micropython.viper = micropython.native = lambda value: value
    sys.modules["micropython"] = micropython
    sys.maxsize = (1 << 31) - 1  # how lib/ tells how wide viper's integers are
    sys.meta_path.insert(0, Finder(machine, package))
    return machine


def static_names() -> list[str]:
    """The names that every firmware has by the same number, out of MicroPython's source."""
    for node in ast.parse(_NAMES.read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "static_qstr_list":
            return ["", *ast.literal_eval(node.value)]  # 0 is no name
    raise ValueError(f"{_NAMES} has no static_qstr_list")
