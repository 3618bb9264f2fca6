"""The page's invite: a link that boards can use too, and its QR code, in Chromium."""
# MIT License; see LICENSE

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect
from roomtone_host.browser import BrowserParticipant, find_chromium
from roomtone_host.server.config import Config
from roomtone_host.server.ota import Updates
from roomtone_host.server.runner import RoomServer

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")


async def test_the_link_carries_the_pins_and_is_drawn(tmp_path: Path):
    pin = Updates(tmp_path).pin()
    config = Config(tmp_path, port=0, open=True, rooms=["lab"])
    async with RoomServer(config) as server:
        voice = Path(__file__).parents[2] / "tools" / "roomtone_host" / "speech" / "caller.wav"
        async with BrowserParticipant(server.url(), "lab", "Ada", voice, loop=True) as browser:
            page = browser.page
            await page.get_by_role("button", name="Invite", exact=True).click()
            panel = page.get_by_role("dialog", name="Invite")
            await expect(panel.get_by_label("Link")).to_have_value(
                f"{server.url()}/r/lab#update={pin}"
            )
            code = panel.get_by_role("img", name="QR code of the invite link")
            await expect(code).to_be_visible()
            width = await code.evaluate("image => image.naturalWidth")
            assert width > 100
        assert browser.console_errors == []
