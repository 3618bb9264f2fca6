"""Runs on the board while files are put there: lists, stages and commits; sent as source."""
# MIT License; see LICENSE

import binascii
import hashlib
import io
import os

try:
    from deflate import RAW, DeflateIO
except ImportError:
    DeflateIO = None

# Log2 of the window that blocks are deflated with: 4 KiB, which is also a block's size.
_WINDOW = 12


def tell_files(folder=""):
    """Print "size digest path" of every file under `folder`."""
    for entry in os.ilistdir(folder or "."):
        path = folder + "/" + entry[0] if folder else entry[0]
        if entry[1] & 0x4000:
            tell_files(path)
        else:
            tell_file(path)


def tell_file(path):
    """Print "size digest path" of one file."""
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb") as file:
        while True:
            data = file.read(512)
            if not data:
                break
            digest.update(data)
            size += len(data)
    print(size, binascii.hexlify(digest.digest()).decode(), path)


def tell_content(path):
    """Print a file as lines of base64."""
    with open(path, "rb") as file:
        while True:
            data = file.read(768)
            if not data:
                break
            print(binascii.b2a_base64(data).decode(), end="")


def create(path, mode="wb"):
    """Begin the file `path`, with the folders above it; returns it open."""
    at = path.find("/")
    while at > 0:
        try:  # noqa: SIM105 (a chip has no contextlib)
            os.mkdir(path[:at])
        except OSError:
            pass  # it is there
        at = path.find("/", at + 1)
    return open(path, mode)


def put(file, text, packed):
    """Append a block that came as base64, deflated when `packed`."""
    data = binascii.a2b_base64(text)
    file.write(DeflateIO(io.BytesIO(data), RAW, _WINDOW).read() if packed else data)


def commit(lines):
    """From this moment on the new files count: `lines` is the list of changes."""
    with create("next/commit.new", "w") as file:
        file.write("\n".join(lines))
    os.rename("next/commit.new", "next/commit")
