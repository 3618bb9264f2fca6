"""Wi-Fi: the strongest of several networks, reasons in words, back after every loss."""
# MIT License; see LICENSE

import asyncio
import sys
import unittest

from uplink import NetworkError, Wired, hostname, link
from wifi import Wifi

_IDLE, _CONNECTING, _GOT_IP = 1000, 1001, 1010


class _Wlan:
    """The driver as ports/esp32/network_wlan.c has it, with reasons that outlive their try."""

    PM_NONE, PM_PERFORMANCE, IF_STA = 0, 1, 0

    def __init__(self, interface=0):
        self.air = {}  # ssid: (dBm, security, status that a try ends with)
        self.options = {}
        self.tries = []
        self.state = _IDLE
        self.scans = 0
        self.up = False

    def active(self, up):
        self.up = up

    def config(self, what=None, **options):
        self.options.update(options)
        return self.tries[-1][0] if what == "ssid" and self.tries else None

    def scan(self):
        if self.state == _CONNECTING:
            raise OSError("Wifi Unknown Error 0x3006")
        self.scans += 1
        return [
            (ssid.encode(), b"mac", 1, dbm, security, False)
            for ssid, (dbm, security, _) in self.air.items()
        ] + [(b"\xff\xfe", b"mac", 1, -20, 0, False), (b"", b"mac", 1, -10, 0, True)]

    def connect(self, ssid, password):
        self.tries.append((ssid, password))
        self.state = self.air[ssid][2] if ssid in self.air else 201

    def disconnect(self):
        if self.state in (_CONNECTING, _GOT_IP):
            self.state = _IDLE

    def isconnected(self):
        return self.state == _GOT_IP

    def status(self, what=None):
        return -61 if what == "rssi" else self.state

    def ifconfig(self):
        return ("10.0.0.7", "", "", "")


class _Network:
    """MicroPython's module `network`."""

    def __init__(self):
        self.wlan = _Wlan()
        self.said = {}

        class Maker:
            PM_NONE, PM_PERFORMANCE, IF_STA = 0, 1, 0

            def __new__(cls, interface):
                return self.wlan

        self.WLAN = Maker

    def country(self, code):
        self.said["country"] = code

    def hostname(self, name):
        self.said["hostname"] = name


def _networks(*names):
    return [{"ssid": name, "password": name + "-password"} for name in names]


class TestWifi(unittest.TestCase):
    def setUp(self):
        self.network = _Network()
        self.wlan = self.network.wlan

    def _wifi(self, *names):
        station = Wifi(self.network, _networks(*names), "DE", "kitchen")
        station.try_ms, station.stale_ms = 400, 200
        return station

    def test_one_network_needs_no_looking_around(self):
        self.wlan.air = {"home": (-50, 3, _GOT_IP)}
        station = self._wifi("home")
        asyncio.run(station.connect())
        self.assertEqual(self.wlan.tries, [("home", "home-password")])
        self.assertEqual((self.wlan.scans, station.ssid), (0, "home"))
        self.assertEqual((station.address(), station.signal_dbm()), ("10.0.0.7", -61))
        self.assertEqual(self.network.said, {"country": "DE", "hostname": "kitchen"})
        self.assertEqual(self.wlan.options["reconnects"], -1)  # from here the driver comes back

    def test_connected_already_is_enough(self):
        self.wlan.state = _GOT_IP
        asyncio.run(self._wifi("home").connect())
        self.assertEqual(self.wlan.tries, [])

    def test_a_new_network_is_tried_although_the_old_one_is_there(self):
        self.wlan.air = {"old": (-40, 3, _GOT_IP), "new": (-60, 3, 202)}
        station = self._wifi("old")
        asyncio.run(station.connect())
        station = self._wifi("new", "old")
        self.assertEqual(station.ssid, "old")  # the radio is on it still
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(station.connect(first=True))
        self.assertTrue("new: the password is wrong" in str(caught.exception))
        self.assertEqual([ssid for ssid, _ in self.wlan.tries], ["old", "new"])
        asyncio.run(station.connect())
        self.assertEqual(station.ssid, "old")

    def test_the_strongest_comes_first_and_the_hidden_last(self):
        self.wlan.air = {"near": (-40, 3, 15), "far": (-80, 3, 15), "foreign": (-20, 0, 15)}
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi("hidden", "far", "near").connect())
        self.assertEqual([ssid for ssid, _ in self.wlan.tries], ["near", "far", "hidden"])
        for text in ("near: the password is wrong", "hidden: no such network in reach"):
            self.assertTrue(text in str(caught.exception), str(caught.exception))
        self.assertTrue(caught.exception.retriable)  # the hidden one may come yet

    def test_waiting_does_not_mend_a_password(self):
        self.wlan.air = {"near": (-40, 3, 15), "far": (-80, 3, 202)}
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi("near", "far").connect())
        self.assertFalse(caught.exception.retriable)

    def test_a_driver_that_fails_is_told_and_tried_again(self):
        def connect(ssid, password):
            raise RuntimeError("Wifi Unknown Error 0x3006")

        self.wlan.connect = connect
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi("home").connect())
        self.assertTrue("the radio says Wifi Unknown Error 0x3006" in str(caught.exception))
        self.assertTrue(caught.exception.retriable)

    def test_a_second_network_serves_when_the_first_refuses(self):
        self.wlan.air = {"near": (-40, 3, 202), "far": (-80, 3, _GOT_IP)}
        station = self._wifi("near", "far")
        asyncio.run(station.connect())
        self.assertEqual((station.ssid, station.reason), ("far", ""))

    def test_open_networks_get_no_password(self):
        self.wlan.air = {"cafe": (-50, 0, _GOT_IP)}
        asyncio.run(Wifi(self.network, [{"ssid": "cafe", "password": ""}]).connect())
        self.assertEqual(self.wlan.tries, [("cafe", None)])

    def test_an_access_point_that_never_answers_is_left(self):
        self.wlan.air = {"home": (-50, 3, _CONNECTING)}
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi("home").connect())
        self.assertTrue("home: no answer" in str(caught.exception))
        self.assertEqual(self.wlan.state, _IDLE)

    def test_no_network_is_told(self):
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi().connect())
        self.assertTrue("no network in the settings" in str(caught.exception))

    def test_a_number_that_nobody_knows_is_told(self):
        self.wlan.air = {"home": (-50, 3, 77)}
        with self.assertRaises(NetworkError) as caught:
            asyncio.run(self._wifi("home").connect())
        self.assertTrue("reason 77" in str(caught.exception))

    def test_a_scan_names_each_network_once(self):
        self.wlan.air = {"a": (-70, 3, 0), "b": (-50, 0, 0)}
        self.assertEqual(self._wifi().scan(), [("b", -50, False), ("a", -70, True)])

    def test_no_power_saving_in_a_call(self):
        station = self._wifi("home")
        station.in_call(True)
        self.assertEqual(self.wlan.options["pm"], _Wlan.PM_NONE)
        station.in_call(False)
        self.assertEqual(self.wlan.options["pm"], _Wlan.PM_PERFORMANCE)

    def test_it_comes_back_after_a_loss_that_the_driver_does_not_mend(self):
        self.lose(self._wifi("home"))
        self.assertEqual(len(self.wlan.tries), 1)

    def test_it_leaves_the_radio_to_the_setup_page(self):
        station = self._wifi("home")
        station.held = True
        self.lose(station)
        self.assertEqual(self.wlan.tries, [])

    def lose(self, station):
        """The network goes and comes; wait for the station, up to a minute of its time."""
        self.wlan.air = {"home": (-50, 3, _GOT_IP)}

        async def lose():
            real = asyncio.sleep_ms
            asyncio.sleep_ms = lambda ms: real(ms // 100)
            task = asyncio.create_task(station.keep())
            try:
                for _ in range(500):
                    if self.wlan.isconnected():
                        return
                    await real(1)
            finally:
                asyncio.sleep_ms = real
                task.cancel()

        asyncio.run(lose())


class TestUplink(unittest.TestCase):
    def test_a_host_has_its_network_already(self):
        if "network" in sys.modules:
            raise unittest.SkipTest("this runtime has a network module")
        wired = link({})
        self.assertTrue(isinstance(wired, Wired))
        self.assertTrue(wired.connected())
        asyncio.run(wired.connect())

    def test_names_become_labels(self):
        for name, label in (
            ("Kitchen", "kitchen"),
            ("Anna's box", "anna-s-box"),
            ("Küche", "k-che"),
            ("日本", "roomtone"),
            ("x" * 40, "x" * 32),
        ):
            self.assertEqual(hostname(name), label)


if __name__ == "__main__":
    unittest.main()
