"""What a CELT encoder decides for a frame before it writes it (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py and celt_write_frame_viper.py, plan in
# celt_allocation_viper.py, sums in celt_analysis_viper.py.

import micropython


@micropython.viper
def choose(frame: ptr32, plan: ptr32, target: ptr16):
    # Tilt and boosts of the allocation and changes of time-frequency resolution.
    transient = frame[26]
    i = 0
    while i < 21:
        plan[84 + i] = 0
        plan[105 + i] = transient
        i += 1
    frame[41] = 5
    frame[43] = 0
