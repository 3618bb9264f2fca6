"""Updates over the air: look, fetch what changed beside the running files, switch as a whole."""
# MIT License; see LICENSE

import asyncio
import hashlib
import os
from binascii import hexlify

import switch
import trial
from fetch import Fetcher, NotFound
from micropython import const
from release import Release, ReleaseError, verify
from roomtone.trust import Trust
from roomtone.url import Url, quote

_TEXT_LIMIT = const(65536)
_CHUNK = const(512)
_NEW = "next/"
INSTALLED = "release.txt"  # the text of the release that runs
_TEXT = _NEW + INSTALLED


class UpdateError(Exception):
    """There is no update, or it can't be had; `code` is the reason word, the text a sentence."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Updater:
    """One look for an update, and its installation.

    settings: the board's Settings. board: the board's name in `boards/`. tell: gets a line of
    text now and then. `fetched` and `kept` count files.
    """

    def __init__(self, settings, board, tell=print):
        self._board = board
        self._tell = tell
        self._pin = settings["update_key_sha256"]
        if not self._pin:
            raise UpdateError("not-set", "update_key_sha256 is not set: whose updates to trust?")
        if not settings["server"]:
            raise UpdateError("not-set", "server is not set.")
        self._fetcher = Fetcher(Url(settings["server"]), _trust(settings))
        self.fetched = self.kept = 0

    async def check(self, again=False):
        """The server's release when it is newer than what runs, else None.

        again: also one that did not come up before.

        Raises UpdateError, ReleaseError, RoomError.
        """
        if trial.on:
            raise UpdateError("on-trial", "The last update has not joined yet.")
        if switch.exists(switch.COMMIT):
            raise UpdateError("restart-first", "An update waits for the restart.")
        path = f"/v1/updates/{quote(self._board)}"
        try:
            await self._fetch(path, _TEXT_LIMIT, _TEXT)
        except NotFound:
            raise UpdateError("no-release", "The server has no release for this board.") from None
        finally:
            self._fetcher.close()  # what follows takes longer than a server waits
        await verify(_TEXT, self._pin)
        release = Release(_TEXT)
        number = installed()
        release.check_fit(self._board, number, 0 if again else trial.refused())
        return release if release.number > number else None

    async def install(self, release):
        """Fetch what changed, verify all of it, and have the next boot switch.

        What an earlier try fetched is used. Raises UpdateError, RoomError.
        """
        try:
            moves = await self._stage(release)
        except UpdateError as error:
            if error.code == "no-space":
                switch.discard()  # the board's own files need what room there is
            raise
        finally:
            self._fetcher.close()
        removed = _superseded(release)
        moves.append(INSTALLED)
        # The switch only moves files, but the folders of previous/ are new: two blocks each.
        folders = {path.rpartition("/")[0] for path in moves + removed}
        self._check_space(0, 2 * len(folders))
        _commit(moves, removed, release.number)
        self._tell(f"{self.fetched} files fetched, {self.kept} unchanged, {len(removed)} removed")

    async def _stage(self, release):
        moves = []
        wanted = {_TEXT}
        for digest, size, path in release.files():
            if await _digest(path) == digest:
                self.kept += 1
                continue
            moves.append(path)
            wanted.add(_NEW + path)
            if await _digest(_NEW + path) != digest:
                self._check_space(size)
                await self._fetch_file(digest, size, _NEW + path)
                self.fetched += 1
        _sweep(switch.FOLDER, wanted)
        return moves

    async def _fetch_file(self, digest, size, path):
        await self._fetch(f"/v1/updates/files/{digest}", size, path)
        # What counts is what the flash gives back.
        if await _digest(path) != digest:
            os.remove(path)
            raise UpdateError("damaged", f"{path[len(_NEW) :]} did not arrive as it was signed.")

    async def _fetch(self, url, limit, path):
        _make_folders(path)
        sink = _Sink(path)
        try:
            await self._fetcher.get(url, limit, sink.take)
        except OSError:
            raise UpdateError("no-space", "The board's flash can't take the update.") from None
        finally:
            sink.close()

    def _check_space(self, size, blocks=0):
        block, _, _, free = os.statvfs(".")[:4]
        # Four more: two for a new folder, and what littlefs needs to be able to write at all.
        if free * block < size + (blocks + 4) * block:
            raise UpdateError("no-space", f"The flash has only {free * block // 1024} KB left.")


class _Sink:
    """Writes a transfer to a file; None begins it anew."""

    def __init__(self, path):
        self._path = path
        self._file = None

    def take(self, data):
        if data is None:
            self.close()
            self._file = open(self._path, "wb")  # noqa: SIM115 (open for the whole transfer)
        else:
            self._file.write(data)

    def close(self):
        if self._file:
            self._file.close()
        self._file = None


def installed():
    """Number of the release that runs; 0 for what a cable put there."""
    try:
        return Release(INSTALLED).number
    except (OSError, ReleaseError):
        return 0


def _trust(settings):
    ca = None
    if settings["ca_file"]:
        with open(settings["ca_file"], "rb") as file:
            ca = file.read()
    return Trust(ca, settings["certificate_sha256"] or None)


def _commit(moves, removed, number):
    """Say what the next boot changes, and how it is undone; docs/updating.md has the format."""
    switch.discard(switch.PREVIOUS)
    os.mkdir(switch.PREVIOUS)
    _write(switch.PREVIOUS + "/" + trial.NUMBER, str(number))
    back = [("+" if switch.exists(path) else "-") + path for path in moves]
    _write(switch.UNDO, "\n".join(back + ["+" + path for path in removed]) + "\n")
    _write(_NEW + "commit.new", "\n".join(_commit_lines(moves, removed)) + "\n")
    os.rename(_NEW + "commit.new", switch.COMMIT)


def _commit_lines(moves, removed):
    return ["keep"] + ["+" + path for path in moves] + ["-" + path for path in removed]


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def _superseded(release):
    """Files that would be imported in place of new ones, or that a package has no more."""
    wanted = set()
    stems = set()
    packages = set()
    for _, _, path in release.files():
        wanted.add(path)
        stems.add(_stem(path))
        parts = path.split("/")
        if parts[0] == "lib" and len(parts) > 2:
            packages.add("lib/" + parts[1])
    found = [path for path in os.listdir() if path not in wanted and _stem(path) in stems]
    for package in packages:
        found.extend([path for path in _walk(package) if path not in wanted])
    return found


def _stem(path):
    for ending in (".py", ".mpy"):
        if path.endswith(ending):
            return path[: -len(ending)]
    return path


def _walk(folder):
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = folder + "/" + name
        if os.stat(path)[0] & 0x4000:
            yield from _walk(path)
        else:
            yield path


def _sweep(folder, wanted):
    """Remove what an older update left in `folder`."""
    for path in list(_walk(folder)):
        if path not in wanted:
            os.remove(path)


def _make_folders(path):
    at = path.find("/")
    while at > 0:
        if not switch.exists(path[:at]):
            os.mkdir(path[:at])
        at = path.find("/", at + 1)


async def _digest(path):
    """SHA-256 of a file as hex, "" when there is none."""
    if not switch.exists(path):
        return ""
    digest = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: ASYNC230 (a chip has no other way)
        while True:
            data = file.read(_CHUNK)
            if not data:
                return hexlify(digest.digest()).decode()
            digest.update(data)
            await asyncio.sleep_ms(0)
