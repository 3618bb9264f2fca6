"""The console over the network: MicroPython's WebREPL, where the settings have a password."""
# MIT License; see LICENSE


def begin(password, webrepl=None):
    """Serve the console at port 8266; returns whether this firmware can.

    What WebREPL gets is put among the keys of the cable's console, so that both are one. It is not
    encrypted: password and text can be read on the network. Call it once there is a network.
    """
    try:
        webrepl = webrepl or __import__("webrepl")
    except ImportError:
        print("this MicroPython has no WebREPL")
        return False
    webrepl.start(password=password)
    return True
