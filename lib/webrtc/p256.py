"""NIST P-256 (FIPS 186-4 D.1.2.3): points and scalar multiplication on big integers."""
# MIT License; see LICENSE

from micropython import const

from .p256_table import COMB, ODD

# Why big integers and not limbs: Python's own multiplication runs in C, so a field multiplication
# with its reduction costs about 14 k instructions on a 32-bit chip. Inverses by Euclid, not by
# Fermat: nine times cheaper.
#
# Points in motion are Jacobian triples (X, Y, Z) for x = X / Z^2, y = Y / Z^3, or None at
# infinity; points at rest are affine pairs (x, y). Functions that multiply by a scalar are
# generators that yield None after at most _SLICE doublings, so that an event loop can breathe, and
# return their result; finish() runs one to its end.
#
# Big integers are not constant-time. That is bearable because each secret scalar is multiplied
# once, on an idle or an ephemeral occasion, and forgotten: nobody can repeat the measurement.

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

_SLICE = const(6)  # doublings with their additions: 1 to 2 M instructions in a tight heap
_COMB_SLICE = const(4)
_BITS = const(257)  # digits of a signed recoding: one more than the bits of a scalar
_POINT_WIDTH = const(5)  # window of the variable point: 8 odd multiples
_BASE_WIDTH = const(7)  # window of the base point in verification: the 32 of ODD
_DIGIT_ZERO = const(64)  # digits are stored in a bytearray with this offset
_COLUMNS = const(64)  # comb of 4 teeth

_COMB = memoryview(COMB)
_ODD = memoryview(ODD)


def finish(steps):
    """Run a generator of this library to its end at once and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def inverse(a, modulus):
    """Return 1 / a modulo a prime. Raises ValueError when a is a multiple of it."""
    a %= modulus
    if a == 0:
        raise ValueError("zero has no inverse")
    b = modulus
    x, y = 1, 0
    while a > 1:
        q, r = divmod(b, a)
        a, b = r, a
        x, y = y - q * x, x
    return x % modulus


def random_scalar(urandom):
    """Return a uniform secret scalar, 1 to N - 1 (FIPS 186-4 B.4.1: 64 extra bits)."""
    return int.from_bytes(urandom(40), "big") % (N - 1) + 1


def on_curve(x, y):
    """True when (x, y) is a point of the curve. Every point from the network must pass this."""
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x - 3) * x - _B) % P == 0


def decode_point(data):
    """Return (x, y) from an uncompressed point (SEC 1, 2.3.4): 65 bytes, checked.

    Raises ValueError when the form is another one or the point is off the curve.
    """
    if len(data) != 65 or data[0] != 4:
        raise ValueError("not an uncompressed P-256 point")
    x = int.from_bytes(data[1:33], "big")
    y = int.from_bytes(data[33:65], "big")
    if not on_curve(x, y):
        raise ValueError("point is not on P-256")
    return x, y


def encode_point(point):
    """Return the 65-byte uncompressed form of an affine point."""
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def double(p):
    """Double a Jacobian point (8 multiplications, 7 reductions)."""
    if p is None:
        return None
    x, y, z = p
    zz = z * z % P
    yy = y * y % P
    b = x * yy % P
    a = 3 * (x - zz) * (x + zz) % P
    x3 = (a * a - 8 * b) % P
    return x3, (a * (4 * b - x3) - 8 * yy * yy) % P, 2 * y * z % P


def add(p, qx, qy):
    """Add the affine point (qx, qy) to a Jacobian one (11 multiplications, 10 reductions)."""
    if p is None:
        return qx, qy, 1
    x, y, z = p
    zz = z * z % P
    h = (qx * zz - x) % P
    r = (qy * (zz * z % P) - y) % P
    if h == 0:
        return None if r else double(p)
    hh = h * h % P
    hhh = h * hh % P
    v = x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def affine(p):
    """Return (x, y) of a Jacobian point, or None at infinity."""
    if p is None:
        return None
    i = inverse(p[2], P)
    ii = i * i % P
    return p[0] * ii % P, p[1] * (ii * i % P) % P


def _odd_multiples(x, y):
    # Affine 1P, 3P .. 15P. On the isomorphic curve scaled by the Z of 2P, 2P itself is affine, so
    # that mixed additions do (they never use the curve's coefficients); the Z of each result times
    # that scale leads back.
    dx, dy, dz = double((x, y, 1))
    square = dz * dz % P
    p = (x * square % P, y * (square * dz % P) % P, 1)
    points = [p]
    for _ in range(7):
        p = add(p, dx, dy)
        points.append(p)
    yield
    # All inverses from one (Montgomery's trick). No Z is zero: the order of the group is prime.
    products = [1]
    for i in range(8):
        x, y, z = points[i]
        points[i] = x, y, z * dz % P
        products.append(products[i] * points[i][2] % P)
    rest = inverse(products[8], P)
    yield
    for i in range(7, -1, -1):
        x, y, z = points[i]
        i_z = rest * products[i] % P
        rest = rest * z % P
        i_zz = i_z * i_z % P
        points[i] = x * i_zz % P, y * (i_zz * i_z % P) % P
    yield
    return points


def _recode(k, width):
    # Signed digits (wNAF): odd, below 2^(width - 1) in size, at least width - 1 zeros after each.
    bits = k.to_bytes(35, "little")  # 2 spare bytes: the window reads ahead
    digits = bytearray(_BITS)
    full = 1 << width
    carry = 0
    i = 0
    while i < _BITS:
        word = (bits[i >> 3] | bits[(i >> 3) + 1] << 8) >> (i & 7)
        if word & 1 == carry:
            digits[i] = _DIGIT_ZERO
            i += 1
            continue
        digit = (word & (full - 1)) + carry
        carry = 1 if digit > full >> 1 else 0
        digits[i] = _DIGIT_ZERO + digit - (full if carry else 0)
        for j in range(i + 1, min(i + width, _BITS)):
            digits[j] = _DIGIT_ZERO
        i += width
    return digits


def _add_digit(p, digit, points):
    # digit: signed and odd; points: affine odd multiples.
    x, y = points[abs(digit) >> 1]
    return add(p, x, y if digit > 0 else P - y)


def _table_point(table, index):
    # Points of the constant tables are decoded when used: as integers they would cost 10 KB.
    i = index * 64
    return int.from_bytes(table[i : i + 32], "big"), int.from_bytes(table[i + 32 : i + 64], "big")


def multiply(k, point):
    """Generator: return k * point, affine, or None at infinity.

    k: 1 to N - 1. point: affine and on the curve.
    """
    points = yield from _odd_multiples(*point)
    digits = _recode(k, _POINT_WIDTH)
    p = None
    for i in range(_BITS - 1, -1, -1):
        p = double(p)
        digit = digits[i] - _DIGIT_ZERO
        if digit:
            p = _add_digit(p, digit, points)
        if i % _SLICE == 0:
            yield
    return affine(p)


def multiply_base(k, urandom):
    """Generator: return k * G, affine. k: 1 to N - 1, a secret.

    Every column costs one doubling and one addition, whatever its digit, and the first point has a
    random Z, so that the figures in motion are new in each run.
    """
    bits = k.to_bytes(32, "little")
    z = random_scalar(urandom)
    p = None
    for i in range(_COLUMNS - 1, -1, -1):
        p = double(p)
        shift = i & 7
        j = i >> 3
        digit = (
            bits[j] >> shift & 1
            | (bits[j + 8] >> shift & 1) << 1
            | (bits[j + 16] >> shift & 1) << 2
            | (bits[j + 24] >> shift & 1) << 3
        )
        x, y = _table_point(_COMB, digit - 1 if digit else 0)
        total = add(p, x, y)
        if digit:
            if p is None:
                zz = z * z % P
                total = x * zz % P, y * (zz * z % P) % P, z
            p = total
        if i % _COMB_SLICE == 0:
            yield
    return affine(p)


def multiply_two(u, v, point):
    """Generator: return u * G + v * point, affine, or None at infinity. For verification only.

    u: 0 to N - 1, v: 1 to N - 1. point: affine and on the curve.
    """
    points = yield from _odd_multiples(*point)
    base_digits = _recode(u, _BASE_WIDTH)
    point_digits = _recode(v, _POINT_WIDTH)
    p = None
    for i in range(_BITS - 1, -1, -1):
        p = double(p)
        digit = point_digits[i] - _DIGIT_ZERO
        if digit:
            p = _add_digit(p, digit, points)
        digit = base_digits[i] - _DIGIT_ZERO
        if digit:
            x, y = _table_point(_ODD, abs(digit) >> 1)
            p = add(p, x, y if digit > 0 else P - y)
        if i % _SLICE == 0:
            yield
    return affine(p)
