"""The band energies that CELT keeps from frame to frame, with and without losses."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, energy in celt_energy_viper.py.

import micropython


@micropython.viper
def reset(energy: ptr16):
    i = 0
    while i < 168:
        energy[i] = -28672 if 42 <= i < 126 else 0
        i += 1


@micropython.viper
def fill(energy: ptr16, n: int, value: int):
    while n:
        n -= 1
        energy[n] = value


@micropython.viper
def join(p: ptr16, d: int):
    # Before a mono frame: the louder channel of each band. p is the energy, d any number.
    left = 21
    while left:
        d = p[0]
        if d != p[21] and (d ^ 32768) < (p[21] ^ 32768):
            p[0] = p[21]
        p = ptr16(int(p) + 2)
        left -= 1


@micropython.viper
def play_safe(frame: ptr32, energy: ptr16, lost: int):
    # After `lost` frames, before energies that are predicted: what they fell to, or go on falling.
    size = frame[18]
    safety = 1536 if size == 0 else 512 if size == 1 else 0
    channel = 0
    while channel < 42:
        i = frame[20]
        while i < frame[21]:
            at = channel + i
            e0 = (energy[at] ^ 32768) - 32768
            e1 = (energy[42 + at] ^ 32768) - 32768
            e2 = (energy[84 + at] ^ 32768) - 32768
            if e0 < e1 or e0 < e2:
                slope = e1 - e0
                if e2 - e0 >> 1 > slope:
                    slope = e2 - e0 >> 1
                if slope > 0:
                    e0 -= (1 + lost) * slope
                if e0 < -20480:
                    e0 = -20480
            else:
                e0 = e1 if e1 < e0 else e0
                e0 = e2 if e2 < e0 else e0
            energy[at] = e0 - safety
            i += 1
        channel += 21


@micropython.viper
def remember(p: ptr16, low: int, frame: ptr32, rise: int, coder: ptr32):
    # After a frame: it becomes the one before. The background rises by up to `rise`. The range
    # is the next seed. p is the energy.
    frame[6] = coder[0]
    channel = 0
    while channel < 2:
        band = 0
        while band < 21:
            if band < frame[20] or band >= frame[21]:
                p[0] = 0
                p[42] = -28672
                p[84] = -28672
            else:
                if channel and frame[17] == 1:
                    p[0] = p[-21]
                low = p[0]
                if frame[26] == 0:
                    p[84] = p[42]
                    p[42] = low
                elif (low ^ 32768) < (p[42] ^ 32768):
                    p[42] = low
                low ^= 32768
                if low > (p[126] ^ 32768) + rise:
                    low = (p[126] ^ 32768) + rise
                p[126] = low ^ 32768
            p = ptr16(int(p) + 2)
            band += 1
        channel += 1


@micropython.viper
def next_pitch(pitch: ptr32, size: int):
    # The post-filter of the next frame is that of now, and after a frame longer than 2.5 ms also
    # the one before.
    i = 0
    while i < 3:
        pitch[i] = pitch[6 + i] if size else pitch[3 + i]
        pitch[3 + i] = pitch[6 + i]
        i += 1


@micropython.viper
def decay(frame: ptr32, energy: ptr16, step: int):
    # A lost frame: energies fall by `step`, down to the background.
    channel = 0
    while channel < 42:
        i = frame[20]
        while i < frame[21]:
            at = channel + i
            low = (energy[126 + at] ^ 32768) - 32768
            e = (energy[at] ^ 32768) - 32768 - step
            energy[at] = e if e > low else low
            i += 1
        channel += 21
