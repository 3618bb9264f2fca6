"""Starts the application; when it ends, the board is back at its plain MicroPython prompt."""
# MIT License; see LICENSE

import asyncio

from app import App

asyncio.run(App().run())
