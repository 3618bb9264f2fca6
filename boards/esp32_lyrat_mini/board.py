"""ESP32-LyraT-Mini: an ES7243 for the microphone, an ES8311 for the speaker: full duplex.

Each chip has I2S pins of its own, so that each gets a port.
"""
# MIT License; see LICENSE

from micropython import const

name = "esp32_lyrat_mini"
duplex = True

_MICROPHONE_MCK = const(0)
_MICROPHONE_SCK = const(32)
_MICROPHONE_WS = const(33)
_MICROPHONE_SD = const(36)
_SPEAKER_SCK = const(5)
_SPEAKER_WS = const(25)
_SPEAKER_SD = const(26)
_CONTROL_SDA = const(18)
_CONTROL_SCL = const(23)
_AMPLIFIER_ENABLE = const(21)
_BUTTON_SIGNAL = const(39)
_LED_SIGNAL = const(22)

# The REC button of the ladder; the others lie lower, and nothing pressed is above.
_REC_LOW_MV = const(2200)
_REC_HIGH_MV = const(2900)
# Newer boards carry an ES7243E, which is at another address.
_ES7243E = const(0x10)

_i2c = None


def _wires():
    global _i2c  # noqa: PLW0603
    if _i2c is None:
        from machine import I2C, Pin

        _i2c = I2C(0, scl=Pin(_CONTROL_SCL), sda=Pin(_CONTROL_SDA), freq=100000)
    return _i2c


def microphone():
    """The microphone, in the right slot of the ES7243 or ES7243E."""
    from audio.chips.bus import BusMicrophone, CodecBus
    from audio.chips.pwm_clock import PwmClock

    clock = PwmClock(_MICROPHONE_MCK)
    clock.start(4096000)  # the older chip does not answer without it
    if _ES7243E in _wires().scan():
        from audio.chips.es7243e import Es7243e

        chip = Es7243e(_wires())
    else:
        from audio.chips.es7243 import Es7243

        chip = Es7243(_wires())
    bus = CodecBus((chip,), (), master_clock=clock)
    return BusMicrophone(
        bus, _MICROPHONE_SCK, _MICROPHONE_WS, _MICROPHONE_SD, port=0, slot="right"
    )


def speaker():
    """The ES8311, which takes the bit clock, and its amplifier."""
    from audio.chips.bus import BusSpeaker, CodecBus
    from audio.chips.es8311 import Es8311
    from machine import Pin

    chip = Es8311(_wires(), from_bclk=True)
    bus = CodecBus((), (chip,), Pin(_AMPLIFIER_ENABLE, Pin.OUT, value=0))
    return BusSpeaker(bus, _SPEAKER_SCK, _SPEAKER_WS, _SPEAKER_SD, port=1)


def processor():
    """Ducking, so that the speaker beside the microphone does not howl; called for each call."""
    from audio.duck import Ducker

    return Ducker(16000)


def button():
    """The REC button, one of six on an analogue pin."""
    from button_adc import AdcButton

    return AdcButton(_BUTTON_SIGNAL, _REC_LOW_MV, _REC_HIGH_MV)


def led():
    """The green LED."""
    from led_gpio import GpioLed

    return GpioLed(_LED_SIGNAL, pwm=True)
