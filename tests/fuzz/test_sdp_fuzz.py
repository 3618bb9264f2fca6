"""SDP and candidate lines, arbitrary and mutated: ValueError or a description, nothing else."""
# MIT License; see LICENSE

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webrtc import sdp
from webrtc.candidate import Candidate
from webrtc.ice import IceAgent

LIMITS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
FIXTURES = [
    path.read_text()
    for path in sorted((Path(__file__).parents[1] / "fixtures" / "sdp").glob("*.sdp"))
]
LOCAL = sdp.Local(
    [(0, "PCMU", 8000, ""), (111, "opus", 48000, "useinbandfec=1")],
    "abcd1234",
    "p" * 24,
    ":".join(["A5"] * 32),
    5,
    "board",
    ("candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host",),
)
WORDS = st.one_of(
    st.text(max_size=12),
    st.integers(-5, 2**64).map(str),
    st.sampled_from(["0", "65536", "PCMU/8000", "opus/48000/2", "sha-256", "actpass", "²", "٣"]),
)
NAMES = [
    *("v", "o", "s", "t", "c", "m", "a=mid", "a=group", "a=rtpmap", "a=fmtp", "a=extmap"),
    *("a=ssrc", "a=candidate", "a=fingerprint", "a=setup", "a=ice-ufrag", "a=ice-pwd", "a=ptime"),
    *("a=ice-options", "a=bundle-only", "a=rtcp-mux", "a=sendonly", "a=msid", "a=crypto"),
]
LINES = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["=", ":", ""]), st.lists(WORDS, max_size=7)
).map(lambda line: line[0] + line[1] + " ".join(line[2]))


def use(text: str) -> None:
    """Do with a description all that a peer connection does; only ValueError may come out."""
    try:
        session = sdp.Session.parse(text)
        written = session.to_text()
    except ValueError:
        return
    again = sdp.Session.parse(written)
    assert again.to_text() == written
    try:
        answered = sdp.answer(session, LOCAL)
    except ValueError:
        return
    assert [m.kind for m in answered.media] == [m.kind for m in session.media]
    sdp.Session.parse(answered.to_text()).audio()


@given(st.lists(LINES, max_size=30))
@LIMITS
def test_arbitrary_lines(lines):
    use("v=0\r\n" + "\r\n".join(lines))


@given(st.text(max_size=300))
@LIMITS
def test_arbitrary_text(text):
    use(text)


@given(st.sampled_from(FIXTURES), st.data())
@LIMITS
def test_descriptions_of_peers_with_lines_changed(text, data):
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(lines) - 1))
        what = data.draw(st.sampled_from(["remove", "repeat", "swap", "insert", "cut"]))
        if what == "remove" and len(lines) > 1:
            lines.pop(where)
        elif what == "repeat":
            lines.insert(where, lines[where])
        elif what == "swap":
            lines[0], lines[where] = lines[where], lines[0]
        elif what == "insert":
            lines.insert(where, data.draw(LINES))
        else:
            lines[where] = lines[where][: data.draw(st.integers(0, len(lines[where])))]
    use("\n".join(lines))


@given(st.lists(WORDS, max_size=14), st.booleans())
@LIMITS
def test_candidate_lines(words, sensible):
    line = " ".join(words)
    if sensible:
        line = "candidate:1 1 udp 2130706431 " + line + " typ host"
    agent = IceAgent(True, lambda n: b"r" * n, [("10.0.0.1", 1)])
    agent.add_remote_candidate(line)
    try:
        candidate = Candidate.parse(line)
    except ValueError:
        return
    assert Candidate.parse(candidate.to_line()).to_line() == candidate.to_line()
