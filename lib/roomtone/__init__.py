"""Rooms: join one, publish a microphone, hear the others."""
# MIT License; see LICENSE

from .errors import Refused, RoomError, RoomTimeout, Unreachable
from .room import Room

__all__ = ("Refused", "Room", "RoomError", "RoomTimeout", "Unreachable")
__version__ = "0.1.0"
