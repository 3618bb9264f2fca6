"""Puts a new set of files in place as a whole: what power interrupts, the next boot completes.

New files wait in `next/` under their own names; `next/commit` lists every change, a line each:
`+path` moves `next/path` to `path`, `-path` removes `path`. Before the commit file exists the old
set counts, from then on the new one. Paths are relative to the root of the file system.

After a first line `keep` the old files are not lost: they move to `previous/`, where `next/undo`
becomes the commit file, so that renaming `previous` to `next` and switching once more brings them
back. trial.py does that with an update that does not come up.
"""
# MIT License; see LICENSE

import os

FOLDER = "next"
COMMIT = "next/commit"
UNDO = "next/undo"
PREVIOUS = "previous"


def finish():
    """Carry out what a commit file lists; returns whether there was one. Raises OSError."""
    try:
        with open(COMMIT) as file:
            lines = file.read().split("\n")
    except OSError:
        return False
    keep = lines[0] == "keep"
    if keep:
        _keep(lines)
    for line in lines:
        if line[:1] == "+":
            _move(FOLDER + "/" + line[1:], line[1:])
        elif line[:1] == "-":
            _remove(line[1:])
    if not keep:
        discard(PREVIOUS)  # of another set: there is no way back any more
    # From here on a boot has nothing to complete; the rest of the folder is empty folders.
    os.remove(COMMIT)
    discard()
    return True


def discard(folder=FOLDER):
    """Remove a folder with all that is in it; by default what waits in `next/`."""
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


def exists(path):
    """Whether there is such a file or folder."""
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def _keep(lines):
    # What is not in next/ any more was replaced before power failed, and kept before that.
    for line in lines:
        path = line[1:]
        if line[:1] == "-" or (line[:1] == "+" and exists(FOLDER + "/" + path)):
            _move(path, PREVIOUS + "/" + path)
    _move(UNDO, PREVIOUS + "/commit")


def _move(source, path):
    if not exists(source):
        return  # moved before power failed
    at = path.find("/")
    while at > 0:
        try:  # noqa: SIM105 (a chip has no contextlib)
            os.mkdir(path[:at])
        except OSError:
            pass  # it is there
        at = path.find("/", at + 1)
    try:
        os.rename(source, path)
    except OSError:
        # FAT does not replace; littlefs, which boards come with, does so in one step.
        os.remove(path)
        os.rename(source, path)


def _remove(path):
    try:  # noqa: SIM105
        os.remove(path)
    except OSError:
        pass  # removed before power failed
