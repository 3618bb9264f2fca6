"""Loads the parts of a connection, those first that need no other.

An import inside an import inside an import takes a kilobyte of stack each (five on the Unix port);
a chip has 15 in all. In this order none is deeper than two.
"""
# MIT License; see LICENSE

for _name in ("mac", "gcm", "stun", "dtls"):
    __import__("webrtc." + _name)
