"""The console's names; what each does (typed.py) is loaded when it is typed, and dropped."""
# MIT License; see LICENSE

import asyncio
import sys

# Words that need no brackets: `volume 70` is `volume(70)`.
BARE = (
    "join", "leave", "mute", "unmute", "volume", "status", "participants", "say", "settings",
    "help", "shutdown", "setup", "wifi", "tone", "level", "update", "crashes", "restart",
)  # fmt: skip


def table(app):
    """The console's names, bound to `app`."""
    here = {"app": app, "asyncio": asyncio, "__name__": "__main__"}
    for name in BARE + ("provision",):
        here[name] = _bind(app, name)
    return here


def _bind(app, name):
    def command(*given):
        import typed

        del sys.modules["typed"]
        return getattr(typed, name)(app, *given)

    return command
