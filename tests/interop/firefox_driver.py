"""Firefox, headless, driven over WebDriver BiDi with no other program between."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    # With the fake microphone alone Firefox keeps to the default route, and off the loopback.
    "permissions.default.microphone": 1,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}
_START_S = 30
_ANSWER_S = 25


def find_firefox() -> str | None:
    """The path of an installed Firefox, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One page in one browser: `async with`; then `goto` and `evaluate`."""

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="roomtone-firefox-"))
        self._process: asyncio.subprocess.Process
        self._socket: ClientConnection
        self._count = 0
        self._page = ""

    async def __aenter__(self) -> Firefox:
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
        (self._profile / "user.js").write_text("\n".join(lines))
        options = ["--headless", "--no-remote", "--remote-debugging-port", "0"]
        self._process = await asyncio.create_subprocess_exec(
            find_firefox() or "firefox",
            *options,
            "--profile",
            str(self._profile),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_START_S):
                address = await self._address()
            self._socket = await connect(f"{address}/session", max_size=None)
            await self._command("session.new", capabilities={})
            tree = await self._command("browsingContext.getTree")
            self._page = tree["contexts"][0]["context"]
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            await self._socket.close()
        await self._end()

    async def goto(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        await self._command(
            "browsingContext.navigate", context=self._page, url=url, wait="complete"
        )

    async def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression in the page, awaited if it is a promise."""
        answer = await self._command(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((v) => JSON.stringify(v ?? null))",
            target={"context": self._page},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def until(self, expression: str, timeout_s: float = 20.0) -> None:
        """Wait until an expression in the page is true. Raises TimeoutError."""
        poll = f"new Promise((done) => {{ const look = () => {expression} ? done(true) :"
        poll += " setTimeout(look, 50); look(); })"
        async with asyncio.timeout(timeout_s):
            await self.evaluate(poll)

    async def _address(self) -> str:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            _, found, address = line.decode().partition("WebDriver BiDi listening on ")
            if found:
                # The pipe must not fill while the browser runs.
                self._drain = asyncio.create_task(self._process.stderr.read())
                return address.strip()
        raise RuntimeError("Firefox ended at its start")

    async def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        number = self._count
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send(json.dumps(message))
        async with asyncio.timeout(_ANSWER_S):
            async for text in self._socket:
                answer = json.loads(text)
                if answer.get("id") != number:
                    continue
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]
        raise RuntimeError("Firefox closed the connection")

    async def _end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(5):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)
