"""WAV files, 16-bit PCM: read as mono samples, written so that a kill leaves no ruin."""
# MIT License; see LICENSE

import struct

from micropython import const

_PCM = const(1)
_EXTENSIBLE = const(0xFFFE)
_HEADER = const(44)
_MAX_DATA = const(0x7FFFFFFF)


class WavError(ValueError):
    """The file is not a WAV that can be read here; the text says why."""


class Reader:
    """Mono 16-bit samples of a WAV file. `rate_hz` and `frames` say what is in it.

    Raises OSError when the file can't be opened and WavError when it is no 16-bit PCM WAV.
    """

    def __init__(self, path):
        self._file = open(path, "rb")  # noqa: SIM115
        try:
            self._read_chunks(path)
        except BaseException:
            self._file.close()
            raise
        self._left = self._bytes

    def _read_chunks(self, path):
        head = self._file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise WavError(f"{path} is not a WAV file")
        channels = 0
        while True:
            chunk = self._file.read(8)
            if len(chunk) < 8:
                raise WavError(f"{path} has no sound in it")
            kind, size = struct.unpack("<4sI", chunk)
            if kind == b"data":
                break
            body = self._file.read(min(size, 64))
            self._file.seek(size + (size & 1) - len(body), 1)
            if kind == b"fmt " and len(body) >= 16:
                form, channels, self.rate_hz, _, _, bits = struct.unpack("<HHIIHH", body)
                if form not in (_PCM, _EXTENSIBLE) or bits != 16:
                    raise WavError(f"{path} is not 16-bit PCM")
        if channels != 1:
            raise WavError(f"{path} is not mono")
        if not 4000 <= self.rate_hz <= 192000:
            raise WavError(f"{path} has a rate of {self.rate_hz} Hz")
        self._start = self._file.seek(0, 1)
        # A streaming writer says 0 or 4 GiB: what is really there decides.
        size = min(size, self._file.seek(0, 2) - self._start, _MAX_DATA)
        self._file.seek(self._start)
        self._bytes = size & ~1
        self.frames = size // 2

    def readinto(self, buffer):
        """Fill a memoryview of bytes; returns the bytes read, 0 at the end."""
        if self._left < len(buffer):
            buffer = buffer[: self._left]
        count = self._file.readinto(buffer) if len(buffer) else 0
        self._left -= count
        return count

    def rewind(self):
        """Begin again at the first sample."""
        self._file.seek(self._start)
        self._left = self._bytes

    def close(self):
        """Close the file."""
        self._file.close()


class Writer:
    """A mono 16-bit WAV file whose header is right after every write."""

    def __init__(self, path, rate_hz):
        self._file = open(path, "wb")  # noqa: SIM115
        self._size = bytearray(4)
        self.frames = 0
        self._file.write(
            struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, _PCM, 1,
                        rate_hz, rate_hz * 2, 2, 16, b"data", 0)
        )  # fmt: skip

    def write(self, pcm):
        """Append samples: a buffer of 16-bit values."""
        self._file.write(pcm)
        self.frames += len(pcm)
        self._put(4, 36 + self.frames * 2)
        self._put(40, self.frames * 2)
        self._file.seek(0, 2)

    def _put(self, offset, value):
        struct.pack_into("<I", self._size, 0, value)
        self._file.seek(offset)
        self._file.write(self._size)

    def close(self):
        """Close the file."""
        self._file.close()
