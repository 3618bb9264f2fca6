"""The board's own key and certificate in a file: made once, kept for good."""
# MIT License; see LICENSE

import os

from webrtc.identity import Identity


def load_or_make(path):
    """Read the identity in `path`, or make one and write it there. Raises OSError."""
    try:
        with open(path, "rb") as file:
            return Identity.from_bytes(file.read())
    except (OSError, ValueError):
        pass  # not there, or not whole: a new one is made
    identity = Identity.generate(os.urandom)
    with open(path + ".new", "wb") as file:
        file.write(identity.to_bytes())
    os.rename(path + ".new", path)
    return identity
