"""The text that names a release's files: checked and read a line at a time (docs/updating.md)."""
# MIT License; see LICENSE

import asyncio
import hashlib
import sys
from binascii import a2b_base64, hexlify, unhexlify

from micropython import const

FORMAT = b"roomtone-release-1"
_HEAD_LIMIT = const(400)
_FILES_LIMIT = const(512)
_SIZE_LIMIT = const(1048576)
_PATH_LIMIT = const(96)
_PATH = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
# What is the board's own, and what picks and starts a release: no release may touch these.
_OWN = ("settings.json", "identity.bin", "crash.log", "refused", "release.txt")
_LOADER = ("boot", "main", "switch", "trial", "safemode")
# The number of an architecture in sys.implementation._mpy, by mpy-cross's name.
_ARCHITECTURES = {"x86": 1, "x64": 2, "xtensawin": 10, "rv32imc": 11}


class ReleaseError(ValueError):
    """The release may not be installed; `code` is the reason word."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Release:
    """The release whose text is in the file `path`.

    `board`, `arch`, `version` are words, `number` grows with each release, `size` is in bytes.
    """

    def __init__(self, path):
        """Raises ReleaseError when the text is not a release."""
        self.path = path
        self.size = 0
        fields = {}
        paths = set()
        for words in _lines(path):
            if words[0] == "file":
                self.size += _check_file(words, paths)
            elif len(words) == 2:
                fields[words[0]] = words[1]
        try:
            self.board = fields["board"]
            self.arch = fields["arch"]
            self.version = fields["version"]
            self.number = int(fields["number"])
        except (KeyError, ValueError):
            raise _broken() from None
        if not paths or self.number <= 0:
            raise _broken()

    def files(self):
        """Generator of (SHA-256 as hex, size, path)."""
        for words in _lines(self.path):
            if words[0] == "file":
                yield words[1], int(words[2]), words[3]

    def check_fit(self, board, number, refused):
        """Raise ReleaseError unless this is for `board`, newer than `number`, not `refused`."""
        if self.board != board:
            raise ReleaseError("wrong-board", f"The release is for {self.board}, this is {board}.")
        if self.arch not in ("any", own_architecture()):
            raise ReleaseError("wrong-board", f"The release is for {self.arch} chips.")
        if self.number < number:
            raise ReleaseError("older", f"The server's release {self.version} is older.")
        if self.number == refused:
            raise ReleaseError(
                "refused", f"Release {self.version} did not come up on this board before."
            )


def own_architecture():
    """What mpy-cross calls this chip; "" when it is not known."""
    number = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    return {value: name for name, value in _ARCHITECTURES.items()}.get(number, "")


async def verify(path, pin):
    """Check that the key with SHA-256 `pin` (hex) signed the text in file `path`.

    Takes about half a second of a chip, in slices. Raises ReleaseError.
    """
    from webrtc import ecdsa, p256

    key, signature, digest = _signed_part(path)
    expected = pin.replace(":", "").replace(" ", "").lower()
    if hexlify(hashlib.sha256(key).digest()).decode() != expected:
        raise ReleaseError("not-signed", "The release is signed with a key that is not pinned.")
    try:
        steps = ecdsa.verify(p256.decode_point(key), digest, signature)
    except ValueError:
        raise ReleaseError("not-signed", "The release's key is not a P-256 key.") from None
    while True:
        try:
            next(steps)
        except StopIteration as end:
            if end.value:
                return
            raise ReleaseError("not-signed", "The release's signature is wrong.") from None
        await asyncio.sleep_ms(0)


# -> public key, DER signature, SHA-256 of what is signed: all after the first line.
def _signed_part(path):
    with open(path, "rb") as file:
        head = file.readline(_HEAD_LIMIT).split()
        try:
            mark, key, signature = head
            key = unhexlify(key)
            signature = a2b_base64(signature)
        except ValueError:
            mark = b""
        if mark != FORMAT:
            raise ReleaseError("not-signed", "What the server sent is not a signed release.")
        digest = hashlib.sha256()
        while True:
            data = file.read(512)
            if not data:
                return key, signature, digest.digest()
            digest.update(data)


def _lines(path):
    with open(path) as file:
        file.readline()  # key and signature
        while True:
            line = file.readline()
            if not line:
                return
            words = line.rstrip("\n").split(" ")
            if line[-1:] != "\n" or not words[0]:
                raise _broken()
            yield words


def _check_file(words, paths):
    try:
        _, digest, size, path = words
        size = int(size)
        if len(unhexlify(digest)) != 32 or not 0 <= size <= _SIZE_LIMIT:
            raise _broken()
    except ValueError:
        raise _broken() from None
    if not is_safe(path) or path in paths or len(paths) >= _FILES_LIMIT:
        raise ReleaseError("damaged", f"The release names a file that it may not: {path}")
    paths.add(path)
    return size


def is_safe(path):
    """Whether a release may write `path`: below the root, and nobody's own."""
    parts = path.split("/")
    for part in parts:
        if not part or part[0] in ".-" or any(c not in _PATH for c in part):
            return False
    if parts[0] in ("next", "previous") or path in _OWN or len(path) > _PATH_LIMIT:
        return False
    return len(parts) > 1 or path.split(".")[0] not in _LOADER


def _broken():
    return ReleaseError("damaged", "What the server sent is not a whole release.")
