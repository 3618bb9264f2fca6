"""M5Stack CoreS3: ES7210 microphones and AW88298 speaker on one bus, half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "m5_cores3"
duplex = False

_AUDIO_MCK = const(0)
_AUDIO_SCK = const(34)
_AUDIO_WS = const(33)
_AUDIO_SD_OUT = const(13)
_AUDIO_SD_IN = const(14)
_CONTROL_SDA = const(12)
_CONTROL_SCL = const(11)
_LED_SCK = const(36)
_LED_MOSI = const(37)
_LED_CS = const(3)
_LED_DC = const(35)

# Pins of the AW9523.
_TOUCH_PIN = const(0)
_AMPLIFIER_PIN = const(2)
_SCREEN_RESET_PIN = const(9)
_BOOST_PIN = const(15)

_i2c = None


def _wires():
    global _i2c  # noqa: PLW0603
    if _i2c is None:
        from machine import I2C, Pin

        _i2c = I2C(0, scl=Pin(_CONTROL_SCL), sda=Pin(_CONTROL_SDA), freq=400000)
    return _i2c


_power = None


def _board_power():
    """The power chip and the expander."""
    global _power  # noqa: PLW0603
    if _power is None:
        from audio.chips.aw9523 import Aw9523
        from audio.chips.axp2101 import Axp2101

        _power = Axp2101(_wires()), Aw9523(_wires())
    return _power


_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
        from audio.chips.aw88298 import Aw88298
        from audio.chips.axp2101 import ALDO1, ALDO2, ALDO3
        from audio.chips.bus import BusMicrophone, BusSpeaker, CodecBus
        from audio.chips.es7210 import Es7210
        from audio.chips.pwm_clock import PwmClock
        from audio.half_duplex import HalfDuplex

        power, expander = _board_power()
        power.supply(ALDO1, 1800)
        power.supply(ALDO2, 3300)
        power.supply(ALDO3, 3300)
        expander.pin(_BOOST_PIN).on()
        expander.pin(_AMPLIFIER_PIN).on()  # out of reset
        bus = CodecBus(
            (Es7210(_wires()),), (Aw88298(_wires()),), master_clock=PwmClock(_AUDIO_MCK)
        )
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2, slot_bits=16),
        )
    return _pair


def microphone():
    """Microphone 1 of the ES7210, in its turn."""
    return _turns().microphone


def speaker():
    """The AW88298, in its turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """The screen: a touch anywhere on it."""
    from ft6336u import TouchButton

    _board_power()[1].pin(_TOUCH_PIN).on()  # out of reset
    return TouchButton(_wires())


def led():
    """A square on the screen."""
    from audio.chips.axp2101 import DLDO1
    from led_screen import ScreenLed
    from machine import SPI, Pin

    power, expander = _board_power()
    reset = expander.pin(_SCREEN_RESET_PIN)
    reset.off()
    reset.on()
    spi = SPI(1, 40000000, sck=Pin(_LED_SCK), mosi=Pin(_LED_MOSI), miso=None)
    screen = ScreenLed(spi, _LED_CS, _LED_DC, 320, 240, inverted=True)
    power.supply(DLDO1, 3300)  # the backlight, once there is a picture
    return screen
