"""Boards at a serial port: finding them, flashing, deploying, asking them how they are."""
# MIT License; see LICENSE
