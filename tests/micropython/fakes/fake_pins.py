"""Fake pins: one level for each number, set by the test or by who drives it."""
# MIT License; see LICENSE


class Pin:
    """`levels` by pin number; `modes` as last given. Pin(Pin(5)) is pin 5."""

    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2
    levels = {}
    modes = {}

    def __init__(self, id, mode=None, pull=None, *, value=None):
        self.id = id.id if isinstance(id, Pin) else id
        if mode is not None:
            Pin.modes[self.id] = (mode, pull)
        if value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            return Pin.levels.get(self.id, 1 if Pin.modes.get(self.id, (0, 0))[1] == 2 else 0)
        Pin.levels[self.id] = 1 if level else 0
        return None

    def __call__(self, level=None):
        return self.value(level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=3):
        self.handler = handler


class PWM:
    """Frequency and duty by pin number, in `running`."""

    running = {}

    def __init__(self, pin, *, freq=1000, duty_u16=0):
        self._pin = Pin(pin).id
        PWM.running[self._pin] = [freq, duty_u16]

    def freq(self, value=None):
        return self._one(0, value)

    def duty_u16(self, value=None):
        return self._one(1, value)

    def _one(self, which, value):
        if value is None:
            return PWM.running[self._pin][which]
        PWM.running[self._pin][which] = value
        return None

    def deinit(self):
        PWM.running.pop(self._pin, None)


class ADC:
    """Microvolts by pin number, in `levels`."""

    ATTN_11DB = 3
    levels = {}

    def __init__(self, pin, *, atten=None):
        self._pin = Pin(pin).id

    def read_uv(self):
        return ADC.levels.get(self._pin, 0)

    def read_u16(self):
        return self.read_uv() * 65535 // 3300000
