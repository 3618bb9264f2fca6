"""Opus (RFC 6716, RFC 8251) for MicroPython: arithmetic in viper, no allocation a frame."""
# MIT License; see LICENSE
