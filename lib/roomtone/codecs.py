"""The codecs that this device has, each loaded when it is first used."""
# MIT License; see LICENSE

NAMES = ("PCMU", "PCMA")
OPUS = "opus"

# Bytes of 20 ms, one a sample: for Opus more than three times what comes.
_MAX_G711 = 160
_MAX_OPUS = 320

_loaded = {}


def offered(choice="auto"):
    """SDP names to offer, best first: `choice` is "auto", "opus", "pcmu" or "pcma".

    "auto" is Opus and G.711 behind it where the board has the heap and the time for Opus, else
    G.711 alone; "opus" does not ask for the time.
    """
    if choice not in ("auto", OPUS):
        return (choice.upper(),)
    from .opus_trial import carries_opus

    return (OPUS,) + NAMES if carries_opus(choice == "auto") else NAMES


def load(name, comfort_noise=False):
    """The codec object for an SDP name; one a device. Raises ValueError for an unknown name.

    comfort_noise: whether silence is described instead of sent, both ways (RFC 3389).
    """
    if comfort_noise:
        return _once(name + "+CN", _with_comfort_noise, name)
    if name not in NAMES and name != OPUS:
        raise ValueError(f"there is no codec {name}")
    return _once(name, _make, name)


def max_payload(names):
    """Bytes of the longest packet, of 20 ms, that codecs of these SDP names make."""
    return _MAX_OPUS if OPUS in names else _MAX_G711


def unload(name):
    """Make `name` anew when it is loaded next."""
    _loaded.pop(name, None)


def _once(key, make, name):
    if key not in _loaded:
        _loaded[key] = make(name)
    return _loaded[key]


def _make(name):
    if name == OPUS:
        from .opus_codec import OpusCodec

        return OpusCodec()
    from audio import g711

    return g711.Pcmu() if name == "PCMU" else g711.Pcma()


def _with_comfort_noise(name):
    from audio.comfort_noise import WithComfortNoise

    return WithComfortNoise(load(name))
