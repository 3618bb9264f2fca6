"""The codecs that this device has, each loaded when it is first used."""
# MIT License; see LICENSE

NAMES = ("PCMU", "PCMA")

_loaded = {}


def load(name):
    """The codec object for an SDP name; one a device. Raises ValueError for an unknown name."""
    if name not in _loaded:
        if name not in NAMES:
            raise ValueError(f"there is no codec {name}")
        from audio import g711

        _loaded[name] = g711.Pcmu() if name == "PCMU" else g711.Pcma()
    return _loaded[name]
