"""Messages of `roomtone.v1`: the shared examples, wrong fields, reasons, the roster."""
# MIT License; see LICENSE

import json
import unittest

from roomtone import errors, reasons, signaling
from roomtone.roster import Roster
from roomtone.signaling import MessageError


def _examples():
    with open("tests/signaling/examples.json") as file:
        return json.load(file)


class TestExamples(unittest.TestCase):
    def test_every_server_message_parses(self):
        for message in _examples()["server"]:
            self.assertEqual(signaling.parse(json.dumps(message)), message)

    def test_every_client_message_can_be_built(self):
        for wanted in _examples()["client"]:
            fields = {}
            for name in wanted:
                if name != "type":
                    fields[name] = wanted[name]
            self.assertEqual(json.loads(signaling.build(wanted["type"], fields)), wanted)

    def test_join_is_what_the_example_says(self):
        wanted = _examples()["client"][0]
        text = signaling.join(wanted["sdp"], wanted["name"], tuple(wanted["codecs"]))
        self.assertEqual(json.loads(text), wanted)

    def test_every_reason_is_known(self):
        for code in _examples()["reasons"]:
            self.assertTrue(code in reasons.KNOWN, code)

    def test_retriable_is_as_the_contract_says(self):
        reasons = _examples()["reasons"]
        for code in reasons:
            self.assertEqual(errors.RoomError(code).retriable, reasons[code], code)


class TestParse(unittest.TestCase):
    def test_unknown_type_is_none(self):
        self.assertIsNone(signaling.parse('{"type": "from-the-future"}'))

    def test_unknown_fields_are_kept_and_harmless(self):
        parsed = signaling.parse('{"type": "pong", "id": 1, "new": [2]}')
        self.assertEqual(parsed["id"], 1)

    def test_missing_fields_are_named(self):
        for message in _examples()["server"]:
            for name in signaling._FIELDS[message["type"]]:
                cut = dict(message)
                del cut[name[0]]
                with self.assertRaises(MessageError) as caught:
                    signaling.parse(json.dumps(cut))
                self.assertTrue(name[0] in str(caught.exception))

    def test_hostile_messages(self):
        for text in (
            "", "x", "[]", "null", "1", '"joined"', "{}", '{"type": 1}', '{"type": null}',
            '{"type": "error", "code": 1, "text": "", "retriable": true}',
            '{"type": "participant-joined", "participant": {"participant_id": "p"}}',
            '{"type": "participant-joined", "participant": {"participant_id": "p", "name": "n",'
            ' "kind": "board", "streams": ["audio"]}}',
            '{"type": "levels", "levels": []}',
        ):  # fmt: skip
            with self.assertRaises(MessageError):
                signaling.parse(text)

    def test_message_data_is_limited(self):
        signaling.message("t", "x" * 8000)
        with self.assertRaises(ValueError):
            signaling.message("t", "x" * 8200)


class TestErrors(unittest.TestCase):
    def test_class_says_what_to_do(self):
        self.assertTrue(isinstance(errors.from_code("room-full"), errors.Unreachable))
        self.assertTrue(isinstance(errors.from_code("token-expired"), errors.Refused))

    def test_server_has_the_last_word_on_retry(self):
        error = errors.from_code("forbidden", "Wait.", True)
        self.assertTrue(error.retriable)
        self.assertEqual(str(error), "forbidden: Wait.")

    def test_unknown_word_is_not_retried(self):
        self.assertFalse(errors.from_code("novel").retriable)


def _who(participant_id, *streams):
    return {
        "participant_id": participant_id,
        "name": participant_id.upper(),
        "kind": "browser",
        "streams": [{"kind": kind, "muted": False} for kind in streams],
    }


class TestRoster(unittest.TestCase):
    def setUp(self):
        self.events = []
        self.roster = Roster(lambda event, value: self.events.append((event, value)))
        self._reset([_who("a", "audio"), _who("b")])
        self.events.clear()

    def _reset(self, participants, speaker=None):
        self.roster.reset(
            {"participants": participants, "active_speaker": speaker, "presenter": None}
        )

    def _names(self):
        return [event for event, _ in self.events]

    def test_reconnect_tells_only_differences(self):
        before = self.roster.participants["a"]
        self._reset([_who("a", "audio"), _who("c")], "c")
        self.assertEqual(
            self._names(), ["participant-left", "participant-joined", "active-speaker"]
        )
        self.assertTrue(self.roster.participants["a"] is before)

    def test_streams_come_and_go(self):
        for kind in ("stream-started", "stream-muted", "stream-unmuted", "stream-stopped"):
            self.roster.take({"type": kind, "participant_id": "b", "kind": "audio"})
            stream = self.events[-1][1]
            self.assertEqual(stream.muted, kind == "stream-muted")
        self.assertIsNone(self.roster.participants["b"].audio)
        self.assertEqual(len(self.events), 4)

    def test_who_leaves_no_longer_speaks(self):
        self.roster.take({"type": "active-speaker", "participant_id": "a"})
        self.roster.take({"type": "participant-left", "participant_id": "a", "reason": "left"})
        self.assertIsNone(self.roster.active_speaker)
        self.assertEqual(self._names(), ["active-speaker", "active-speaker", "participant-left"])

    def test_strangers_are_harmless(self):
        self.roster.take({"type": "participant-left", "participant_id": "z", "reason": "left"})
        self.roster.take({"type": "stream-muted", "participant_id": "z", "kind": "audio"})
        self.assertEqual(self.events, [])
        self.assertFalse(self.roster.take({"type": "message"}))


if __name__ == "__main__":
    unittest.main()
