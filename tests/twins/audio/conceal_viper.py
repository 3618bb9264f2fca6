"""Plain twin of lib/audio/conceal_viper.py."""
# MIT License; see LICENSE


def remember(history, size, pcm, count):
    kept = [history[i] for i in range(size)] + [pcm[i] for i in range(count)]
    for i in range(size):
        history[i] = kept[count + i]


def find_period(pcm, start, window, direction, shortest, longest, step):
    def difference(lag):
        offset = direction * lag
        return sum(abs(pcm[i] - pcm[i + offset]) for i in range(start, start + window, step))

    # Of equal lags the first one met wins, which is the longer one.
    period = min(range(longest, shortest - 1, -step), key=difference)
    if step == 1:
        return period
    high = min(period + step - 1, longest)
    low = max(period - step + 1, shortest)
    better = min(range(high, low - 1, -1), key=difference)
    return better if difference(better) < difference(period) else period


def extend(history, size, period, pcm, count, smooth):
    step = history[size - 1] - history[size - period - 1]
    left = 1 << smooth if smooth else 0
    for i in range(count):
        if i >= period:
            pcm[i] = pcm[i - period]
            continue
        value = history[size - period + i]
        if left:
            value = max(-32768, min(32767, value + ((step * left) >> smooth)))
            left -= 1
        pcm[i] = value


def crossfade(pcm, old_at, other, new_at, out, out_at, count):
    step = 16384 // (count + 1)
    for i in range(count):
        old = pcm[old_at + i]
        out[out_at + i] = old + (((other[new_at + i] - old) * step * (i + 1) + 8192) >> 14)
