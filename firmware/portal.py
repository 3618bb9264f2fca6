"""Setup by a page of the board's own, on a Wi-Fi network of its own (docs/provisioning.md)."""
# MIT License; see LICENSE

import asyncio
import json
import os
import sys
import time
from binascii import hexlify

import provisioning
from httpd import HttpRefusal, HttpServer
from micropython import const
from settings import SettingsError
from soundtest import Level, chime

# Unwatched for so long, the setup ends, where the board knows a network to go back to.
_IDLE_MS = const(600000)
_LINGER_MS = const(15000)
_LOOK_MS = const(200)
_JOIN_MS = const(25000)
# A server that does not answer at first rarely does so later, and a person waits.
_PATIENCE_MS = const(6000)
_PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look like another
_JSON = "application/json"
# What to do about a reason, for somebody who has not read the manual.
_CURES = {
    "certificate-mismatch": "Paste a fresh invite link: it brings what the server is known by.",
    "server-unreachable": "Does it run, and can this Wi-Fi reach it?",
    "token-missing": "Paste an invite link that has one.",
    "token-invalid": "Paste an invite link of this server.",
    "media-failed": "Does a firewall keep UDP out?",
}
_PAGES = {
    "/": ("setup_html", "text/html; charset=utf-8"),
    "/setup.css": ("setup_css", "text/css"),
    "/setup.js": ("setup_js", "text/javascript"),
}


class Portal:
    """One setup: `run` opens the network and the page, and ends when the board is in its room.

    app: app.App. `access` is the access point, setup_network.AccessPoint or HostNetwork.
    """

    def __init__(self, app, access):
        self._app = app
        self._access = access
        self._key = ""
        self._level = None
        self._chime = self._try = None
        self._steps = []
        self._asked_ms = time.ticks_ms()
        self._done_ms = None
        self._networks = []
        self._ended = False

    async def run(self):
        """Serve until setup is done, nobody looks any more, or `end`. Raises OSError."""
        self._scan()
        # A chip's random numbers are truly random only while the radio is on, as it is now.
        self._key = hexlify(os.urandom(16)).decode()
        http = HttpServer(self._answer)
        self._access.open()
        try:
            await http.start(self._access.ip, self._access.port)
            self._access.announce()
            while not self._over():
                await asyncio.sleep_ms(_LOOK_MS)
        finally:
            http.close()
            await self._stop_tests()
            self._access.close()

    def lines(self):
        """What a display shows meanwhile: how to get here."""
        return self._access.lines()

    def end(self):
        """Close the page and the network."""
        self._ended = True

    def _over(self):
        now = time.ticks_ms()
        if self._done_ms is not None and time.ticks_diff(now, self._done_ms) >= _LINGER_MS:
            return True
        unwatched = time.ticks_diff(now, self._asked_ms) >= _IDLE_MS
        return self._ended or (unwatched and self._access.can_leave())

    async def _stop_tests(self):
        if self._try:
            self._try.cancel()
        if self._chime:
            self._chime.cancel()
        if self._level:
            await self._level.close()

    # -- requests ----------------------------------------------------------------------------

    async def _answer(self, request):
        """Answer a request; what is asked of another host is sent here. Raises HttpRefusal."""
        host = request.headers.get("host", "")
        own = self._access.names()
        if host not in own:
            raise HttpRefusal(302, location=f"http://{own[0]}/")
        origin = request.headers.get("origin")
        if origin is not None and origin != "http://" + host:
            raise HttpRefusal(403, "This page is not of this board.")
        self._asked_ms = time.ticks_ms()
        if not request.path.startswith("/api/"):
            return self._page(request)
        # Only our own page knows the key: a foreign one can send requests, but not read it.
        if request.headers.get("x-setup-key") != self._key:
            raise HttpRefusal(403, "The board has started again: reload the page.")
        return _JSON, json.dumps(self._call(request)).encode()

    def _page(self, request):
        if request.method != "GET":
            raise HttpRefusal(405)
        if request.path not in _PAGES:
            raise HttpRefusal(302, location="/")
        module, kind = _PAGES[request.path]
        text = __import__(module).TEXT
        # Read once: the heap is needed for the try of a call.
        del sys.modules[module]
        return kind, text.replace(b"@KEY@", self._key.encode()) if request.path == "/" else text

    def _call(self, request):
        name = request.method + " " + request.path[len("/api/") :]
        if name == "GET state":
            return self._state()
        if name == "GET networks":
            return {"networks": self._networks}
        if name == "POST networks":
            if not self._scan():
                raise HttpRefusal(503, "The radio is busy: try again in a moment.")
            return {"networks": self._networks}
        if name == "GET level":
            return {"level_dbov": self._look()}
        if name == "POST tone":
            return self._tone()
        if name == "POST save":
            return self._save(request.json())
        raise HttpRefusal(404, "There is no such thing here.")

    def _state(self):
        """What the page shows; no secret is ever in it, only whether there is one."""
        settings = self._app.settings
        return {
            "board": self._app.board_name,
            "name": settings["name"],
            "server": settings["server"],
            "room": settings["room"],
            "country": settings["wifi.country"],
            "auto_join": settings["auto_join"],
            "has_token": bool(settings["token"]),
            "known": [network["ssid"] for network in settings["wifi.networks"]],
            "wifi": self._access.has_radio,
            "steps": self._steps,
            "done": self._done_ms is not None,
        }

    def _scan(self):
        try:
            self._networks = self._access.scan()
            return True
        except (OSError, RuntimeError):
            return False  # while it connects, it can't look around

    # -- sound -------------------------------------------------------------------------------

    def _look(self):
        microphone = self._app.microphone
        if microphone is None:
            raise HttpRefusal(503, "The microphone did not start: see the board's console.")
        if self._busy():
            raise HttpRefusal(503, "The board is in the room: the microphone is in use.")
        if self._level is None:
            self._level = Level(microphone)
        try:
            return self._level.look()
        except (OSError, ValueError) as error:
            raise HttpRefusal(503, f"The microphone does not start: {error}") from None

    def _tone(self):
        if self._app.speaker is None:
            raise HttpRefusal(503, "The speaker did not start: see the board's console.")
        if self._busy():
            raise HttpRefusal(503, "The board is in the room: the speaker is in use.")
        if self._chime is None or self._chime.done():
            self._chime = asyncio.create_task(self._play())
        return {}

    async def _play(self):
        try:
            await chime(self._app.speaker)
        except (OSError, ValueError) as error:
            print("speaker:", error)

    def _busy(self):
        return self._app.room is not None

    # -- saving ------------------------------------------------------------------------------

    def _save(self, given):
        if self._try and not self._try.done():
            raise HttpRefusal(503, "The board is still trying.")
        try:
            kept = provisioning.apply(self._app.settings, given)
        except SettingsError as error:
            raise HttpRefusal(400, str(error)) from None
        except OSError as error:
            raise HttpRefusal(503, f"The board can't keep the settings: {error}") from None
        self._steps = []
        self._done_ms = None
        self._try = asyncio.create_task(self._try_it("wifi.networks" in kept))
        return self._state()

    async def _try_it(self, new_network):
        """Go through everything that a call needs, and say what went wrong."""
        app = self._app
        await self._stop_sound()
        step = self._begin("key", "Making the board's own key")
        try:
            app.own_identity()
        except OSError as error:
            return self._fail(step, f"The key can't be kept: {error}")
        self._pass(step)
        if self._access.has_radio:
            step = self._begin("wifi", "Connecting to Wi-Fi")
            try:
                await self._access.join_network(app, new_network)
            except OSError as error:
                return self._fail(step, str(error))
            self._pass(step)
        step = self._begin("room", "Joining the room")
        why = await self._join()
        if why:
            return self._fail(step, why)
        self._pass(step)
        self._done_ms = time.ticks_ms()
        return None

    async def _stop_sound(self):
        if self._level:
            await self._level.close()
        if self._chime and not self._chime.done():
            await self._chime

    async def _join(self):
        """Join, and leave again unless the board shall stay; returns why not, or ""."""
        app = self._app
        app.join()
        start = time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), start) < _JOIN_MS:
            await asyncio.sleep_ms(_LOOK_MS)
            if app.state == "connected":
                if not app.settings["auto_join"]:
                    app.leave()
                return ""
            if app.error:
                app.leave()
                return _with_cure(*app.error)
            reason = app.room.reason if app.room else None
            if reason and time.ticks_diff(time.ticks_ms(), start) >= _PATIENCE_MS:
                app.leave()
                return _with_cure(reason.code, reason.text)
        app.leave()
        return "The room did not answer in time."

    def _begin(self, name, text):
        step = {"name": name, "text": text, "state": "busy"}
        self._steps.append(step)
        return step

    def _pass(self, step):
        step["state"] = "passed"

    def _fail(self, step, text):
        step["state"] = "failed"
        step["why"] = text
        print("setup:", text)


def _with_cure(code, text):
    return text + (" " + _CURES[code] if code in _CURES else "")


def new_password(urandom=os.urandom):
    """Eight letters for the setup network: 39 bits, for as long as somebody stands before it."""
    letters = []
    while len(letters) < 8:
        value = urandom(1)[0]
        # Beyond the last whole round of letters the first ones would come more often.
        if value < 256 // len(_PASSWORD_LETTERS) * len(_PASSWORD_LETTERS):
            letters.append(_PASSWORD_LETTERS[value % len(_PASSWORD_LETTERS)])
    return "".join(letters)
