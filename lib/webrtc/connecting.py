"""What only connecting needs is loaded for it and dropped after it: a call has the heap then.

Handshake, its arithmetic, and SDP: modules that stay import these ones late, in their functions,
and hold nothing of them in a call; so they come back by themselves when they are needed again,
for a new offer, a restart, or the next connection.
"""
# MIT License; see LICENSE

import gc
import sys

# Not gcm: a record may come in a call, from anybody, and must find room as it does now.
# In an order in which no import nests deeper than two, as in leaves.py.
_DESCRIPTION = ("candidate", "sdp_media", "sdp")
_HANDSHAKE = (
    "der", "p256_table", "p256", "rsa", "ecdsa", "x509",
    "dtls.wire", "dtls.fragments", "dtls.hello", "dtls.messages", "dtls.schedule", "dtls.pool",
    "dtls.alerts", "dtls.handshake", "dtls.client", "dtls.server", "dtls.attempt",
)  # fmt: skip


def load_description():
    """Load what makes offers and answers: from high up, where there is stack."""
    _load(_DESCRIPTION)


def load_handshake():
    """Load what the handshake needs."""
    _load(_HANDSHAKE)


def described():
    """Offer and answer are there: make room for the handshake, and load it."""
    drop(_full(_DESCRIPTION))
    _load(_HANDSHAKE)


def unload(names=()):
    """Drop it all and collect, which takes some 20 ms on a chip: do it before sound flows.

    names: modules of the caller's own that go with it. A connection that is still being made is
    not harmed; it keeps what it uses.
    """
    drop(_full(_DESCRIPTION + _HANDSHAKE) + list(names))


def _full(names):
    return ["webrtc." + name for name in names]


def _load(names):
    for name in _full(names):
        __import__(name)


def drop(names):
    """Forget these modules; their heap comes back when nothing holds anything of them.

    Not for modules with machine code, of which chips never take the memory back.
    """
    for name in names:
        if name in sys.modules:
            del sys.modules[name]
            package, _, leaf = name.rpartition(".")
            if package in sys.modules:
                delattr(sys.modules[package], leaf)
    gc.collect()
