"""Runs on the emulated core before a script: mounts the host's files and ends the emulator."""
# MIT License; see LICENSE

import io
import sys

import chip
import vfs


class HostFiles:
    """A read-only file system; names are relative to the folder that the emulator started in."""

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def chdir(self, path):
        pass

    def stat(self, path):
        path = path.lstrip("/") if path.startswith("//") else path
        if chip.exists(path + "/."):
            return (0x4000,) + (0,) * 9
        if chip.exists(path):
            return (0x8000,) + (0,) * 9
        raise OSError(2)

    def open(self, path, mode):
        data = chip.read(path)
        return io.BytesIO(data) if "b" in mode else io.StringIO(data.decode())


def run(script, arguments, paths):
    """Run a script and end the emulator with its exit code."""
    vfs.mount(HostFiles(), "/")
    sys.path[:] = paths
    sys.argv[:] = [script] + arguments
    code = 0
    print("\x02")
    try:
        exec(chip.read(script), {"__name__": "__main__"})
    except SystemExit as end:
        code = end.args[0] if end.args else 0
    except BaseException as error:
        sys.print_exception(error)
        code = 1
    chip.exit(int(code or 0))
