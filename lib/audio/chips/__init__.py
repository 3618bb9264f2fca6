"""Codec chips, amplifiers, expanders and power chips that boards carry, on an I2C bus."""
# MIT License; see LICENSE
