"""Puts a new set of files in place as a whole: what power interrupts, the next boot completes.

New files wait in `next/` under their own names; `next/commit` lists every change, a line each:
`+path` moves `next/path` to `path`, `-path` removes `path`. Before the commit file exists the old
set counts, from then on the new one. Paths are relative to the root of the file system.
"""
# MIT License; see LICENSE

import os

FOLDER = "next"
COMMIT = "next/commit"


def finish():
    """Carry out what a commit file lists; returns whether there was one. Raises OSError."""
    try:
        with open(COMMIT) as file:
            lines = file.read().split("\n")
    except OSError:
        return False
    for line in lines:
        if line[:1] == "+":
            _move(line[1:])
        elif line[:1] == "-":
            _remove(line[1:])
    # From here on a boot has nothing to complete; the rest of the folder is empty folders.
    os.remove(COMMIT)
    discard()
    return True


def discard(folder=FOLDER):
    """Remove what waits in `next/`."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            discard(path)
        else:
            os.remove(path)
    os.rmdir(folder)


def _move(path):
    waiting = FOLDER + "/" + path
    try:
        os.stat(waiting)
    except OSError:
        return  # moved before power failed
    at = path.find("/")
    while at > 0:
        try:  # noqa: SIM105 (a chip has no contextlib)
            os.mkdir(path[:at])
        except OSError:
            pass  # it is there
        at = path.find("/", at + 1)
    try:
        os.rename(waiting, path)
    except OSError:
        # FAT does not replace; littlefs, which boards come with, does so in one step.
        os.remove(path)
        os.rename(waiting, path)


def _remove(path):
    try:  # noqa: SIM105
        os.remove(path)
    except OSError:
        pass  # removed before power failed
