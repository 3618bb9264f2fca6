"""The codecs that this device has, each loaded when it is first used."""
# MIT License; see LICENSE

NAMES = ("PCMU", "PCMA")

_loaded = {}


def load(name, comfort_noise=False):
    """The codec object for an SDP name; one a device. Raises ValueError for an unknown name.

    comfort_noise: whether silence is described instead of sent, both ways (RFC 3389).
    """
    if comfort_noise:
        return _once(name + "+CN", _with_comfort_noise, name)
    if name not in NAMES:
        raise ValueError(f"there is no codec {name}")
    return _once(name, _make, name)


def _once(key, make, name):
    if key not in _loaded:
        _loaded[key] = make(name)
    return _loaded[key]


def _make(name):
    from audio import g711

    return g711.Pcmu() if name == "PCMU" else g711.Pcma()


def _with_comfort_noise(name):
    from audio.comfort_noise import WithComfortNoise

    return WithComfortNoise(load(name))
