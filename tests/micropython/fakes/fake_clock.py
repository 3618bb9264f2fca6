"""The time of the fake hardware: it stands still until a test moves it."""
# MIT License; see LICENSE


class Clock:
    """`ticks_us` goes into what is tested; `advance` moves time; `now_us` counts from 0."""

    def __init__(self):
        self.now_us = 0

    def advance(self, us):
        self.now_us += us

    def ticks_us(self):
        """As time.ticks_us of the ESP32 port: wraps at 30 bits."""
        return self.now_us & 0x3FFFFFFF

    def reset(self):
        self.now_us = 0


clock = Clock()
