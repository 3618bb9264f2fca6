"""Settings: fields are checked by name, files survive, secrets never show."""
# MIT License; see LICENSE

import json
import os
import unittest

from settings import FIELDS, Settings, SettingsError

_PATH = "test-settings.tmp"


def _load(tree):
    with open(_PATH, "w") as file:
        file.write(tree if isinstance(tree, str) else json.dumps(tree))
    settings = Settings(_PATH)
    settings.load()
    return settings


class TestSettings(unittest.TestCase):
    def tearDown(self):
        for name in (_PATH, _PATH + ".new"):
            if name in os.listdir():
                os.remove(name)

    def _error(self, tree):
        with self.assertRaises(SettingsError) as caught:
            _load(tree)
        return str(caught.exception)

    def test_no_file_means_defaults(self):
        settings = Settings("there-is-none.json")
        settings.load()
        for name in FIELDS:
            self.assertEqual(settings[name], FIELDS[name].default)

    def test_values_and_groups(self):
        settings = _load({"name": "Kitchen", "wifi": {"ssid": "home"}, "board": {"x": 1}})
        self.assertEqual(settings["name"], "Kitchen")
        self.assertEqual(settings["wifi.ssid"], "home")
        self.assertEqual(settings["board"], {"x": 1})
        self.assertEqual(settings["volume"], 100)

    def test_messages_name_the_field(self):
        for tree, name in (
            ({"volume": 201}, "volume"), ({"volume": -1}, "volume"), ({"volume": "7"}, "volume"),
            ({"volume": True}, "volume"), ({"auto_join": 1}, "auto_join"), ({"name": ""}, "name"),
            ({"name": "x" * 65}, "name"), ({"codec": "mp3"}, "codec"), ({"nmae": "x"}, "nmae"),
            ({"wifi": {"sid": "x"}}, "wifi.sid"), ({"wifi": {"ssid": 5}}, "wifi.ssid"),
            ({"server": "kitchen"}, "server"), ({"board": []}, "board"),
            ({"token": None}, "token"),
        ):  # fmt: skip
            self.assertTrue(name in self._error(tree), name)

    def test_what_is_not_a_tree_is_refused(self):
        for text in ("", "{", "[]", "null", "5"):
            self._error(text)

    def test_wrong_file_leaves_the_settings_as_they_were(self):
        settings = _load({"name": "Kitchen"})
        with open(_PATH, "w") as file:
            file.write("{")
        with self.assertRaises(SettingsError):
            settings.load()
        self.assertEqual(settings["name"], "Kitchen")

    def test_update_is_kept_in_the_file(self):
        _load({"name": "Kitchen"}).update({"wifi.ssid": "home", "volume": 70})
        again = Settings(_PATH)
        again.load()
        self.assertEqual(
            (again["name"], again["wifi.ssid"], again["volume"]), ("Kitchen", "home", 70)
        )

    def test_wrong_update_changes_nothing(self):
        settings = _load({"volume": 50})
        for changes in ({"volume": 70, "name": ""}, {"server": "x"}, {"nope": 1}):
            with self.assertRaises(SettingsError):
                settings.update(changes)
        self.assertEqual(settings["volume"], 50)

    def test_secrets_never_show(self):
        settings = _load({"token": "s3cret", "wifi": {"password": "hunter22"}})
        shown = repr(settings) + "\n".join(settings.lines())
        self.assertFalse("s3cret" in shown or "hunter22" in shown)
        self.assertTrue("********" in shown)


if __name__ == "__main__":
    unittest.main()
