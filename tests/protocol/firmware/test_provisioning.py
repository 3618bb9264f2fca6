"""Invite links and what a new board is told: read whole, refused by name, secrets kept."""
# MIT License; see LICENSE

import os
import time
import unittest

import invite
import provisioning
from settings import Settings, SettingsError

_PIN = "ab" * 32


class TestInvite(unittest.TestCase):
    def test_links(self):
        for text, found in (
            (
                "http://192.168.1.5:8080/r/lab",
                {"server": "http://192.168.1.5:8080", "room": "lab"},
            ),
            (
                "  HTTPS://example.com/talk/r/kitchen-hall/#token=a.b-c_d\n",
                {"server": "https://example.com/talk", "room": "kitchen-hall", "token": "a.b-c_d"},
            ),
            (
                f"roomtone://box.local:8443/r/x%20y?z#certificate={_PIN}&update={_PIN}&token=&q=1",
                {
                    "server": "https://box.local:8443",
                    "room": "x y",
                    "certificate_sha256": _PIN,
                    "update_key_sha256": _PIN,
                },
            ),
        ):
            self.assertEqual(invite.parse(text), found)

    def test_what_is_no_link(self):
        for text in (
            "", "lab", "http://host", "http://host/", "http://host/r/", "http:///r/lab", "ftp://h/r/x",
            "http://host/r/a%2", "http://host/r/a%zz", "http://host/r/%ff", "http://h st/r/lab",
            "http://host/r/a%2Fb", "://host/r/lab", "http://host/r/lab#token=%",
        ):  # fmt: skip
            with self.assertRaises(invite.InviteError):
                invite.parse(text)


class TestApply(unittest.TestCase):
    def setUp(self):
        self._path = f"test-provisioning-{time.ticks_us()}.tmp"
        self.settings = Settings(self._path)

    def tearDown(self):
        for name in (self._path, self._path + ".new"):
            if name in os.listdir():
                os.remove(name)

    def test_everything_at_once(self):
        kept = provisioning.apply(
            self.settings,
            {
                "ssid": "home",
                "password": "correct horse",
                "country": "DE",
                "invite": f"https://h:1/r/lab#token=t&certificate={_PIN}",
                "name": "Kitchen",
                "auto_join": True,
            },
        )
        self.assertEqual(len(kept), 8)
        get = self.settings.__getitem__
        self.assertEqual((get("server"), get("room"), get("token")), ("https://h:1", "lab", "t"))
        self.assertEqual(get("wifi.networks"), [{"ssid": "home", "password": "correct horse"}])
        self.assertEqual((get("certificate_sha256"), get("name")), (_PIN, "Kitchen"))

    def test_what_is_empty_stays(self):
        provisioning.apply(self.settings, {"name": "Kitchen", "room": "lab"})
        self.assertEqual(provisioning.apply(self.settings, {"name": "", "room": None}), [])
        self.assertEqual(self.settings["name"], "Kitchen")

    def test_networks_add_up_and_the_last_comes_first(self):
        for index in range(10):
            given = {"ssid": f"net{index}", "password": "password"}
            provisioning.apply(self.settings, given)
        networks = self.settings["wifi.networks"]
        self.assertEqual(
            [n["ssid"] for n in networks], [f"net{index}" for index in range(9, 1, -1)]
        )
        provisioning.apply(self.settings, {"ssid": "net5"})  # its password is known
        self.assertEqual(
            self.settings["wifi.networks"][0], {"ssid": "net5", "password": "password"}
        )
        self.assertEqual(len(self.settings["wifi.networks"]), 8)

    def test_a_new_server_does_not_get_the_old_ones_secrets(self):
        provisioning.apply(self.settings, {"invite": f"https://a/r/x#token=t&certificate={_PIN}"})
        provisioning.apply(self.settings, {"room": "y"})
        self.assertEqual(self.settings["token"], "t")
        provisioning.apply(self.settings, {"invite": "http://b/r/x"})
        self.assertEqual((self.settings["token"], self.settings["certificate_sha256"]), ("", ""))

    def test_what_is_wrong_is_named_and_changes_nothing(self):
        for given, text in (
            ({"invite": "lab"}, "no invite link"),
            ({"invite": 5}, "invite must be a text"),
            ({"ssid": "home", "password": "short"}, "password must be 8 to 63 characters"),
            ({"ssid": 5}, "ssid must be a text"),
            ({"password": "long enough"}, "ssid is missing"),
            ({"name": "x" * 65}, "name must be 1 to 64 characters"),
            ({"country": "DEU"}, "wifi.country must be 2 characters"),
            ({"server": "box"}, "server must start with http"),
            ({"volume": 5}, "there is no field volume"),
            ({"auto_join": "yes"}, "auto_join must be true or false"),
        ):
            with self.assertRaises(SettingsError) as caught:
                provisioning.apply(self.settings, given)
            self.assertTrue(text in str(caught.exception), str(caught.exception))
        self.assertFalse(self._path in os.listdir())


if __name__ == "__main__":
    unittest.main()
