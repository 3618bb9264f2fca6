"""Plain twin of lib/audio/sample_pace_viper.py."""
# MIT License; see LICENSE


def advance(state, now):
    us = min((now - state[0]) & 0x3FFFFFFF, 10000000)
    state[0] = now
    samples, state[1] = divmod(state[1] + us * state[3], 1000)
    corrections, state[2] = divmod(state[2] + samples, 8192)
    return samples + (state[4] - 1) * corrections
