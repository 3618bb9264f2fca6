"""Plain twin of lib/audio/limiter_viper.py."""
# MIT License; see LICENSE


def limit(pcm, count, state):
    gain, rest, ceiling, shift = state[0], state[1] << 10, state[2], state[3]
    for i in range(count):
        x = pcm[i]
        v = (x * (gain >> 10)) >> 12
        if abs(v) > ceiling:
            gain = ((ceiling << 12) // abs(x)) << 10
            v = (x * (gain >> 10)) >> 12
        pcm[i] = v
        gain += (rest - gain) >> shift
    state[0] = gain
