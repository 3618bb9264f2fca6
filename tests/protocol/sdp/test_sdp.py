"""SDP: descriptions of real peers, offer and answer, what is refused."""
# MIT License; see LICENSE

import unittest

from webrtc import sdp
from webrtc.candidate import Candidate, priority

FIXTURES = __file__.rsplit("/", 3)[0] + "/fixtures/sdp/"
NAMES = (
    "aiortc-offer",
    "bundle-only-offer",
    "chromium-offer",
    "firefox-offer",
    "gstreamer-offer",
    "janus-answer",
    "pion-answer",
)
PCMU = (0, "PCMU", 8000, "")
PCMA = (8, "PCMA", 8000, "")
OPUS = (111, "opus", 48000, "minptime=20;useinbandfec=1")
FINGERPRINT = ":".join(["A5"] * 32)
HOST = "candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host"


def read(name):
    with open(FIXTURES + name + ".sdp") as file:
        return file.read().replace("\n", "\r\n")


def local(codecs=(PCMU, PCMA), **options):
    return sdp.Local(
        list(codecs), "abcd1234", "p" * 24, FINGERPRINT, 3000000000, "board", (HOST,), **options
    )


def offer_text(**options):
    return sdp.offer(local(**options)).to_text()


def fields(media):
    return {name: value for name, value in media.__dict__.items() if name[0] != "_"}


class FixtureTest(unittest.TestCase):
    def test_what_was_parsed_is_written_and_parsed_again_unchanged(self):
        for name in NAMES:
            first = sdp.Session.parse(read(name))
            text = first.to_text()
            second = sdp.Session.parse(text)
            self.assertEqual(second.to_text(), text, name)
            self.assertEqual(len(second.media), len(first.media))
            self.assertEqual((second.bundle, second.ice_lite), (first.bundle, first.ice_lite))
            self.assertEqual(
                (second.session_id, second.trickle), (first.session_id, first.trickle)
            )
            for one, other in zip(first.media, second.media):  # noqa: B905, not on MicroPython
                if not one.rejected:
                    self.assertEqual(fields(one), fields(other), name)

    def test_line_ends_do_not_matter(self):
        for name in NAMES:
            text = read(name)
            self.assertEqual(
                sdp.Session.parse(text).to_text(),
                sdp.Session.parse(text.replace("\r", "")).to_text(),
            )

    def test_chromium(self):
        session = sdp.Session.parse(read("chromium-offer"))
        self.assertEqual([m.kind for m in session.media], ["audio", "video", "application"])
        self.assertEqual(session.bundle, ["0", "1", "2"])
        media = session.audio()
        self.assertEqual((media.mid, media.setup, media.direction), ("0", "actpass", "sendrecv"))
        self.assertEqual((media.ssrc, media.cname), (3253495497, "m5LZzd7uw2h/3z3Q"))
        self.assertEqual(media.level_extension, 1)
        self.assertIn((111, "opus", 48000, "minptime=10;useinbandfec=1"), media.codecs)
        self.assertIn(PCMU, media.codecs)
        self.assertNotIn("red", [codec[1] for codec in media.codecs])
        usable = [line for line in media.candidates if Candidate.parse(line).is_usable]
        self.assertEqual((len(media.candidates), len(usable)), (4, 1))

    def test_firefox_has_its_fingerprint_for_the_session_and_in_small_letters(self):
        media = sdp.Session.parse(read("firefox-offer")).audio()
        self.assertTrue(media.fingerprint.startswith("3E:9A:07:D5"))
        self.assertTrue(Candidate.parse(media.candidates[0]).is_name)
        self.assertEqual(media.codecs[0][:3], (109, "opus", 48000))
        self.assertEqual(media.extensions[1][0], 2)

    def test_aiortc_gives_three_fingerprints_of_which_sha_256_counts(self):
        media = sdp.Session.parse(read("aiortc-offer")).audio()
        self.assertTrue(media.fingerprint.startswith("49:B2:D9:B1"))
        self.assertEqual((media.level_extension, media.end_of_candidates), (2, True))

    def test_pion_is_lite(self):
        session = sdp.Session.parse(read("pion-answer"))
        self.assertTrue(session.ice_lite)
        media = session.audio()
        self.assertEqual((media.setup, media.direction, media.ssrc), ("passive", "recvonly", None))
        self.assertEqual(Candidate.parse(media.candidates[0]).ufrag, media.ice_ufrag)

    def test_janus_answer_fits_our_offer(self):
        answered = sdp.Session.parse(read("janus-answer"))
        media = sdp.check_answer(sdp.offer(local()), answered)
        self.assertEqual((media.codecs, media.setup), ([PCMU], "active"))

    def test_bundled_audio_has_the_transport_of_the_first_section(self):
        session = sdp.Session.parse(read("bundle-only-offer"))
        media = session.audio()
        self.assertEqual((media.ice_ufrag, media.setup, media.port), ("head", "actpass", 0))
        self.assertEqual(len(media.candidates), 1)
        answered = sdp.answer(session, local())
        self.assertEqual([m.port for m in answered.media], [0, 5000])
        self.assertEqual(answered.bundle, ["a"])


class OfferTest(unittest.TestCase):
    def test_offer_reads_as_it_was_made(self):
        session = sdp.Session.parse(offer_text(level_id=5))
        media = session.audio()
        self.assertEqual(media.codecs, [PCMU, PCMA])
        self.assertEqual((media.ice_ufrag, media.ice_pwd), ("abcd1234", "p" * 24))
        self.assertEqual((media.fingerprint, media.setup), (FINGERPRINT, "actpass"))
        self.assertEqual((media.ssrc, media.cname), (3000000000, "board"))
        self.assertEqual((media.level_extension, media.ptime, media.mid), (5, 20, "0"))
        self.assertEqual((media.candidates, media.end_of_candidates), ([HOST], True))
        self.assertEqual((media.address, media.port), ("127.0.0.1", 5000))
        self.assertTrue(media.rtcp_mux and session.trickle and not session.ice_lite)

    def test_offer_has_what_the_known_peers_demand(self):
        text = offer_text(lite=True, version=7, session_id="42")
        for line in (
            "o=- 42 7 IN IP4 0.0.0.0",
            "a=group:BUNDLE 0",
            "a=ice-lite",
            "m=audio 5000 UDP/TLS/RTP/SAVPF 0 8",
            "a=mid:0",
            "a=rtcp-mux",
            "a=rtpmap:0 PCMU/8000",
            "a=ssrc:3000000000 cname:board",
            "a=end-of-candidates",
        ):
            self.assertIn(line + "\r\n", text)

    def test_opus_is_written_with_two_channels_and_its_parameters(self):
        text = offer_text(codecs=[OPUS])
        self.assertIn(
            "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=20;useinbandfec=1\r\n", text
        )

    def test_without_candidates_the_port_is_9_and_more_may_follow(self):
        ours = local(more_candidates=True)
        ours.candidates = ()
        text = sdp.offer(ours).to_text()
        self.assertIn("m=audio 9 ", text)
        self.assertNotIn("end-of-candidates", text)

    def test_who_only_listens_names_no_stream(self):
        self.assertNotIn("a=ssrc", offer_text(direction="recvonly"))


class AnswerTest(unittest.TestCase):
    def answer(self, text, setup="active", **options):
        return sdp.answer(sdp.Session.parse(text), local(**options), setup)

    def test_each_section_of_a_browser_is_answered_and_only_audio_accepted(self):
        session = self.answer(read("chromium-offer"))
        text = session.to_text()
        self.assertEqual([m.kind for m in session.media], ["audio", "video", "application"])
        self.assertEqual([m.rejected for m in session.media], [False, True, True])
        self.assertEqual(session.bundle, ["0"])
        self.assertIn("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n", text)
        self.assertEqual(session.media[0].level_extension, 1)
        parsed = sdp.Session.parse(text)
        self.assertEqual(parsed.audio().codecs, [PCMU, PCMA])
        self.assertEqual([m.mid for m in parsed.media], ["0", "1", "2"])

    def test_payload_types_are_the_offerers(self):
        session = self.answer(read("gstreamer-offer"))
        self.assertEqual(session.media[0].codecs, [(97, "PCMA", 8000, "")])
        self.assertEqual(session.media[0].mid, "audio0")
        self.assertEqual(session.bundle, [])
        session = self.answer(read("firefox-offer"), codecs=[OPUS, PCMU])
        self.assertEqual([c[0] for c in session.media[0].codecs], [109, 0])

    def test_our_preference_decides(self):
        session = self.answer(read("chromium-offer"), codecs=[PCMA, PCMU])
        self.assertEqual([c[1] for c in session.media[0].codecs], ["PCMA", "PCMU"])

    def test_dtls_roles(self):
        for theirs, wish, ours in (
            ("actpass", "active", "active"),
            ("actpass", "passive", "passive"),
            ("active", "active", "passive"),
            ("passive", "passive", "active"),
        ):
            text = offer_text().replace("actpass", theirs)
            self.assertEqual(self.answer(text, wish).media[0].setup, ours)

    def test_directions_meet(self):
        for theirs, ours, agreed in (
            ("sendrecv", "sendrecv", "sendrecv"),
            ("sendonly", "sendrecv", "recvonly"),
            ("recvonly", "sendrecv", "sendonly"),
            ("inactive", "sendrecv", "inactive"),
            ("sendrecv", "recvonly", "recvonly"),
            ("sendonly", "sendonly", "inactive"),
            ("recvonly", "sendonly", "sendonly"),
        ):
            session = self.answer(offer_text(direction=theirs), direction=ours)
            self.assertEqual(session.media[0].direction, agreed)

    def test_level_extension_needs_both(self):
        self.assertIsNone(self.answer(offer_text(level_id=None)).media[0].level_extension)
        self.assertIsNone(self.answer(offer_text(), level_id=None).media[0].level_extension)
        text = offer_text().replace("extmap:1 ", "extmap:20 ")  # would need two-byte headers
        self.assertIsNone(self.answer(text).media[0].level_extension)

    def test_answer_that_does_not_fit_is_refused_with_the_reason(self):
        ours = sdp.offer(local())
        good = self.answer(ours.to_text()).to_text()

        def check(text):
            sdp.check_answer(ours, sdp.Session.parse(text))

        self.assertEqual(sdp.check_answer(ours, sdp.Session.parse(good)).setup, "active")
        for old, new, reason in (
            ("a=mid:0", "a=mid:1", "mid"),
            ("setup:active", "setup:actpass", "setup"),
            ("a=setup:active\r\n", "", "setup"),
            ("SAVPF 0 8", "SAVPF 13", "codec"),
            ("m=audio 5000", "m=audio 0", "rejected"),
            ("m=audio", "m=video 9 RTP/AVP 99\r\nm=audio", "2 media"),
        ):
            self.refuse(
                lambda t: sdp.check_answer(ours, sdp.Session.parse(t)), good, old, new, reason
            )

    def refuse(self, act, text, old, new, reason):
        self.assertIn(old, text)
        try:
            act(text.replace(old, new))
        except ValueError as error:
            self.assertIn(reason, str(error))
        else:
            self.fail("accepted without: " + reason)

    def test_offer_that_cannot_be_used_is_refused_with_the_reason(self):
        for old, new, reason in (
            ("a=rtcp-mux\r\n", "", "rtcp-mux"),
            ("a=ice-ufrag:abcd1234\r\n", "", "ICE credentials"),
            ("a=fingerprint:sha-256 ", "a=fingerprint:sha-1 ", "sha-256"),
            ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "DTLS-SRTP"),
            ("SAVPF 0 8", "SAVPF 13", "codec"),
            ("m=audio 5000", "m=audio 0", "no audio"),
            ("m=audio", "m=video", "no audio"),
            ("A5:A5", "A5A5", "fingerprint"),
            ("A5:A5:", "", "fingerprint"),
            ("A5:", "G5:", "fingerprint"),
            ("ice-ufrag:abcd1234", "ice-ufrag:abc", "ice-ufrag"),
            ("ice-pwd:ppp", "ice-pwd:p\r\na=x:", "ice-pwd"),
            ("setup:actpass", "setup:any", "setup"),
            ("m=audio 5000", "m=audio 70000", "port"),
            ("rtpmap:0 PCMU/8000", "rtpmap:0 PCMU", "rtpmap"),
            ("rtpmap:0 ", "rtpmap:-1 ", "payload type"),
            ("ssrc:3000000000", "ssrc:4294967296", "ssrc"),
            ("ptime:20", "ptime:2e1", "ptime"),
            ("o=- 1 1", "o=- 1 x", "version"),
            ("o=- 1 1 IN", "o=- 1", "o="),
            ("v=0", "v=1", "v=0"),
            ("t=0 0", "time", "line"),
            ("s=-", "s=" + "x" * 3000, "longer"),
            ("s=-", "s=-" + "\r\na=x:" + "y" * 2000 + "\r\na=x:" * 8 + "y" * 15000, "longer"),
            ("t=0 0", "t=0 0" + "\r\nm=audio 9 x 0" * 20, "media"),
        ):
            self.refuse(self.answer, offer_text(), old, new, reason)


class HostileTest(unittest.TestCase):
    def test_cut_short_anywhere_it_parses_or_raises_value_error(self):
        text = read("janus-answer")
        for end in range(len(text)):
            try:
                sdp.Session.parse(text[:end]).to_text()
            except ValueError as error:
                self.assertTrue(str(error).startswith("SDP: "))

    def test_lists_of_a_section_are_capped(self):
        text = offer_text() + ("a=" + HOST + "\r\n") * 90
        text += "".join([f"a=extmap:{i} urn:x\r\n" for i in range(2, 90)])
        media = sdp.Session.parse(text).audio()
        self.assertEqual((len(media.candidates), len(media.extensions)), (32, 16))


class CandidateTest(unittest.TestCase):
    def test_lines_read_as_they_are_written(self):
        for line in (
            HOST,
            "candidate:2 1 udp 1694498815 198.51.100.7 61000 typ srflx raddr 10.0.0.1 rport 4001",
            "candidate:a+/9 2 tcp 5 fe80::1 9 typ host",
        ):
            self.assertEqual(Candidate.parse("a=" + line + "\r\n").to_line(), line)

    def test_priorities_are_those_of_rfc_8445(self):
        self.assertEqual(priority("host"), 2130706431)
        self.assertEqual(priority("prflx"), 0x6EFFFFFF)
        self.assertTrue(priority("host", 1) < priority("host", 0))

    def test_malformed_lines_are_refused(self):
        for line in (
            "",
            "candidate:",
            "candidate:1 1 udp 5 10.0.0.1 5000 typ",
            "candidate:1 1 udp 5 10.0.0.1 5000 type host",
            "candidate:1 1 udp 5 10.0.0.1 5000 typ guest",
            "candidate:1 0 udp 5 10.0.0.1 5000 typ host",
            "candidate:1 1 udp 0 10.0.0.1 5000 typ host",
            "candidate:1 1 udp 2147483648 10.0.0.1 5000 typ host",
            "candidate:1 1 udp 5 10.0.0.1 65536 typ host",
            "candidate:1 1 udp 5 10.0.0.1 -1 typ host",
            "candidates:1 1 udp 5 10.0.0.1 1 typ host",
            HOST + " x" * 300,
        ):
            with self.assertRaises(ValueError):
                Candidate.parse(line)

    def test_addresses_that_only_look_like_ipv4_are_not_used(self):
        for ip in ("10.0.0", "10.0.0.256", "10.0.0.1.1", "10.0.0.+1", "a.b.c.d", "0.0.0.0"):
            self.assertFalse(Candidate.parse(f"candidate:1 1 udp 5 {ip} 9 typ host").is_usable)


if __name__ == "__main__":
    unittest.main()
