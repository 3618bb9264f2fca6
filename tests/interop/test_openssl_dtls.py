"""DTLS-SRTP on MicroPython against `openssl s_client` and `s_server`, keys compared."""
# MIT License; see LICENSE

import os
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPENSSL = shutil.which("openssl")
MICROPYTHON = ROOT / ".venv" / "bin" / "micropython"
DRIVER = ROOT / "tests" / "interop" / "dtls_driver.py"
LIMIT_S = 30
EXPORT = ("-use_srtp", "SRTP_AES128_CM_SHA1_80", "-keymatexport", "EXTRACTOR-dtls_srtp")
EXPORT += ("-keymatexportlen", "60")
EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA_KEY = ("-newkey", "rsa:2048")

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


class Peer:
    """A certificate with its key, and the openssl processes that use it."""

    def __init__(self, folder: Path, key: tuple[str, ...]) -> None:
        self.files = ("-cert", str(folder / "cert.pem"), "-key", str(folder / "key.pem"))
        request = (OPENSSL, "req", "-x509", "-nodes", "-subj", "/CN=peer", "-days", "30", *key)
        names = ("-out", self.files[1], "-keyout", self.files[3])
        subprocess.run((*request, *names), check=True, capture_output=True)
        command = (OPENSSL, "x509", "-in", self.files[1], "-noout", "-fingerprint", "-sha256")
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.fingerprint = text.strip().split("=")[1]

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            (OPENSSL, *arguments, "-dtls1_2", *self.files, *EXPORT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def start_driver(role: str, port: int, fingerprint: str, *options: str) -> subprocess.Popen:
    return subprocess.Popen(
        (str(MICROPYTHON), str(DRIVER), role, str(port), fingerprint, *options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "MICROPYPATH": f"{ROOT / 'lib'}:.frozen"},
    )


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process: subprocess.Popen, words: str) -> str:
    """Read lines until one has the words; return all that was read."""
    text = ""
    watchdog = threading.Timer(LIMIT_S, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            text += line
            if words in line:
                return text
    finally:
        watchdog.cancel()
    raise AssertionError(f"{words!r} never came:\n{text}")


def finish(*processes: subprocess.Popen) -> None:
    for process in processes:
        process.kill()
        process.communicate(timeout=LIMIT_S)


def exported(text: str) -> str:
    return re.search(r"Keying material: ([0-9A-F]{120})", text).group(1).lower()


def connected(text: str) -> str:
    return re.search(r"^connected ([0-9a-f]{120})$", text, re.MULTILINE).group(1)


@pytest.fixture(scope="module", params=[EC_KEY, RSA_KEY], ids=["ecdsa", "rsa"])
def peer(request, tmp_path_factory):
    return Peer(tmp_path_factory.mktemp("peer"), request.param)


@pytest.mark.parametrize("scheme", ["RSA-PSS+SHA256", "RSA+SHA256"])
def test_client_verifies_both_rsa_paddings(tmp_path, scheme):
    peer = Peer(tmp_path, RSA_KEY)
    run_as_client(peer, "-sigalgs", f"{scheme}:ECDSA+SHA256")


def run_as_client(peer: Peer, *options: str) -> None:
    port = free_port()
    accept = ("-accept", f"127.0.0.1:{port}", "-naccept", "1", "-Verify", "1")
    server = peer.start("s_server", *accept, *options)
    wait_for(server, "ACCEPT")
    driver = start_driver("client", port, peer.fingerprint, "close")
    try:
        ours = connected(wait_for(driver, "connected"))
        text = wait_for(server, "Keying material:")
        assert exported(text) == ours
        assert "SRTP Extension negotiated, profile=SRTP_AES128_CM_SHA1_80" in text
        wait_for(server, "CONNECTION CLOSED")  # by our close_notify
    finally:
        finish(server, driver)


def test_client_role_with_cookie_and_client_certificate(peer):
    run_as_client(peer)


@pytest.mark.parametrize("mtu", ["256", "1400"])
def test_server_role(peer, mtu):
    port = free_port()
    driver = start_driver("server", port, peer.fingerprint)
    wait_for(driver, "ready")
    client = peer.start("s_client", "-connect", f"127.0.0.1:{port}", "-mtu", mtu)
    try:
        ours = connected(wait_for(driver, "connected"))
        text = wait_for(client, "Keying material:")
        assert exported(text) == ours
        client.communicate("Q\n", timeout=LIMIT_S)  # sends close_notify
        wait_for(driver, "closed")
    finally:
        finish(client, driver)


@pytest.mark.parametrize("role", ["client", "server"])
def test_wrong_fingerprint_is_refused(peer, role):
    port = free_port()
    wrong = ("00" if peer.fingerprint[:2] != "00" else "01") + peer.fingerprint[2:]
    if role == "client":
        other = peer.start("s_server", "-accept", f"127.0.0.1:{port}", "-Verify", "1")
        wait_for(other, "ACCEPT")
        driver = start_driver("client", port, wrong)
    else:
        driver = start_driver("server", port, wrong)
        wait_for(driver, "ready")
        other = peer.start("s_client", "-connect", f"127.0.0.1:{port}")
    try:
        text = wait_for(driver, "failed")
        assert "does not match its fingerprint" in text
    finally:
        finish(other, driver)


def test_peer_without_srtp_is_refused(peer):
    port = free_port()
    driver = start_driver("server", port, peer.fingerprint)
    wait_for(driver, "ready")
    command = (OPENSSL, "s_client", "-dtls1_2", "-connect", f"127.0.0.1:{port}", *peer.files)
    client = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert "lacks SRTP" in wait_for(driver, "failed")
    finally:
        finish(client, driver)
