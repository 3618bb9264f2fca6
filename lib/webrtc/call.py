"""An outgoing call, from the offer to hanging up."""
# MIT License; see LICENSE

import asyncio

from .driver import PeerDriver, PeerError


class Call:
    """`async with Call(exchange) as driver`: an outgoing call; left, it is hung up.

    exchange: async function that takes our offer and returns the peer's answer, such as
    `Whip.exchange`. timeout_ms: for all of it. options: PeerDriver's. Raises PeerError when no
    connection comes about, and what exchange raises.
    """

    def __init__(self, exchange, timeout_ms=15000, **options):
        self._exchange = exchange
        self._timeout_ms = timeout_ms
        self._options = options
        self._driver = None

    async def __aenter__(self):
        driver = self._driver = PeerDriver(**self._options)
        try:
            await asyncio.wait_for(self._call(driver), self._timeout_ms / 1000)
        except asyncio.TimeoutError:  # noqa: UP041
            await driver.close()
            raise PeerError(f"no connection within {self._timeout_ms} ms") from None
        except BaseException:  # cancellation too must not leave a socket behind
            await driver.close()
            raise
        return driver

    async def _call(self, driver):
        driver.accept(await self._exchange(await driver.offer()))
        await driver.wait_connected(self._timeout_ms)

    async def __aexit__(self, *_):
        await self._driver.close()
