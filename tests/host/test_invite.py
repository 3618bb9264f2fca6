"""Invite links as the host's commands read them."""
# MIT License; see LICENSE

import pytest
from roomtone_host.invite import Invite, read


def test_a_whole_link():
    found = read(" https://10.0.0.2:8080/r/kitchen#token=a.b.c&certificate=12ab&update=99\n")
    assert found == Invite("https://10.0.0.2:8080", "kitchen", "a.b.c", "12ab")


def test_what_a_link_may_lack_or_have_besides():
    assert read("http://lab/r/a%20b") == Invite("http://lab", "a b", "", "")
    assert read("roomtone://lab/rooms/r/x/#") == Invite("https://lab/rooms", "x", "", "")


@pytest.mark.parametrize("text", ["", "hello", "ftp://h/r/x", "https://h/x", "https:///r/x"])
def test_what_is_no_link_is_refused(text):
    with pytest.raises(ValueError, match="is no invite link"):
        read(text)
