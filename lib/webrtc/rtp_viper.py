"""The RTP header as numbers: one call a packet each way (RFC 3550 5.1, RFC 8285 4.2)."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def advance(packet: ptr8, count: int, samples: int):
    """Add `count` (0..65535) to the sequence number and `samples` (0..2**29) to the timestamp."""
    low = ((packet[2] << 8) | packet[3]) + count
    packet[2] = low >> 8
    packet[3] = low
    low = ((packet[6] << 8) | packet[7]) + (samples & 0xFFFF)
    packet[6] = low >> 8
    packet[7] = low
    high = ((packet[4] << 8) | packet[5]) + (samples >> 16) + (low >> 16)
    packet[4] = high >> 8
    packet[5] = high


@micropython.viper
def parse(packet: ptr8, length: int, fields: ptr32, level_id: int) -> int:
    """Take a header of `length` bytes apart; return 1, or 0 when it does not hold together.

    fields: array of six 32-bit numbers that receives payload start, payload end (padding
    removed), marker << 7 | payload type, sequence number, timestamp modulo 2**30, and the octet
    of the one-byte extension element `level_id` (RFC 6464: voice << 7 | level), else -1.
    """
    if length < 12:
        return 0
    first = packet[0]
    if first >> 6 != 2:
        return 0
    start = 12 + ((first & 15) << 2)
    fields[5] = -1
    if first & 16:
        if start + 4 > length:
            return 0
        at = start + 4
        one_byte = (packet[start] << 8) | packet[start + 1]
        start = at + (((packet[start + 2] << 8) | packet[start + 3]) << 2)
        if start > length:
            return 0
        if one_byte != 0xBEDE:
            at = start
        while at < start:
            element = packet[at]
            at += 1
            if element >> 4 == 15:
                at = start
            elif element != 0:
                size = (element & 15) + 1
                if element >> 4 == level_id and at + size <= start:
                    fields[5] = packet[at]
                at += size
    if start > length:
        return 0
    end = length
    if first & 32:
        if end == start:
            return 0
        padding = packet[end - 1]
        if padding == 0 or padding > end - start:
            return 0
        end -= padding
    fields[0] = start
    fields[1] = end
    fields[2] = packet[1]
    fields[3] = (packet[2] << 8) | packet[3]
    fields[4] = ((packet[4] & 63) << 24) | (packet[5] << 16) | (packet[6] << 8) | packet[7]
    return 1
