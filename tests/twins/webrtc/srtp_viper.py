"""The plain twin of webrtc.srtp_viper, with the bounds checked that viper does not check."""
# MIT License; see LICENSE


def _check(buffer, start, count):
    if start < 0 or count < 0 or start + count > len(buffer):
        raise IndexError((len(buffer), start, count))


def copy(target, at, source, start, count):
    _check(target, at, count)
    _check(source, start, count)
    target[at : at + count] = source[start : start + count]


def fill_blocks(blocks, count, iv):
    _check(blocks, 0, 16 * count)
    for number in range(count):
        blocks[16 * number : 16 * number + 16] = bytes(iv[:15]) + bytes([number])


def set_sequence(blocks, count, masked):
    _check(blocks, 0, 16 * count)
    for number in range(count):
        blocks[16 * number + 12 : 16 * number + 14] = masked.to_bytes(2, "big")


def xor(packet, start, end, stream):
    _check(packet, start, end - start)
    _check(stream, 0, end - start)
    if start % 4:
        raise ValueError("not on a multiple of four")
    for i in range(start, end):
        packet[i] ^= stream[i - start]


def put_word(packet, at, high, low):
    _check(packet, at, 4)
    packet[at : at + 4] = high.to_bytes(2, "big") + low.to_bytes(2, "big")


def take_tag(packet, at, tag, high, low):
    _check(packet, at, 10)
    tag[:10] = packet[at : at + 10]
    put_word(packet, at, high, low)


def differ(a, a_at, b, count):
    _check(a, a_at, count)
    _check(b, 0, count)
    bits = 0
    for i in range(count):
        bits |= a[a_at + i] ^ b[i]
    return bits
