"""Everything that the parts of one server share: rooms, tokens, limits."""
# MIT License; see LICENSE

from __future__ import annotations

from .config import Config
from .limits import RateLimit
from .ota import Updates
from .reasons import Refusal
from .rooms import Rooms
from .tls import machine_names
from .tokens import EVERYTHING, Grant, Tickets, Tokens, load_secret

_JOINS_BURST = 60
_JOINS_PER_S = 5.0


class Hub:
    """One server's state. `stopping` turns true when it goes down."""

    def __init__(self, config: Config) -> None:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.config = config
        self.tokens = Tokens(load_secret(config.data))
        self.tickets = Tickets()
        self.rooms = Rooms(config.data / "rooms.json")
        self.updates = Updates(config.data)
        self.joins = RateLimit(_JOINS_BURST, _JOINS_PER_S)
        self.addresses = config.addresses()
        self.names = frozenset(name.lower() for name in machine_names(config.host))
        self.stopping = False
        for room_id in config.rooms:
            self.rooms.create(room_id, config.room_limit)

    def authorize(self, authorization: str | None) -> Grant:
        """What the holder of an `Authorization` header may do; "Bearer" may be left out.

        Raises Refusal `token-missing`, `token-invalid`, `token-expired`, `forbidden`.
        """
        token = (authorization or "").strip()
        if token[:7].lower() == "bearer ":
            token = token[7:].strip()
        if self.config.open:
            return EVERYTHING
        if not token:
            raise Refusal("token-missing")
        if self.tokens.is_api_secret(token):
            return EVERYTHING
        return self.tokens.check(token)

    def check_rate(self, who: str) -> None:
        """Count an attempt of address `who`. Raises Refusal `rate-limited`, `server-stopping`."""
        if self.stopping:
            raise Refusal("server-stopping")
        if not self.joins.allow(who):
            raise Refusal("rate-limited")

    async def stop(self) -> None:
        """Send everybody away who may come back later."""
        self.stopping = True
        await self.rooms.stop()
