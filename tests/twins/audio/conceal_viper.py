"""Plain twin of lib/audio/conceal_viper.py."""
# MIT License; see LICENSE


def remember(history, size, pcm, count):
    kept = [history[i] for i in range(size)] + [pcm[i] for i in range(count)]
    for i in range(size):
        history[i] = kept[count + i]


def _difference(pcm, start, window, lag, step):
    return sum(abs(pcm[i] - pcm[i - lag]) for i in range(start, start + window, step))


def find_period(pcm, end, window, shortest, longest, step):
    start = end - window

    def best(lags, found):
        for lag in lags:
            found = min(found, (_difference(pcm, start, window, lag, step), longest - lag))
        return found

    # Of equal lags the first one met wins, which is the longer one.
    coarse = best(range(longest, shortest - 1, -step), (0x3FFFFFFF, 0))
    if step == 1:
        return longest - coarse[1]
    period = longest - coarse[1]
    high = min(period + step - 1, longest)
    low = max(period - step + 1, shortest)
    fine = coarse
    for lag in range(high, low - 1, -1):
        total = _difference(pcm, start, window, lag, step)
        if total < fine[0]:
            fine = (total, longest - lag)
    return longest - fine[1]


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


def crossfade(old, new, out, count):
    step = 16384 // (count + 1)
    for i in range(count):
        out[i] = old[i] + (((new[i] - old[i]) * step * (i + 1) + 8192) >> 14)
