"""The media path of one connection, by webrtc; what a room needs of it and no more."""
# MIT License; see LICENSE

from webrtc import leaves  # noqa: F401 (first: what nests deeply, from as high up as can be)
from webrtc.driver import PeerDriver

from .codecs import max_payload
from .errors import Refused, Unreachable


class Link:
    """One WebRTC connection: `offer()`, `accept()`, then `state` moves to "connected".

    `state` is W3C's connectionState; `sender` and `receiver` are the ends of the one audio line.
    Raises OSError when there is no network.
    """

    def __init__(self, identity, codecs, stun_server=None, local_ip=None):
        self._driver = PeerDriver(
            local_ip,
            identity=identity,
            codecs=codecs,
            stun_server=stun_server,
            max_payload=max_payload(codecs),
        )
        self.sender = self._driver.sender
        self.receiver = self._driver.receiver

    @property
    def state(self):
        """W3C's connectionState."""
        return self._driver.state

    @property
    def now_ms(self):
        """The time that packets are stamped with when they come, at most 5 ms old."""
        return self.sender.now_ms

    @property
    def codec(self):
        """SDP name of the codec in use, after `accept()`."""
        return (self.sender.codec or self.receiver.codec)[1]

    @property
    def comfort_noise(self):
        """Whether both ends know how to describe silence (RFC 3389)."""
        return self.sender.noise_type is not None

    @property
    def fault(self):
        """What went wrong in our own code and ended the path, or None."""
        return self._driver.fault

    def failure_text(self):
        """Why there is no path, as a sentence; None when it is not known."""
        reason = self._driver.failure_reason
        return f"The audio connection failed: {reason}." if reason else None

    async def offer(self):
        """The SDP offer, with all candidates."""
        return await self._driver.offer()

    def accept(self, answer):
        """Take the SDP answer. Raises Refused or Unreachable."""
        try:
            self._driver.accept(answer)
        except ValueError as error:
            raise Unreachable("media-failed", f"The server's answer: {error}.") from None
        if not (self.sender.codec or self.receiver.codec):
            raise Refused("no-codec")

    def stats(self):
        """Counters of the path: a dict."""
        return self._driver.stats()

    async def close(self):
        """Say goodbye and release everything; may be called again."""
        await self._driver.close()
