"""The plain twin of webrtc.rtp_viper."""
# MIT License; see LICENSE


def advance(packet, count, samples):
    sequence = int.from_bytes(packet[2:4], "big") + count
    timestamp = int.from_bytes(packet[4:8], "big") + samples
    packet[2:4] = (sequence & 0xFFFF).to_bytes(2, "big")
    packet[4:8] = (timestamp & 0xFFFFFFFF).to_bytes(4, "big")


def _level(elements, level_id):
    level = -1
    at = 0
    while at < len(elements):
        element = elements[at]
        at += 1
        if element >> 4 == 15:
            break
        if element:
            size = (element & 15) + 1
            if element >> 4 == level_id and at + size <= len(elements):
                level = elements[at]
            at += size
    return level


def parse(packet, length, fields, level_id):
    packet = bytes(packet[:length])
    if length < 12 or packet[0] >> 6 != 2:
        return 0
    start = 12 + 4 * (packet[0] & 15)
    level = -1
    if packet[0] & 16:
        if start + 4 > length:
            return 0
        profile = int.from_bytes(packet[start : start + 2], "big")
        elements = start + 4
        start = elements + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
        if start > length:
            return 0
        if profile == 0xBEDE:
            level = _level(packet[elements:start], level_id)
    if start > length:
        return 0
    padding = 0
    if packet[0] & 32:
        padding = packet[-1] if start < length else 0
        if not 0 < padding <= length - start:
            return 0
    timestamp = int.from_bytes(packet[4:8], "big") & 0x3FFFFFFF
    fields[0] = start
    fields[1] = length - padding
    fields[2] = packet[1]
    fields[3] = int.from_bytes(packet[2:4], "big")
    fields[4] = timestamp
    fields[5] = level
    return 1
