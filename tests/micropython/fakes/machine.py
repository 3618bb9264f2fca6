"""A fake `machine` for tests: I2S on a clock of its own, pins, I2C, SPI, PWM and registers."""
# MIT License; see LICENSE

from fake_bitstream import bitstream  # noqa: F401
from fake_clock import clock  # noqa: F401
from fake_i2c import I2C  # noqa: F401
from fake_i2s import I2S  # noqa: F401
from fake_pins import ADC, PWM, Pin  # noqa: F401
from fake_registers import mem32  # noqa: F401
from fake_spi import SPI  # noqa: F401
