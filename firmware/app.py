"""The application: joins and leaves a room by button, console or at power-on, and shows it."""
# MIT License; see LICENSE

import asyncio
import gc
import sys
import time

import board
import commands
import crashlog
import uplink
from caretaker import Caretaker
from console import Console
from gestures import DOUBLE, HELD, LONG, RELEASED, SHORT, Gestures
from micropython import const
from roomtone import Room, RoomError, codecs
from settings import Settings, SettingsError

_TICK_MS = const(20)
_FAULT_MS = const(1000)
_IDENTITY = "identity.bin"


def led_pattern(state, muted, speaking):
    """The LED's word for a room's state: one meaning, the same on every board."""
    if state == "connected":
        return "muted" if muted else "speaking" if speaking else "live"
    return {"connecting": "connecting", "reconnecting": "reconnecting", "failed": "error"}.get(
        state, "off"
    )


class App:
    """One board in at most one room.

    settings: Settings, already loaded or empty. make_room: function of the settings that returns
    a Room. hardware: the board module.
    """

    def __init__(self, settings=None, make_room=None, hardware=board):
        self.settings = settings or Settings()
        self.room = None
        self.error = None
        self._make_room = make_room or self._new_room
        self._hardware = hardware
        self._record = getattr(hardware, "record", _no_record)
        self._gestures = Gestures()
        self._identity = None
        self._call = self._leaving = None
        self._again = False  # a join was asked for while leaving
        self._button_talks = not hardware.duplex
        self._ended = asyncio.Event()
        self._stats_ms = self._now_ms = 0
        self.restarting = False
        self.microphone = self.speaker = None
        self.board_name = hardware.name
        self.care = Caretaker(self)
        self.button = hardware.button()
        self.led = hardware.led()

    async def run(self):
        """Boot, then serve button, LED and console until `shutdown()`."""
        console = None
        try:
            self._boot()
            self.care.start()
            names = commands.table(self)
            console = asyncio.create_task(Console(names, commands.BARE, reset=self.leave).run())
            ticker = asyncio.create_task(self._tick_for_ever())
            self._record("boot", {"board": self._hardware.name, "heap_free": gc.mem_free()})
            if self.settings["auto_join"] and not self.error:
                self.join()
            await self._ended.wait()
            ticker.cancel()
            self.leave()
            if self._leaving:
                await self._leaving
        finally:
            if console:
                console.cancel()
            self.care.stop()
            self.led.show("off")

    def shutdown(self):
        """Leave the room and end the application."""
        self._ended.set()

    def restart(self):
        """Leave the room and start again, with other firmware when an update waits."""
        self.restarting = True
        self.shutdown()

    def _boot(self):
        """Settings and sound, made while the heap is whole; what fails is told."""
        try:
            self._make_sound()
        except (OSError, ValueError) as error:
            self._fail("board-failed", str(error))
        try:
            for name in self.settings.load():
                print(f"settings: there is no {name}; it does nothing")
        except SettingsError as error:
            self._fail("bad-settings", str(error))
        gc.collect()

    def _make_sound(self):
        """Microphone and speaker, unless they are there. Raises OSError, ValueError."""
        if self.microphone is None:
            self.microphone = self._hardware.microphone()
        if self.speaker is None:
            self.speaker = self._hardware.speaker()

    def tell_trouble(self, code, text):
        """Say once what keeps the board from its room, for as long as it stays the same."""
        if self.error != (code, text):
            self.error = (code, text)
            print(f"{code}: {text}")
            self._record("error", {"code": code, "text": text})

    def _fail(self, code, text):
        self.error = None
        self.tell_trouble(code, text)
        self.led.show("error")

    # -- what the user can do --------------------------------------------------------------

    def join(self):
        """Join the room of the settings; returns at once. Does nothing when in one already."""
        self._again = self._leaving is not None
        if self._call is None and not self._again:
            self._call = asyncio.create_task(self._run_call())

    def leave(self):
        """Leave the room; returns at once."""
        self._again = False
        # Once only: a second cancel would break into the goodbye of the first.
        if self._call is not None and self._leaving is None:
            self._leaving = asyncio.create_task(self._end_call())

    def set_muted(self, muted):
        """Mute or unmute; returns at once. Does nothing outside of a room."""
        if self.room:
            asyncio.create_task(self.room.mute() if muted else self.room.unmute())

    @property
    def muted(self):
        """Whether the microphone is paused."""
        return bool(self.room and self.room.local.muted)

    @property
    def state(self):
        """The room's state; `idle` when there is none."""
        if self.room:
            return self.room.state
        if self._call is not None and self._leaving is None:
            return "connecting"
        return "failed" if self.error else "idle"

    @property
    def up_ms(self):
        """Milliseconds since the application started, which never wrap."""
        return self._now_ms

    # -- the call --------------------------------------------------------------------------

    async def _run_call(self):
        self.error = None
        try:
            await self.care.prepare_call()
            self.error = None
            self._make_sound()  # a chip that did not answer at boot may do now
            room = self.room = self._make_room(self.settings)
            room.on("*", self._on_event)
            room.volume = self.settings["volume"]
            make = getattr(self._hardware, "processor", None)
            processor = make() if make else None
            # A board that can't do both directions and has a processor takes turns by voice.
            self._button_talks = not self._hardware.duplex and processor is None
            await room.publish(self.microphone, self.settings["microphone_volume"], processor)
            await room.subscribe(self.speaker)
            await room.connect()
            await room.wait_closed()
            reason = room.reason
            await room.leave()
            if reason and room.state == "failed":
                self._fail(reason.code, reason.text)
        except RoomError as error:
            self._fail(error.code, error.text)
        except ValueError as error:
            self._fail("bad-settings", str(error))
        except uplink.NetworkError as error:
            self._fail("no-network", str(error))
        except Exception as error:
            self._broke(error)
        finally:
            room = self.room
            try:
                if room:
                    await room.leave()
            finally:
                self.room = None
                self._call = None
                self.care.call_ended()

    def _broke(self, error):
        """Tell what nobody foresaw; the board goes on and can be asked."""
        sys.print_exception(error)
        crashlog.write("a call broke", error)
        self._fail("board-failed", f"The board itself failed: {error!r}.")

    async def _end_call(self):
        call = self._call
        if call is not None:
            call.cancel()
            try:
                await call
            except asyncio.CancelledError:
                self.error = None  # as asked: what kept the board from its room is over, too
            except Exception as error:
                self._broke(error)
        self._call = self._leaving = None  # a task that never ran did not do that itself
        gc.collect()
        if self._again:
            self.join()

    def _new_room(self, settings):
        """The Room that the settings describe. Raises SettingsError, OSError, ValueError."""
        for name in ("server", "room"):
            if not settings[name]:
                raise SettingsError(f"{name} is not set")
        return Room(
            settings["server"],
            settings["room"],
            settings["name"],
            settings["token"] or None,
            settings["certificate_sha256"] or None,
            _read(settings["ca_file"]) if settings["ca_file"] else None,
            self.own_identity(),
            settings["participant_id"] or None,
            codecs.offered(settings["codec"]),
            _address(settings["stun_server"]),
        )

    def own_identity(self):
        """The board's key and certificate, made once and kept."""
        if self._identity is None:
            import identity_file

            self._identity = identity_file.load_or_make(_IDENTITY)
        return self._identity

    def _on_event(self, event, value):
        if event == "state":
            self.care.note_state(value)
            reason = self.room.reason if self.room else None
            self._record(
                "state",
                {
                    "state": value,
                    "reason": reason.code if reason else None,
                    "text": reason.text if reason else None,
                    "retriable": reason.retriable if reason else None,
                    "session_id": self.room.session_id if self.room else None,
                    "participant_id": self.room.local.participant_id if self.room else None,
                },
            )
        elif event != "levels":
            self._record(event, {"value": _plain(value)})

    # -- button and LED --------------------------------------------------------------------

    async def _tick_for_ever(self):
        last = time.ticks_ms()
        while True:
            now = time.ticks_ms()
            self._now_ms += time.ticks_diff(now, last)
            last = now
            pause_ms = _TICK_MS
            try:
                self.tick(self._now_ms)
            except Exception as error:
                # A button or LED that broke ends nothing else, and is told once a second.
                sys.print_exception(error)
                self.error = ("board-failed", repr(error))
                pause_ms = _FAULT_MS
            await asyncio.sleep_ms(pause_ms)

    def tick(self, now_ms):
        """Look at the button, refresh the LED, write stats when they are due."""
        self.care.tick(now_ms)  # first: what breaks below must not starve the watchdog
        in_room = self._call is not None
        self._gestures.wait_for_double = in_room
        gesture = self._gestures.sample(self.button.pressed(), now_ms)
        if gesture:
            self._take(gesture, in_room)
        state = self.state
        speaker = self.room.active_speaker if self.room else None
        others_speak = speaker is not None and speaker is not self.room.local
        self.led.show(self.care.mode or led_pattern(state, self.muted, others_speak))
        interval = self.settings["stats_interval_ms"]
        if interval and self.room and now_ms - self._stats_ms >= interval:
            self._stats_ms = now_ms
            self._record("stats", self.stats())

    def _take(self, gesture, in_room):
        if gesture == LONG and not in_room:
            self.care.begin_setup()
        elif gesture == SHORT:
            (self.leave if in_room else self.join)()
        elif not in_room:
            return
        elif gesture == DOUBLE:
            self.set_muted(not self.muted)
        elif gesture in (HELD, RELEASED) and self._button_talks:
            self._talk(gesture == HELD)

    def _talk(self, talking):
        """Push to talk, on a board that can't do both directions at once."""
        if not self.room:
            return  # still on its way to the network
        turn = getattr(self._hardware, "talk", None)
        if turn:
            turn(talking)
        self.room.listen(not talking)
        self.set_muted(not talking)

    def stats(self):
        """The room's counters and the heap: a dict."""
        found = self.room.stats() if self.room else {"state": self.state}
        found["heap_used"] = gc.mem_alloc()
        found["heap_free"] = gc.mem_free()
        return found


def _plain(value):
    """What an event file can hold of an event's value: an id for whoever it is about."""
    if value is None or isinstance(value, (str, bool, int, dict)):
        return value
    who = getattr(value, "participant", value)
    return getattr(who, "participant_id", None) or str(value)


def _no_record(event, fields=None):
    pass  # a real board has nobody to tell


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _address(text):
    """(ip, port) of HOST:PORT; None when there is none, or its name is not known."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError("stun_server must be HOST:PORT")
    from webrtc.port import resolve

    try:
        return resolve(host, int(port))
    except OSError:
        print(f"stun_server: {host} is not found; the call goes without it")
        return None
