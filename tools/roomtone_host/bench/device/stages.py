"""Instructions of each stage of the media path, for one frame of 20 ms."""
# MIT License; see LICENSE

import os
from array import array

from audio.g711 import Pcma, Pcmu
from audio.gain import Gain, HighPass
from audio.level import Meter
from audio.resample import Resampler
from counter import average, report
from webrtc import srtp
from webrtc.receiver import Receiver
from webrtc.sender import Sender

KEY = bytes(range(16))
SALT = bytes(range(14))


def tone(samples):
    # A triangle with some noise on it: loud enough that no stage takes a short cut.
    pcm = array("h", bytes(2 * samples))
    noise = os.urandom(samples)
    for i in range(samples):
        phase = i * 1000 % 32000
        pcm[i] = (phase if phase < 16000 else 32000 - phase) - 8000 + noise[i]
    return pcm


def codecs(pcm):
    packet = bytearray(160)
    for codec in (Pcmu(), Pcma()):
        name = codec.name.lower()
        report(name + "_encode", average(codec.encode_into, pcm, packet))
        report(name + "_decode", average(codec.decode_into, packet, pcm))
        report(name + "_conceal", average(codec.conceal_into, pcm, rounds=5))


def stages():
    for from_hz, to_hz in ((16000, 8000), (8000, 16000), (48000, 16000), (16000, 48000)):
        pcm = tone(from_hz // 50)
        out = array("h", bytes(to_hz // 25))
        stage = Resampler(from_hz, to_hz, len(pcm))
        name = f"resample_{from_hz // 1000}_to_{to_hz // 1000}"
        report(name, average(stage.process_into, pcm, out))
    pcm = tone(160)
    high_pass, meter, gain = HighPass(8000), Meter(8000), Gain(70)
    report("high_pass", average(high_pass.apply, pcm))
    report("level", average(meter.measure, pcm))
    gain.apply(pcm)
    report("volume", average(gain.apply, pcm))


def jitter_buffer():
    # In turns, as packets come and frames are wanted.
    from audio.jitter import JitterBuffer

    buffer = JitterBuffer(Pcmu())
    packet = bytearray(tone(80))  # 160 bytes that are no silence
    pcm = array("h", bytes(320))
    now = [0, 0]

    def push():
        now[0] += 1
        buffer.push(packet, 0, 160, now[0], now[0] * 160, now[0] * 20)

    def pull():
        now[1] += 1
        buffer.pull_into(pcm, now[1] * 20)

    for _ in range(20):
        push()
        pull()
    report("jitter_buffer", average(lambda: (push(), pull())))
    if buffer.concealed > 2:
        raise RuntimeError("the jitter buffer ran dry")


class Sink:
    def push(self, buffer, start, length, sequence, timestamp, now_ms):
        pass


def packets():
    # What one side protects, the other takes: each packet once, as on a network.
    sent = []
    sender = Sender(b"\x01\x02\x03\x04", 160)
    receiver = Receiver(400)
    sender.codec = receiver.codec = (0, "PCMU", 8000)
    sender.open(KEY, SALT, 1, os.urandom)
    receiver.open(KEY, SALT, 1)
    receiver.sink = Sink()

    def keep(view):
        sent.append(bytes(view))
        return True

    sender.transmit = keep
    report("rtp_send", average(sender.send, 160, 160, -20, True))
    queue = iter(sent)
    report("rtp_receive", average(lambda: receiver.receive(next(queue), 0)))
    if receiver.rejected or not receiver.packets:
        raise RuntimeError("packets were not received")
    protection(sent)


def protection(packets):
    workspace = srtp.Workspace(400)
    context = srtp.SrtpReceiver(KEY, SALT, 0, workspace)
    queue = iter(packets)
    lengths = []

    def unprotect():
        lengths.append(context.unprotect(context.load(next(queue))))

    report("srtp_unprotect", average(unprotect))
    sender = srtp.SrtpSender(KEY, SALT, 0, srtp.Workspace(400))
    plain = bytes(context.packet[: lengths[-1]])
    sender.packet[: len(plain)] = plain
    report("srtp_protect", average(sender.protect, 180))


codecs(tone(160))
stages()
jitter_buffer()
packets()
