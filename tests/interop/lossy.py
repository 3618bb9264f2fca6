"""MicroPython module: from its import on, one packet of sound in ten is lost, each way."""
# MIT License; see LICENSE

from webrtc.receiver import Receiver
from webrtc.sender import Sender

_state = [7]
_receive = Receiver.receive
_send = Sender.send


def _lost():
    _state[0] = (_state[0] * 1021 + 12345) & 0xFFFFF
    return (_state[0] >> 3) % 10 == 0


def _receive_some(self, data, now_ms):
    return True if _lost() else _receive(self, data, now_ms)


def _send_some(self, *what):
    transmit = self.transmit
    if _lost():
        self.transmit = len  # true, and gone
    try:
        return _send(self, *what)
    finally:
        self.transmit = transmit


Receiver.receive = _receive_some
Sender.send = _send_some
