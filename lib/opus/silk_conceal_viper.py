"""Lost SILK frames: the last pitch period and the last noise go on, ever more quietly."""
# MIT License; see LICENSE

# RFC 6716 section 4.4 leaves concealment free; this is the arithmetic of the reference (fixed
# point), so that what follows a loss can be compared sample by sample. Forms of signed numbers
# are those of silk_synthesis_viper.py.

import micropython
from micropython import const

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_LOST = const(5)
_PREVIOUS_SIGNAL = const(6)
_SIGNAL = const(11)
_SCALE_NOW = const(16)
_GAINS = const(20)
_LAGS = const(24)

# Words of its concealment (silk_conceal.py).
_GAIN = const(0)  # of the last two subframes, Q16
_PITCH = const(2)  # samples, Q8
_TAP = const(3)  # of the long-term predictor, Q14, of 16 bits
_SCALE = const(4)  # of the long-term predictor, Q14
_NOISE = const(5)  # scale of the noise, Q14
_SEED = const(6)
_JOINING = const(7)  # the last frame was concealed
_ENERGY = const(8)  # of the last concealed frame, and its shift
_KNOWN_RATE = const(10)
_LENGTH = const(11)  # samples of the last subframe
_COUNT = const(12)  # subframes of the last frame
_ENERGY_1 = const(13)
_ENERGY_2 = const(15)
_FADE = const(13)  # factor of the noise, Q15
_HARMONY = const(14)  # factor of the tap, Q15
_FROM = const(15)  # first word of excitation that serves as noise

_VOICED = const(2)


# A new rate inside SILK makes most of what is known useless.
@micropython.viper
def follow_rate(words: ptr32, loss: ptr32):
    rate = words[_RATE]
    if loss[_KNOWN_RATE] != rate:
        loss[_KNOWN_RATE] = rate
        loss[_PITCH] = 5 * rate * words[_SUBFRAMES] << 7
        loss[_GAIN] = 65536
        loss[_GAIN + 1] = 65536
        loss[_LENGTH] = 20
        loss[_COUNT] = 2


# Keep of a decoded frame what a concealed one after it needs; `kept` gets its predictor.
@micropython.viper
def remember(words: ptr32, loss: ptr32, taps: ptr16, late: ptr16, kept: ptr16):
    subframes = words[_SUBFRAMES]
    length = 5 * words[_RATE]
    best = 0
    if words[_SIGNAL] == _VOICED:
        # The strongest of the last subframes, one pitch period back.
        j = 0
        while j < subframes and j * length < words[_LAGS + subframes - 1]:
            at = subframes - 1 - j
            sum = 0
            i = 0
            while i < 5:
                sum += (taps[5 * at + i] ^ 32768) - 32768
                i += 1
            if sum > best:
                best = sum
                loss[_PITCH] = words[_LAGS + at] << 8
            j += 1
        # Kept between 0.7 and 0.95.
        if best < 11469:
            i = (11469 << 10) // (best if best else 1)
            best = best * (((i & 65535) ^ 32768) - 32768) >> 10
        elif best > 15565:
            best = best * ((15565 << 14) // best) >> 14
    else:
        loss[_PITCH] = 18 * words[_RATE] << 8
    loss[_TAP] = best
    i = 0
    while i < 16:
        kept[i] = late[i]
        i += 1
    loss[_SCALE] = words[_SCALE_NOW]
    loss[_GAIN] = words[_GAINS + subframes - 2]
    loss[_GAIN + 1] = words[_GAINS + subframes - 1]
    loss[_LENGTH] = length
    loss[_COUNT] = subframes


# The excitation of the subframe before the last or of the last (k 0, 1), as loud as it was.
@micropython.viper
def louden(words: ptr32, loss: ptr32, excitation: ptr16, out: ptr16, k: int):
    count = 5 * words[_RATE]
    excitation = ptr16(int(excitation) + 2 * (k + words[_SUBFRAMES] - 2) * count)
    gain = loss[_GAIN + k] >> 6
    most = 0x3FFFFFFF // ((gain >> 14) + 1)
    upper = gain >> 15
    lower = gain & 32767
    while count:
        y = (excitation[0] - 0x4000) << 6
        if y > most:
            y = 32767
        elif y < 0 - most:
            y = -32768
        else:
            low = y & 65535
            y = ((y >> 16) * gain + ((low * upper + (low * lower >> 15)) >> 1)) >> 8
            if y > 32767:
                y = 32767
            if y < -32768:
                y = -32768
        out[0] = y
        out = ptr16(int(out) + 2)
        excitation = ptr16(int(excitation) + 2)
        count -= 1


# Energy of `count` samples into loss[to], shifted right by loss[to + 1] to leave two bits free.
@micropython.viper
def energy(sound: ptr16, first: int, count: int, loss: ptr32, to: int):
    sound = ptr16(int(sound) + 2 * first)
    shift = 0
    while count >> shift > 1:
        shift += 1
    sum = count
    turn = 0
    while True:
        x = sound
        n = count
        while n > 1:
            a = (x[0] ^ 32768) - 32768
            b = (x[1] ^ 32768) - 32768
            sum += int(uint(a * a + b * b) >> uint(shift))
            x = ptr16(int(x) + 4)
            n -= 2
        if turn:
            break
        turn = 1
        # As many as the sum has bits beyond 29.
        shift -= 29
        while sum:
            sum = sum >> 1
            shift += 1
        if shift < 0:
            shift = 0
    loss[to] = sum
    loss[to + 1] = shift


# The first steps of a concealed frame: source and strength of the noise, strength of the pitch.
# loss has both energies, `inverse` the word with the predictor's inverse gain (Q30).
@micropython.viper
def begin(words: ptr32, loss: ptr32, inverse: ptr32, at: int):
    first = loss[_COUNT] * loss[_LENGTH] - 128
    if loss[_ENERGY_1] >> loss[_ENERGY_2 + 1] < loss[_ENERGY_2] >> loss[_ENERGY_1 + 1]:
        first -= loss[_LENGTH]
    if first < 0:
        first = 0
    voiced = words[_PREVIOUS_SIGNAL] == _VOICED
    harmony = 32440
    fade = 31130 if voiced else 32440
    if words[_LOST]:
        harmony = 31130
        fade = 26214 if voiced else 29491
    else:
        noise = 16384
        if voiced:
            noise -= ((loss[_TAP] & 65535) ^ 32768) - 32768
            if noise < 3277:
                noise = 3277
            noise = noise * loss[_SCALE] >> 14
        else:
            # Less of it behind a predictor that amplifies much.
            down = inverse[at]
            if down > 0x8000000:
                down = 0x8000000
            if down < 0x400000:
                down = 0x400000
            down = down << 3
            fade = ((down >> 16) * fade + (((down & 65535) * fade) >> 16)) >> 14
        loss[_NOISE] = noise
    loss[_FADE] = fade
    loss[_HARMONY] = harmony
    loss[_FROM] = first


# The reciprocal of the last gain for silk_synthesis_viper.whiten, 2^46 / gain.
@micropython.viper
def reciprocal(loss: ptr32, control: ptr32):
    norm = loss[_GAIN + 1]
    room = 0
    while norm <= 0x3FFFFFFF:
        norm = norm << 1
        room += 1
    upper = norm >> 16
    lower = norm & 65535
    quotient = 0x1FFFFFFF // upper
    error = (0x20000000 - (upper * quotient + ((lower * quotient) >> 16))) << 3
    error = (quotient << 16) + (error >> 16) * quotient + (((error & 65535) * quotient) >> 16)
    control[0] = error >> (15 - room)


# A subframe from the pitch period before it and from noise: on into the state of the long-term
# predictor, and to `states` of the short-term one from word `first` on. Then a little less of
# both, and a longer period.
@micropython.viper
def extrapolate(
    words: ptr32,
    loss: ptr32,
    pitch: ptr16,
    to: int,
    excitation: ptr16,
    states: ptr32,
    first: int,
):
    count = 5 * words[_RATE]
    lag = (loss[_PITCH] + 128) >> 8
    out = ptr16(int(pitch) + 4 * to)
    states = ptr32(int(states) + 4 * first)
    x = ptr16(int(out) - 4 * lag)
    excitation = ptr16(int(excitation) + 2 * loss[_FROM])
    tap = ((loss[_TAP] & 65535) ^ 32768) - 32768
    noise = loss[_NOISE]
    seed = loss[_SEED]
    while count:
        seed = seed * 196314165 + 907633515
        y = (excitation[(seed >> 25) & 127] - 0x4000) << 6
        y = 2 + (y >> 16) * noise + (((y & 65535) * noise) >> 16)
        y += (x[1] - 32768) * tap + ((x[0] * tap) >> 16)
        if (y + 0x8000000) >> 28:
            # Not of a sane stream: kept in bounds.
            y = 0x7FFFFFF if y > 0 else -0x7FFFFFF
        y = y << 2
        states[0] = y + 0x20000000
        out[0] = y
        out[1] = (y >> 16) ^ 32768
        x = ptr16(int(x) + 4)
        out = ptr16(int(out) + 4)
        states = ptr32(int(states) + 4)
        count -= 1
    loss[_SEED] = seed
    loss[_TAP] = loss[_HARMONY] * tap >> 15
    loss[_NOISE] = noise * loss[_FADE] >> 15
    lag = loss[_PITCH]
    lag += (lag * 655) >> 16
    if lag > 18 * words[_RATE] << 8:
        lag = 18 * words[_RATE] << 8
    loss[_PITCH] = lag


# The start of a frame after a loss is faded in if it is louder than what it follows.
@micropython.viper
def join(loss: ptr32, sound: ptr16, first: int, count: int):
    sound = ptr16(int(sound) + 2 * first)
    concealed = loss[_ENERGY]
    now = loss[_ENERGY_1]
    if loss[_ENERGY_1 + 1] > loss[_ENERGY + 1]:
        concealed = concealed >> (loss[_ENERGY_1 + 1] - loss[_ENERGY + 1])
    else:
        now = now >> (loss[_ENERGY + 1] - loss[_ENERGY_1 + 1])
    if now <= concealed:
        return
    room = 31
    if concealed:
        room = 0
        while concealed <= 0x3FFFFFFF:
            concealed = concealed << 1
            room += 1
    if room < 24:
        now = now >> (24 - room)
    concealed = concealed // (now if now else 1)
    # Square root, to some 2 %.
    gain = 0
    if concealed:
        room = 0
        now = concealed
        while now <= 0x3FFFFFFF:
            now = now << 1
            room += 1
        room += 1  # leading zeros
        gain = (32768 if room & 1 else 46214) >> (room >> 1)
        gain += (gain * (213 * ((now >> 23) & 127))) >> 16
        gain = gain << 4
    step = 65536 - gain
    step = (0 - ((0 - step) // count) if step < 0 else step // count) << 2
    while count:
        x = (sound[0] ^ 32768) - 32768
        sound[0] = (gain >> 16) * x + (((gain & 65535) * x) >> 16)
        gain += step
        if gain > 65536:
            return
        sound = ptr16(int(sound) + 2)
        count -= 1
