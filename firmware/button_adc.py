"""One of several buttons that share an analogue pin by a resistor ladder (Korvo, LyraT-Mini)."""
# MIT License; see LICENSE


class AdcButton:
    """The button that pulls GPIO `pin` to between `low_mv` and `high_mv` (millivolts)."""

    def __init__(self, pin, low_mv, high_mv):
        from machine import ADC, Pin

        self._adc = ADC(Pin(pin), atten=ADC.ATTN_11DB)
        self._low_uv = low_mv * 1000
        self._high_uv = high_mv * 1000

    def pressed(self):
        """Whether it is down now."""
        return self._low_uv <= self._adc.read_uv() <= self._high_uv
