"""Audio for MicroPython: codecs, resampling, levels, gain, mixing, jitter buffer; no I/O."""
# MIT License; see LICENSE
