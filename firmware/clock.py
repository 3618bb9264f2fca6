"""The time of day by SNTP (RFC 4330), for the dates in certificates."""
# MIT License; see LICENSE

import asyncio
import os
import socket
import struct
import time

from micropython import const
from uplink import NetworkError

_PORT = const(123)
_PACKET = const(48)
_CLIENT = const(0x23)  # version 4, mode 3
_SERVER_MODE = const(4)
_UNIX_OF_NTP = 2208988800
_ERA = 1 << 32  # NTP's seconds begin again in 2036: RFC 4330 section 3
# Before this a clock was never set: no certificate that we meet is older.
_OLDEST_UNIX = 1735689600  # 2025-01-01
_TRIES = const(3)
_ANSWER_MS = const(1500)
_POLL_MS = const(20)


class ClockError(NetworkError):
    """The time is not known; the text says why."""


def unix_time():
    """Seconds since 1970, wherever this port's epoch is."""
    return time.time() + (946684800 if time.gmtime(0)[0] == 2000 else 0)


def is_set():
    """Whether the clock can be right."""
    return unix_time() >= _OLDEST_UNIX


async def ensure(server, port=_PORT, set_time=None, urandom=os.urandom):
    """Set the clock from the NTP `server` unless it is set. Raises ClockError.

    set_time: takes Unix seconds; sets the chip's clock when left out.
    """
    if not is_set():
        (set_time or _set_chip)(await ask(server, port, urandom))


async def ask(server, port=_PORT, urandom=os.urandom, tries=_TRIES):
    """The Unix time that an NTP server says, rounded down. Raises ClockError."""
    try:
        address = socket.getaddrinfo(server, port, 0, socket.SOCK_DGRAM)[0]
        udp = socket.socket(address[0], socket.SOCK_DGRAM)
    except OSError:
        raise ClockError(f"the time server {server} is not found") from None
    try:
        udp.setblocking(False)
        for _ in range(tries):
            nonce = urandom(8)
            udp.sendto(bytes((_CLIENT,)) + bytes(39) + nonce, address[-1])
            found = await _answer(udp, nonce)
            if found:
                return found
    except OSError:
        pass  # said below
    finally:
        udp.close()
    raise ClockError(f"the time server {server} does not answer")


async def _answer(udp, nonce):
    start = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), start) < _ANSWER_MS:
        await asyncio.sleep_ms(_POLL_MS)
        try:
            data = udp.recvfrom(_PACKET)[0]
        except OSError:
            continue  # nothing here yet
        found = parse(data, nonce)
        if found:
            return found
    return None


def parse(data, nonce):
    """The Unix time in an answer to the request that carried `nonce`; None when it is none."""
    if len(data) < _PACKET or data[0] & 7 != _SERVER_MODE or not 1 <= data[1] <= 15:
        return None
    # A server gives back what we sent as our time: nobody who did not see it can forge that.
    if data[24:32] != nonce:
        return None
    seconds = struct.unpack("!I", data[40:44])[0]
    if seconds < 1 << 31:
        seconds += _ERA
    found = seconds - _UNIX_OF_NTP
    return found if found >= _OLDEST_UNIX else None


def _set_chip(unix_s):
    from machine import RTC

    epoch = 946684800 if time.gmtime(0)[0] == 2000 else 0
    now = time.gmtime(unix_s - epoch)
    RTC().datetime((now[0], now[1], now[2], now[6], now[3], now[4], now[5], 0))
