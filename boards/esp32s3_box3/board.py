"""ESP32-S3-BOX-3: ES7210 microphones and ES8311 speaker on one bus, half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32s3_box3"
duplex = False

_AUDIO_MCK = const(2)
_AUDIO_SCK = const(17)
_AUDIO_WS = const(45)
_AUDIO_SD_OUT = const(15)
_AUDIO_SD_IN = const(16)
_CONTROL_SDA = const(8)
_CONTROL_SCL = const(18)
_AMPLIFIER_ENABLE = const(46)
_BUTTON_SIGNAL = const(0)
_LED_SCK = const(7)
_LED_MOSI = const(6)
_LED_CS = const(5)
_LED_DC = const(4)
_LED_RESET = const(48)
_LED_BACKLIGHT = const(47)

_i2c = None


def _wires():
    global _i2c  # noqa: PLW0603
    if _i2c is None:
        from machine import I2C, Pin

        _i2c = I2C(0, scl=Pin(_CONTROL_SCL), sda=Pin(_CONTROL_SDA), freq=400000)
    return _i2c


_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
        from audio.chips.bus import BusMicrophone, BusSpeaker, CodecBus
        from audio.chips.es7210 import Es7210
        from audio.chips.es8311 import Es8311
        from audio.chips.pwm_clock import PwmClock
        from audio.half_duplex import HalfDuplex
        from machine import Pin

        bus = CodecBus(
            (Es7210(_wires()),),
            (Es8311(_wires()),),
            Pin(_AMPLIFIER_ENABLE, Pin.OUT, value=0),
            PwmClock(_AUDIO_MCK),
        )
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2),
        )
    return _pair


def microphone():
    """Microphone 1 of the ES7210, in its turn."""
    return _turns().microphone


def speaker():
    """The ES8311 and its amplifier, in their turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """The BOOT button, on the left side."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL)


def led():
    """A disc on the screen."""
    from led_screen import ScreenLed
    from machine import SPI, Pin

    spi = SPI(1, 40000000, sck=Pin(_LED_SCK), mosi=Pin(_LED_MOSI), miso=None)
    reset = Pin(_LED_RESET, Pin.OUT, value=1)  # an inverter makes this the screen's reset
    reset.off()
    Pin(_LED_BACKLIGHT, Pin.OUT, value=1)
    return ScreenLed(spi, _LED_CS, _LED_DC, 320, 240)
