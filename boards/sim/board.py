"""The virtual board: WAV files for sound, files for button and LED, on MicroPython's Unix port."""
# MIT License; see LICENSE

import sim_host

name = "sim"
duplex = True
record = sim_host.record


def microphone():
    """A microphone at 16 kHz that reads the WAV file or FIFO `board.microphone` at real pace."""
    from sim_microphone import Microphone

    return Microphone(sim_host.option("microphone"), sim_host.option("repeat", True))


def speaker():
    """A speaker at 16 kHz that writes what it plays to the WAV file `board.speaker`."""
    from sim_speaker import Speaker

    return Speaker(sim_host.option("speaker"))


def button():
    """The button: down while the file `button` starts with 1."""
    return sim_host.Button("button")


def led():
    """The LED: the file `led` holds the word that it shows."""
    return sim_host.Led("led")
