"""What a CELT encoder decides for a frame before it writes it (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py and celt_write_frame_viper.py, plan in
# celt_allocation_viper.py, sums in celt_analysis_viper.py, target in celt_write_energy_viper.py.

import micropython


@micropython.viper
def attacks(sums: ptr32, units: int) -> int:
    # Whether a frame of that many 2.5 ms has an attack that would be heard ahead of itself in one
    # long block: 2.5 ms much louder than all of the 10 ms before it.
    i = 16 - units
    while i < 16:
        j = i - 1
        while sums[i] > sums[j] << 2:
            j -= 1
            if j == i - 5:
                return 1
        i += 1
    return 0


@micropython.viper
def mean_energy(p: ptr16, n: int) -> int:
    # Of n bands, Q10.
    sum = 0
    left = n
    while left:
        sum += p[0] ^ 32768
        p = ptr16(int(p) + 2)
        left -= 1
    return sum // n - 32768


@micropython.viper
def choose(frame: ptr32, plan: ptr32, target: ptr16, edges: ptr8, room: int):
    # Tilt and boosts of the allocation, changes of time-frequency resolution, spreading. `room`
    # is the bits of the frame.
    transient = frame[26]
    end = frame[21]
    tilt = 0
    follow = (target[0] ^ 32768) - 32768
    i = 0
    while i < end:
        e = (target[i] ^ 32768) - 32768
        if i < end - 1:
            tilt += e * (2 + 2 * i - end) >> 4
        plan[105 + i] = transient
        # A band's peak above what its neighbours below mask.
        follow += 1536
        if e < follow:
            follow = e
        plan[84 + i] = follow + 65536
        i += 1
    # At most two thirds of the frame.
    left = room * 2 // 3
    follow = 0
    while i:
        i -= 1
        e = (target[i] ^ 32768) - 32768
        if i == end - 1:
            follow = e
        follow += 2048
        if e < follow:
            follow = e
        if plan[84 + i] - 65536 < follow:
            follow = plan[84 + i] - 65536
        e -= follow
        if not transient:
            e >>= 1
        if i < 8:
            e <<= 1
        elif i >= 12:
            e >>= 1
        if e:
            if e > 4096:
                e = 4096
            width = int(edges[i + 1]) - int(edges[i]) << frame[18]
            # Steps of an eighth of a bit a bin, of 6 bits, or of a bit a bin: write_boosts().
            step = 6
            if width < 6:
                e >>= 10
                step = width
            elif width > 48:
                e >>= 7
                step = width >> 3
            else:
                e = e * width // 6 >> 10
            while e * step > left:
                e -= 1
            left -= e * step
        plan[84 + i] = e
    # In 1/256 of a step; 6 is what speech wants.
    tilt = ((tilt // (end - 1) << 4) + 1024 >> 2) // 6
    if tilt > 512:
        tilt = 512
    if tilt < -512:
        tilt = -512
    tilt = 1536 - tilt + 128 >> 8
    if tilt < 0:
        tilt = 0
    if tilt > 10:
        tilt = 10
    frame[41] = tilt
    frame[43] = 0
    # Where bits are few, noise is better than holes.
    frame[3] = 2 if 4 * room < 5 * int(edges[end]) << frame[18] else 0
