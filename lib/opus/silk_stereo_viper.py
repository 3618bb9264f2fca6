"""Mid and side to left and right (RFC 6716 section 4.2.8)."""
# MIT License; see LICENSE

import micropython


# `mid` and `side` hold two samples of the past and then `count` of the frame; sample 1 and on
# become left and right. Both predictors (Q13, plus 32768 in `now` and `before`) glide from the
# last frame's to this one's in the first 8 ms, `glide` samples; `now` becomes `before`.
@micropython.viper
def left_right(
    mid: ptr16, side: ptr16, now: ptr16, before: ptr16, glide: int, scale: int, count: int
):
    p0 = before[0] - 32768
    p1 = before[1] - 32768
    end0 = now[0] - 32768
    end1 = now[1] - 32768
    before[0] = now[0]
    before[1] = now[1]
    # The change of a sample; a predictor's whole change is cut to 16 bits first.
    d0 = ((((end0 - p0) & 65535) ^ 32768) - 32768) * scale
    d0 = (d0 + 32768) >> 16
    d1 = ((((end1 - p1) & 65535) ^ 32768) - 32768) * scale
    d1 = (d1 + 32768) >> 16
    last = (mid[0] ^ 32768) - 32768
    while count:
        if glide:
            glide -= 1
            p0 += d0
            p1 += d1
        else:
            p0 = end0
            p1 = end1
        m = (mid[1] ^ 32768) - 32768
        sum = last + ((mid[2] ^ 32768) - 32768) + (m << 1)
        last = m
        s = ((side[1] ^ 32768) - 32768) << 8
        # sum << 9 and m << 11, each times a predictor, to Q8
        sum = sum << 9
        s += (sum >> 16) * p0 + (((sum & 65535) * p0) >> 16)
        sum = m << 11
        s += (sum >> 16) * p1 + (((sum & 65535) * p1) >> 16)
        s = (s + 128) >> 8
        if s > 32767:
            s = 32767
        if s < -32768:
            s = -32768
        sum = m + s
        if sum > 32767:
            sum = 32767
        if sum < -32768:
            sum = -32768
        mid[1] = sum
        sum = m - s
        if sum > 32767:
            sum = 32767
        if sum < -32768:
            sum = -32768
        side[1] = sum
        mid = ptr16(int(mid) + 2)
        side = ptr16(int(side) + 2)
        count -= 1
