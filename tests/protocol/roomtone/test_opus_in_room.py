"""What a call in Opus needs around the codec: offers, clocks, bit rate; with a codec of lead."""
# MIT License; see LICENSE

import asyncio
import unittest
from array import array

from roomtone import codecs, opus_trial
from roomtone.bitrate import Bitrate
from roomtone.media import Capture, Media, Playback


class Codec:
    """Stands for Opus: 16 kHz, an RTP clock of 48 kHz, three bytes a packet."""

    name = "opus"
    rate_hz = 16000
    clock_hz = 48000
    frame_samples = 320
    chunk_ms = 10

    def __init__(self, busy=0):
        self.told = []
        self._busy = busy

    def encode_into(self, pcm, packet):
        for _ in range(self._busy):
            pass
        packet[0] = packet[1] = packet[2] = 1
        return 3

    def packet_samples(self, packet, length):
        return 320

    def decode_into(self, packet, pcm, length=-1):
        return 320

    def conceal_into(self, pcm):
        return len(pcm)

    def recover_into(self, packet, pcm, length=-1):
        return len(pcm)

    def adapt(self, loss):
        self.told.append(loss)


class Microphone:
    rate_hz = 16000

    def readinto(self, pcm):
        for i in range(len(pcm)):
            pcm[i] = 1000 if i & 8 else -1000
        return len(pcm)

    def start(self):
        pass

    stop = start


class Speaker:
    rate_hz = 16000

    def write(self, pcm):
        return len(pcm)

    def buffered_ms(self):
        return 0


class Sender:
    def __init__(self):
        self.payload = memoryview(bytearray(480))
        self.noise_type = None
        self.reports = self.remote_loss = 0
        self.sent = []
        self.skipped = []

    def send(self, size, samples, level_dbov, voice, noise=False):
        self.sent.append((size, samples))
        return True

    def skip(self, samples):
        self.skipped.append(samples)


class Link:
    def __init__(self):
        self.sender = Sender()
        self.receiver = self
        self.sink = None
        self.now_ms = 0


class TestClocks(unittest.TestCase):
    def test_a_frame_of_320_samples_is_960_ticks_also_when_muted(self):
        capture = Capture(Microphone())
        capture.use(Codec())
        sender = Sender()
        capture.poll(sender, False)
        capture.poll(sender, True)
        self.assertEqual((sender.sent, sender.skipped), ([(3, 960)], [960]))

    def test_packets_960_ticks_apart_are_a_stream_without_holes(self):
        playback = Playback(Speaker())
        playback.use(Codec())
        pcm = array("h", bytes(640))
        for n in range(100):
            playback.jitter.push(b"abc", 0, 3, n, 960 * n, 20 * n)
            playback.jitter.pull_into(pcm, 20 * n)
        stats = playback.jitter.stats()
        self.assertTrue(stats["concealed"] <= 2, stats)
        self.assertTrue(stats["delay_ms"] <= 50, stats)
        self.assertEqual(stats["late"] + stats["lost"] + stats["recovered"], 0)


class TestOffer(unittest.TestCase):
    def setUp(self):
        self.before = dict(codecs._loaded), codecs._make
        self.gc = opus_trial.gc
        opus_trial.gc = self  # as on a board, whatever the machine has
        self.free = 300000
        self.begin({}, self.make)
        self.busy = 0
        self.made = []

    def tearDown(self):
        self.begin(*self.before)
        opus_trial.gc = self.gc

    def begin(self, loaded, make):
        opus_trial._asked.clear()
        codecs._loaded.clear()
        codecs._loaded.update(loaded)
        codecs._make = make

    def mem_free(self):
        return self.free

    def collect(self):
        pass

    def make(self, name):
        self.made.append(Codec(self.busy))
        return self.made[-1]

    def test_opus_leads_where_the_board_is_quick_enough_and_fresh_from_the_trial(self):
        self.assertEqual(codecs.offered(), ("opus", "PCMU", "PCMA"))
        self.assertEqual(codecs.offered(), ("opus", "PCMU", "PCMA"))
        self.assertEqual(len(self.made), 2)
        self.assertTrue(codecs.load("opus") is self.made[1])

    def test_g711_alone_where_a_frame_takes_more_than_half_its_time(self):
        self.busy = 3000000
        self.assertEqual(codecs.offered(), ("PCMU", "PCMA"))
        self.assertEqual(codecs.offered(), ("PCMU", "PCMA"))
        self.assertEqual((len(self.made), codecs._loaded), (1, {}))

    def test_g711_alone_where_the_heap_is_too_small(self):
        self.free = 160000  # a chip without external memory
        self.assertEqual(codecs.offered(), ("PCMU", "PCMA"))
        self.assertEqual(self.made, [])

    def test_g711_alone_where_opus_is_not_on_the_board(self):
        def make(name):
            raise ImportError(name)

        codecs._make = make
        self.assertEqual(codecs.offered(), ("PCMU", "PCMA"))

    def test_who_wants_opus_gets_it_from_a_slow_board_too(self):
        self.busy = 3000000
        self.assertEqual(codecs.offered("auto"), ("PCMU", "PCMA"))
        self.assertEqual(codecs.offered("opus"), ("opus", "PCMU", "PCMA"))
        opus_trial._asked.clear()
        self.free = 160000
        self.assertEqual(codecs.offered("opus"), ("PCMU", "PCMA"))

    def test_the_setting_decides(self):
        self.assertEqual(codecs.offered("pcmu"), ("PCMU",))
        self.assertEqual(codecs.offered("pcma"), ("PCMA",))
        self.assertEqual((opus_trial._asked, self.made), ({}, []))


class TestBitrate(unittest.TestCase):
    def test_loss_lowers_it_step_by_step_to_a_floor_and_calm_raises_it_slowly(self):
        rate = Bitrate()
        rates = []
        for _ in range(5):
            rate.report(60)
            rates.append(rate.bps)
        self.assertEqual(rates, [20000, 16000, 12000, 12000, 12000])
        self.assertFalse(rate.report(15))  # neither much nor little
        changes = [rate.report(0) for _ in range(60)]
        self.assertEqual(rate.bps, 32000)
        self.assertEqual(changes.count(True), 10)

    def test_the_codec_hears_each_report_once(self):
        async def run():
            media = Media()
            codec, link = Codec(), Link()
            media.publish(Microphone())
            media.attach(link, codec)
            for loss in (50, 0):
                link.sender.reports += 1
                link.sender.remote_loss = loss
                for _ in range(2):
                    collections = media.collections
                    while media.collections == collections:
                        await asyncio.sleep_ms(5)
            await media.close()
            return codec.told

        self.assertEqual(asyncio.run(run()), [50, 0])


if __name__ == "__main__":
    unittest.main()
