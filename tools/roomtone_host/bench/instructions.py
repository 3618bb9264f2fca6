"""Run the scripts of device/ on the emulated core and collect the figures that they print."""
# MIT License; see LICENSE

from pathlib import Path

from ..emulator import EmulatorError, compile_tree, run_script
from . import paths

_DEVICE = Path(__file__).with_name("device")


def count(script: str, arguments: list[str] | None = None) -> dict[str, int]:
    """Run `device/SCRIPT.py` and return its figures by name.

    Raises `EmulatorError` with the script's output when it failed.
    """
    library = paths.MPY / "rv32imc" / "lib"
    compile_tree(paths.ROOT / "lib", library, "rv32imc")
    result = run_script(
        _DEVICE / f"{script}.py",
        arguments,
        # roomtone's own __init__ wants sockets, which this core lacks; its media loop does not.
        paths=[_DEVICE, library, library / "roomtone", Path(".frozen")],
        firmware=paths.FIRMWARE,
        cwd=paths.ROOT,
    )
    if result.exit_code:
        raise EmulatorError(f"{script} failed:\n{result.output}")
    return figures(result.output)


def figures(output: str) -> dict[str, int]:
    """The figures in what a script printed: lines "= NAME VALUE"."""
    lines = (line.split() for line in output.splitlines())
    return {line[1]: int(line[2]) for line in lines if line and line[0] == "="}
