"""M5Stack AtomS3R on an Atomic Echo Base: an ES8311 for both, half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "m5_atoms3r_echo_base"
duplex = False

_AUDIO_SCK = const(8)
_AUDIO_WS = const(6)
_AUDIO_SD_OUT = const(5)
_AUDIO_SD_IN = const(7)
_CONTROL_SDA = const(38)
_CONTROL_SCL = const(39)
_BUTTON_SIGNAL = const(41)
_LED_SCK = const(15)
_LED_MOSI = const(21)
_LED_CS = const(14)
_LED_DC = const(42)
_LED_RESET = const(48)
_DISPLAY_SDA = const(45)
_DISPLAY_SCL = const(0)

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
        from audio.chips.es8311 import Es8311
        from audio.chips.pi4ioe5v6408 import Pi4ioe5v6408
        from audio.half_duplex import HalfDuplex

        codec = (Es8311(_wires(), from_bclk=True),)
        bus = CodecBus(codec, codec, Pi4ioe5v6408(_wires()).all_pins())
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2),
        )
    return _pair


def microphone():
    """The microphone of the ES8311, in its turn."""
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
    """The button under the screen."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL)


def led():
    """A square on the screen."""
    from gc9107 import SETUP
    from led_screen import ScreenLed
    from lp5562 import Backlight
    from machine import I2C, SPI, Pin

    Pin(_LED_RESET, Pin.OUT, value=1)
    spi = SPI(1, 40000000, sck=Pin(_LED_SCK), mosi=Pin(_LED_MOSI), miso=None)
    screen = ScreenLed(spi, _LED_CS, _LED_DC, 128, 128, 32, setup=SETUP)
    wires = I2C(1, scl=Pin(_DISPLAY_SCL), sda=Pin(_DISPLAY_SDA), freq=400000)
    Backlight(wires).on()  # once there is a picture
    return screen
