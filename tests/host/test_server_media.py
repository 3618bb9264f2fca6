"""Sound through the room server: who hears whom."""
# MIT License; see LICENSE

import pytest

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    "codecs", [("PCMU", "PCMU"), ("PCMU", "PCMA"), ("opus", "opus"), ("PCMU", "opus")]
)
async def test_two_hear_each_other_and_not_themselves(server, client, codecs):
    ada = client(server, "Ada", 440, codecs[0])
    bob = client(server, "Bob", 1000, codecs[1])
    assert (await ada.join())["type"] == "joined"
    assert (await bob.join())["type"] == "joined"
    assert await ada.hears(1000) > 0.8
    assert await bob.hears(440) > 0.8
