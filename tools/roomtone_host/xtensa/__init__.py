"""Runs the machine code of viper functions for Xtensa (ESP32, S3) and counts its instructions."""
# MIT License; see LICENSE
