"""How a half-duplex board changes between talking and listening: by its button, or by voice."""
# MIT License; see LICENSE

import json

_SETTINGS = "settings.json"
# What settings.json has under `board`; read when it is first asked for.
options = None


def stage(half_duplex):
    """What stands between microphone and encoder: a VoiceSwitch, or None for the button.

    The option `turns` of settings.json, under `board`, is "button" or "voice"; raises ValueError
    for anything else.
    """
    global options  # noqa: PLW0603
    if options is None:
        options = _read()
    turns = options.get("turns", "button")
    if turns == "button":
        return None
    if turns != "voice":
        raise ValueError('board.turns must be "button" or "voice"')
    from audio.voice_switch import VoiceSwitch

    return VoiceSwitch(half_duplex)


def _read():
    try:
        with open(_SETTINGS) as file:
            return json.load(file).get("board") or {}
    except (OSError, ValueError):
        return {}  # the firmware says what is wrong with the file
