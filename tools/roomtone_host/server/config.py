"""What a server is told at its start."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .ice import media_addresses
from .rooms import DEFAULT_LIMIT


@dataclass
class Config:
    """Settings of one server; `data` is the folder of secret, certificate and rooms."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    open: bool = False
    room_limit: int = DEFAULT_LIMIT
    rooms: list[str] = field(default_factory=list)
    certificate: Path | None = None
    key: Path | None = None

    def addresses(self) -> list[str]:
        """The addresses for media; never one outside of what `host` says."""
        return media_addresses(self.host)
