"""Settings: fields are checked by name, files survive, secrets never show."""
# MIT License; see LICENSE

import json
import os
import unittest

from schema import FIELDS
from settings import Settings, SettingsError

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
        settings = _load({"name": "Kitchen", "wifi": {"country": "DE"}, "board": {"x": 1}})
        self.assertEqual(settings["name"], "Kitchen")
        self.assertEqual(settings["wifi.country"], "DE")
        self.assertEqual(settings["board"], {"x": 1})
        self.assertEqual(settings["volume"], 100)

    def test_messages_name_the_field(self):
        for tree, name in (
            ({"volume": 201}, "volume"), ({"volume": -1}, "volume"), ({"volume": "7"}, "volume"),
            ({"volume": True}, "volume"), ({"auto_join": 1}, "auto_join"), ({"name": ""}, "name"),
            ({"name": "x" * 65}, "name"), ({"codec": "mp3"}, "codec"),
            ({"wifi": {"country": 5}}, "wifi.country"),
            ({"server": "kitchen"}, "server"), ({"board": []}, "board"),
            ({"token": None}, "token"), ({"wifi": []}, "wifi"), ({"setup": True}, "setup"),
        ):  # fmt: skip
            self.assertTrue(name in self._error(tree), name)

    def test_what_newer_firmware_set_is_told_and_kept(self):
        """After an update that was rolled back the board must still find its network."""
        tree = {"wifi": {"country": "DE", "band": 5}, "nmae": "x", "zoo": {}}
        with open(_PATH, "w") as file:
            json.dump(tree, file)
        settings = Settings(_PATH)
        self.assertEqual(settings.load(), ["nmae", "wifi.band"])
        settings.update({"volume": 70})
        self.assertEqual(settings.load(), ["nmae", "wifi.band"])
        self.assertEqual((settings["wifi.country"], settings["volume"]), ("DE", 70))
        with open(_PATH) as file:
            self.assertEqual(json.load(file)["wifi"]["band"], 5)

    def test_messages_about_networks_name_the_entry(self):
        good = {"ssid": "home", "password": "long enough"}
        for networks, text in (
            ("home", "wifi.networks must be a list"),
            ([good, "x"], "wifi.networks[1] must be a group with ssid"),
            ([{"password": "hunter22"}], "wifi.networks[0] must be a group with ssid"),
            ([{"ssid": ""}], "wifi.networks[0].ssid must be 1 to 32 characters"),
            ([good, {"ssid": "x", "password": "short"}],
             "wifi.networks[1].password must be 8 to 63 characters, or empty"),
            ([{"ssid": "x", "pasword": "hunter22"}], "no setting wifi.networks[0].pasword"),
            ([good] * 9, "wifi.networks must be 0 to 8 entries"),
        ):  # fmt: skip
            error = self._error({"wifi": {"networks": networks}})
            self.assertTrue(text in error, error)

    def test_pins_are_digits(self):
        for pin in ("", "ab" * 32, "AB:" * 31 + "AB"):
            self.assertEqual(_load({"certificate_sha256": pin})["certificate_sha256"], pin)
        for pin in ("ab" * 31, "xy" * 32, "a"):
            self.assertTrue("64 hexadecimal" in self._error({"update_key_sha256": pin}))

    def test_zero_and_empty_where_they_switch_off(self):
        self.assertEqual(_load({"watchdog_s": 0})["watchdog_s"], 0)
        self.assertTrue("40 to 600, or 0" in self._error({"watchdog_s": 5}))

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
        _load({"name": "Kitchen"}).update({"wifi.country": "DE", "volume": 70})
        again = Settings(_PATH)
        again.load()
        self.assertEqual(
            (again["name"], again["wifi.country"], again["volume"]), ("Kitchen", "DE", 70)
        )

    def test_wrong_update_changes_nothing(self):
        settings = _load({"volume": 50})
        for changes in ({"volume": 70, "name": ""}, {"server": "x"}, {"nope": 1}):
            with self.assertRaises(SettingsError):
                settings.update(changes)
        self.assertEqual(settings["volume"], 50)

    def test_what_can_not_be_kept_is_not_set(self):
        settings = Settings("no-such-folder/settings.json")
        with self.assertRaises(OSError):
            settings.update({"volume": 70})
        self.assertEqual(settings["volume"], 100)

    def test_secrets_never_show(self):
        networks = [{"ssid": "home", "password": "hunter22"}, {"ssid": "open"}]
        settings = _load({"token": "s3cret", "wifi": {"networks": networks}})
        shown = repr(settings) + "\n".join(settings.lines())
        self.assertFalse("s3cret" in shown or "hunter22" in shown)
        self.assertTrue("********" in shown)
        self.assertTrue('[{"password": ********, "ssid": "home"}, {"ssid": "open"}]' in shown)


if __name__ == "__main__":
    unittest.main()
