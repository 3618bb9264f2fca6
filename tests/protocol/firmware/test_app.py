"""The application's turn of 20 ms: what breaks in it, and what must go on all the same."""
# MIT License; see LICENSE

import asyncio
import json
import unittest

import app as app_module
import typed
from app import App
from gestures import HELD, RELEASED
from roomtone.participant import Participant
from settings import Settings, SettingsError


class Button:
    down = False

    def pressed(self):
        return self.down


class Led:
    """A display; without one at the bus it raises, as machine.I2C does."""

    def __init__(self):
        self.word = ""
        self.broken = False

    def show(self, word):
        if self.broken:
            raise OSError(19)
        self.word = word


class Hardware:
    """The module `board` of a half-duplex board."""

    name = "test"
    duplex = False

    def __init__(self):
        self.turns = []
        self.talk = self.turns.append
        self.silent = False  # a chip that does not answer

    def microphone(self):
        if self.silent:
            raise OSError("ES7210 does not answer")
        return "microphone"

    def speaker(self):
        return "speaker"

    def button(self):
        return Button()

    def led(self):
        return Led()


class Watchdog:
    fed = 0

    def feed(self):
        self.fed += 1


def _wrong_settings():
    raise SettingsError("there is no setting x")


async def _at_once(*_):
    pass


class Room:
    """One that is there and does nothing but note who may be heard."""

    state = "connected"
    active_speaker = reason = session_id = None
    participant_id = "me"
    volume = 100
    participants = ()

    def __init__(self):
        self.heard = []
        self.listen = self.heard.append
        self.local = self
        self.muted = False
        self.publish = self.subscribe = self.connect = self.leave = _at_once
        closed = asyncio.Event()
        self.wait_closed = closed.wait
        self.close = closed.set

    def on(self, event, handler):
        pass

    async def mute(self):
        self.muted = True

    async def unmute(self):
        self.muted = False

    def stats(self):
        return {"frames": 7}


class TestTurn(unittest.TestCase):
    def setUp(self):
        self.hardware = Hardware()
        self.app = App(Settings("none.json"), None, self.hardware)

    def test_a_broken_display_does_not_starve_the_watchdog(self):
        watchdog = self.app.care._watchdog = Watchdog()
        self.app.led.broken = True
        for turn in range(3):
            with self.assertRaises(OSError):
                self.app.tick(20 * turn)
        self.assertEqual(watchdog.fed, 3)

    def test_a_button_held_before_there_is_a_room_talks_to_nobody(self):
        self.app._call = "still on its way to the network"
        self.app._take(HELD, True)
        self.app._take(RELEASED, True)
        self.assertIsNone(self.app.error)
        self.assertEqual(self.hardware.turns, [])

    def test_a_button_held_in_a_room_talks_and_listens_again(self):
        async def hold():
            self.app.room = room = Room()
            for gesture, muted in ((HELD, False), (RELEASED, True)):
                self.app._take(gesture, True)
                await asyncio.sleep_ms(5)
                self.assertEqual(room.muted, muted)
            return room

        room = asyncio.run(hold())
        self.assertEqual(self.hardware.turns, [True, False])
        self.assertEqual(room.heard, [False, True])

    def test_a_board_that_takes_turns_by_voice_is_not_muted_by_its_button(self):
        self.hardware.processor = lambda: "a VoiceSwitch"
        self.app._make_room = lambda settings: Room()
        self.app.care.prepare_call = _at_once
        self.app.care.call_ended = lambda: None

        async def hold():
            self.app.join()
            await asyncio.sleep_ms(20)
            room = self.app.room
            for gesture in (HELD, RELEASED):
                self.app._take(gesture, True)
            await asyncio.sleep_ms(5)
            self.assertEqual((room.muted, room.heard), (False, []))
            self.app.leave()
            await self.app._leaving

        asyncio.run(hold())
        self.assertEqual(self.hardware.turns, [])

    def test_a_radio_that_fails_after_a_call_keeps_no_room(self):
        def fail():
            raise OSError("Wifi Not Initialized")

        self.app._make_room = lambda settings: Room()
        self.app.care.prepare_call = _at_once
        self.app.care.call_ended = fail

        async def call():
            self.app.join()
            await asyncio.sleep_ms(20)
            self.app.room.close()
            await asyncio.sleep_ms(20)
            self.assertEqual((self.app.room, self.app._call), (None, None))

        asyncio.run(call())

    def test_wrong_settings_keep_no_sound_from_whoever_mends_them(self):
        self.app.settings.load = _wrong_settings
        self.app._boot()
        self.assertEqual(self.app.error, ("bad-settings", "there is no setting x"))
        self.assertEqual((self.app.microphone, self.app.speaker), ("microphone", "speaker"))

    def test_a_setting_of_other_firmware_keeps_nobody_from_joining(self):
        self.app.settings.load = lambda: ["wifi.band"]
        self.app._boot()
        self.assertEqual(self.app.error, None)

    def test_a_chip_that_did_not_answer_at_boot_is_asked_again_by_a_join(self):
        self.hardware.silent = True
        self.app._boot()
        self.assertEqual(self.app.error, ("board-failed", "ES7210 does not answer"))
        self.hardware.silent = False
        self.app._make_room = lambda settings: Room()
        self.app.care.prepare_call = _at_once
        self.app.care.call_ended = lambda: None

        async def call():
            self.app.join()
            await asyncio.sleep_ms(20)
            self.assertEqual((self.app.microphone, self.app.error), ("microphone", None))
            self.app.leave()
            await self.app._leaving

        asyncio.run(call())

    def test_its_status_is_json_whoever_speaks(self):
        self.app.room = room = Room()
        for speaker, found in ((None, None), (Participant("p-1", "Alice", "person"), "p-1")):
            room.active_speaker = speaker
            status = json.loads(json.dumps(typed.describe(self.app)))
            self.assertEqual((status["speaking"], status["frames"]), (found, 7))

    def test_a_stun_server_may_have_a_name(self):
        self.assertEqual(app_module._address("localhost:3478"), ("127.0.0.1", 3478))
        self.assertEqual(app_module._address("127.0.0.1:19302"), ("127.0.0.1", 19302))
        self.assertIsNone(app_module._address(""))
        for wrong in ("localhost", ":3478", "localhost:x"):
            with self.assertRaises(SettingsError):
                app_module._address(wrong)


if __name__ == "__main__":
    unittest.main()
