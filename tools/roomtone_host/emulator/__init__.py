"""An emulated 32-bit RISC-V core that runs MicroPython and counts its instructions."""
# MIT License; see LICENSE

from .core import EmulatorError, Result, run_program, run_script
from .mpy import compile_tree

__all__ = ["EmulatorError", "Result", "compile_tree", "run_program", "run_script"]
