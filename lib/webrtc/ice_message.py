"""The three kinds of STUN message that an ICE agent sends to its peer (RFC 8445 section 7)."""
# MIT License; see LICENSE

from struct import pack

from . import stun

_PRIORITY = b"\x6e\xff\xff\xff"  # candidate.priority("prflx")
_REASONS = {
    stun.BAD_REQUEST: "Bad Request",
    stun.UNAUTHENTICATED: "Unauthenticated",
    stun.UNKNOWN_ATTRIBUTE: "Unknown Attribute",
    stun.ROLE_CONFLICT: "Role Conflict",
}


def check(transaction, username, key, controlling, tie_breaker, nominating):
    """Build a connectivity check. username, key: bytes; nominating: with USE-CANDIDATE."""
    attributes = [
        (stun.USERNAME, username),
        (stun.PRIORITY, _PRIORITY),
        (stun.ICE_CONTROLLING if controlling else stun.ICE_CONTROLLED, tie_breaker),
    ]
    if nominating:
        attributes.append((stun.USE_CANDIDATE, b""))
    return stun.build(stun.REQUEST, transaction, attributes, key)


def success(request, address, key):
    """Build the answer to a check that came from address."""
    mapped = (stun.XOR_MAPPED_ADDRESS, stun.xor_address(address))
    return stun.build(stun.SUCCESS, request.transaction, (mapped,), key)


def refusal(request, code, key):
    """Build an error response; key: None where the asker is not authenticated."""
    attributes = [(stun.ERROR_CODE, stun.error_value(code, _REASONS[code]))]
    if code == stun.UNKNOWN_ATTRIBUTE:
        value = b"".join([pack("!H", name) for name in request.unknown()])
        attributes.append((stun.UNKNOWN_ATTRIBUTES, value))
    return stun.build(stun.ERROR, request.transaction, attributes, key)
