"""What a call needs below it: a network that comes when it can, and an end where none will."""
# MIT License; see LICENSE

import asyncio
import unittest

from caretaker import Caretaker
from uplink import NetworkError


class Network:
    """Fails as `script` says, (text, retriable) each, then is there."""

    def __init__(self, script):
        self.script = script
        self.calling = False

    async def connect(self):
        if self.script:
            raise NetworkError(*self.script.pop(0))

    def in_call(self, calling):
        self.calling = calling


class App:
    settings = {"ca_file": "", "server": ""}

    def __init__(self):
        self.told = []

    def tell_trouble(self, code, text):
        self.told.append(text)


REFUSED = ("the password is wrong", False)
GONE = ("no such network in reach", True)


class TestPrepareCall(unittest.TestCase):
    def prepare(self, *script):
        app = App()
        care = Caretaker(app)
        care.network = Network(list(script))
        asyncio.run(care.prepare_call())
        return app, care

    def test_a_right_password_may_be_refused_now_and_then(self):
        app, care = self.prepare(REFUSED, GONE, REFUSED)
        self.assertTrue(care.network.calling)
        self.assertEqual(len(app.told), 3)

    def test_a_wrong_one_is_an_end(self):
        with self.assertRaises(NetworkError) as caught:
            self.prepare(REFUSED, REFUSED, REFUSED)
        self.assertFalse(caught.exception.retriable)


if __name__ == "__main__":
    unittest.main()
