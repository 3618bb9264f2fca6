"""Calls a WHIP endpoint, for MicroPython: URL TOKEN [CA FILE]; prints what came of it."""
# MIT License; see LICENSE

import asyncio
import sys

import webrtc
from webrtc.whip import Whip


async def main(url, token, ca):
    """Talk for a second."""
    async with Whip(url, token=token, ca=ca) as whip, webrtc.connect(whip.exchange) as call:
        for _ in range(50):
            call.sender.payload[:160] = b"\xff" * 160
            call.sender.send(160, 160)
            await asyncio.sleep_ms(20)
        print("sent", call.stats()["packets_sent"])


def contents(path):
    """Read a whole file."""
    with open(path, "rb") as file:
        return file.read()


try:
    authority = contents(sys.argv[3]) if len(sys.argv) > 3 else None
    asyncio.run(main(sys.argv[1], sys.argv[2], authority))
except Exception as error:
    print(type(error).__name__, error)
