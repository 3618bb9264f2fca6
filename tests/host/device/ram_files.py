"""Runs on the emulated chip, which has no flash: a file system in memory, mounted at the root."""
# MIT License; see LICENSE

import errno
import io
import os


class _Writer:
    """A file being written; it is there once it is closed."""

    def __init__(self, files, path):
        self._files = files
        self._path = path
        self._data = bytearray()

    def write(self, data):
        self._data += data if not isinstance(data, str) else data.encode()
        return len(data)

    def close(self):
        self._files[self._path] = bytes(self._data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class RamFiles:
    """The methods that MicroPython asks of a file system."""

    def __init__(self):
        self._files = {}
        self._folders = {""}

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def chdir(self, path):
        pass

    def getcwd(self):
        return "/"

    def stat(self, path):
        path = path.strip("/")
        if path in self._folders:
            return (0x4000,) + (0,) * 9
        return (0x8000, 0, 0, 0, 0, 0, len(self._files[self._known(path)]), 0, 0, 0)

    def ilistdir(self, path):
        start = path.strip("/.") + "/" if path.strip("/.") else ""
        found = [(one, 0x8000) for one in self._files] + [(one, 0x4000) for one in self._folders]
        for one, kind in found:
            if one.startswith(start) and one != start and one and "/" not in one[len(start) :]:
                yield (one[len(start) :], kind, 0)

    def open(self, path, mode):
        path = path.strip("/")
        if "w" in mode:
            return _Writer(self._files, path)
        data = self._files[self._known(path)]
        return io.BytesIO(data) if "b" in mode else io.StringIO(data.decode())

    def mkdir(self, path):
        if path.strip("/") in self._folders:
            raise OSError(errno.EEXIST)
        self._folders.add(path.strip("/"))

    def rename(self, old, new):
        self._files[new.strip("/")] = self._files.pop(self._known(old.strip("/")))

    def remove(self, path):
        del self._files[self._known(path.strip("/"))]

    def rmdir(self, path):
        self._folders.discard(path.strip("/"))

    def statvfs(self, path):
        return (4096, 4096, 512, 256, 256, 0, 0, 0, 0, 255)

    def _known(self, path):
        if path not in self._files:
            raise OSError(errno.ENOENT)
        return path


os.mount(RamFiles(), "/")
