"""The server's own certificate stays, because boards pin it, for as long as its links hold."""
# MIT License; see LICENSE

from __future__ import annotations

from pathlib import Path

import pytest
from roomtone_host.server import tls

HOST = "0.0.0.0"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of this machine, to be changed by a test."""
    found = ["192.0.2.7", "127.0.0.1"]
    monkeypatch.setattr(tls, "media_addresses", lambda host: list(found))
    return found


@pytest.mark.parametrize("place", [0, 1])
def test_a_network_that_comes_leaves_it(tmp_path: Path, addresses: list[str], place: int):
    made = tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0])
    addresses.insert(place, "198.51.100.1")
    assert tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0]) == made


def test_another_address_renews_it(tmp_path: Path, addresses: list[str]):
    made = tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0])
    addresses[0] = "192.0.2.8"
    assert tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0]) != made


def test_it_is_renewed_before_it_ends(tmp_path: Path, addresses: list[str], monkeypatch):
    monkeypatch.setattr(tls, "_DAYS", tls._RENEW_DAYS - 1)
    made = tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0])
    assert tls.fingerprint(tls.ensure_certificate(tmp_path, HOST)[0]) != made
