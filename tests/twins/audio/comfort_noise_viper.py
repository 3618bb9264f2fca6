"""Plain twin of lib/audio/comfort_noise_viper.py."""
# MIT License; see LICENSE


def _saturate(value):
    return max(-32768, min(32767, value))


def generate(pcm, count, amplitude, seed, k, past, order):
    for i in range(count):
        seed = (seed * 1101 + 12345) & 0xFFFFF
        f = (((seed >> 4) - 32768) * (amplitude >> 1)) >> 14
        for n in range(order - 1, -1, -1):
            g, q = past[n] - 32768, k[n] - 32768
            f = _saturate(f - ((q * g) >> 15))
            if n != order - 1:
                past[n + 1] = _saturate(g + ((q * f) >> 15)) + 32768
        if order:
            past[0] = f + 32768
        pcm[i] = _saturate(f)
    return seed
