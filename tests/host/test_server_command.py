"""`roomtone serve` and `roomtone token` as processes: start line, TLS, signals, bad use."""
# MIT License; see LICENSE

import contextlib
import errno
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from room_client import RoomClient
from roomtone_host import cli
from roomtone_host.server import runner, tokens
from roomtone_host.server.announce import announce
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer
from typer.testing import CliRunner

_COMMAND = [sys.executable, "-m", "roomtone_host.cli"]


@contextlib.contextmanager
def serving(tmp_path, *options):
    """A server process and its start line."""
    command = [*_COMMAND, "serve", "--json", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def run(*options, **more):
    return subprocess.run(
        [*_COMMAND, *options], capture_output=True, check=False, text=True, timeout=30, **more
    )


async def check_stop(tmp_path, number):
    with serving(tmp_path, "--open", "--room", "lab") as (process, start):
        ada = RoomClient(start["url"], "lab", "Ada")
        assert (await ada.join())["type"] == "joined"
        process.send_signal(number)
        error = await ada.wait("error")
        assert (error["code"], error["retriable"]) == ("server-stopping", True)
        assert await ada.wait_closed() == 4000
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
        await ada.close()


async def test_sigint_sends_everybody_away_and_ends_with_0(tmp_path):
    await check_stop(tmp_path, signal.SIGINT)


async def test_sigterm_sends_everybody_away_and_ends_with_0(tmp_path):
    await check_stop(tmp_path, signal.SIGTERM)


async def test_tls_makes_a_certificate_and_keeps_it(tmp_path):
    data = tmp_path / "data"
    with serving(tmp_path, "--tls", "--host", "127.0.0.1", "--room", "lab") as (_, start):
        assert start["url"].startswith("https://127.0.0.1:")
        pem = (data / "certificate.pem").read_text()
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
        assert start["fingerprint"].replace(":", "") == digest
        assert (data / "key.pem").stat().st_mode & 0o777 == 0o600
        trusted = ssl.create_default_context(cafile=str(data / "certificate.pem"))
        token = run("token", "--room", "lab", "--data", str(data)).stdout.strip()
        ada = RoomClient(start["url"], "lab", "Ada")
        await ada.open(token, ssl=trusted)
        await ada.send({"type": "join", "sdp": await ada.offer()})
        assert (await ada.wait("joined"))["room_id"] == "lab"
        await ada.close()
    with serving(tmp_path, "--tls", "--host", "127.0.0.1") as (_, again):
        assert again["fingerprint"] == start["fingerprint"]


def test_a_token_is_what_was_asked_for(tmp_path):
    made = run(
        *("token", "--room", "lab", "--participant", "hall", "--mod", "--hours", "2"),
        *("--data", str(tmp_path)),
    )
    claims = jwt.decode(
        made.stdout.strip(), (tmp_path / "secret").read_text().strip(), algorithms=["HS256"]
    )
    assert (claims["roomId"], claims["participantId"]) == ("lab", "hall")
    assert claims["permissions"] == ["allow_join", "allow_mod"] and claims["version"] == 2
    assert claims["exp"] - claims["iat"] == 7200


def test_bad_use_is_one_sentence_and_exit_code_2(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    text = str(tmp_path / "text.pem")
    Path(text).write_text("no certificate")
    for options, told in (
        (("serve", "--room", "no good", *data), "no good"),
        (("serve", "--host", "203.0.113.77", "--port", "0", *data), "no address of this machine"),
        (("serve", "--cert", "x.pem", *data), "belong together"),
        (("serve", "--port", "0", "--cert", "x.pem", "--key", "y.pem", *data), "x.pem"),
        (("serve", "--port", "0", "--cert", text, "--key", text, *data), "as PEM"),
        (("serve", "--host", "a b", "--port", "0", *data), "no known name"),
        (("token", "--participant", "a b", *data), "a b"),
        (("token", "--api", "--room", "lab", *data), "every room"),
        (("serve", "--port", "0", "--data", "/proc/no"), "/proc/no"),
    ):
        done = CliRunner().invoke(cli.app, options)
        assert done.exit_code == 2, (options, done.stderr)
        assert done.stdout == "" and done.stderr.count("\n") <= 2, done.stderr
        assert told in done.stderr and "[Errno" not in done.stderr


def test_help_and_text_for_people(tmp_path):
    assert "--json" in run("serve", "--help", env={**os.environ, "COLUMNS": "120"}).stdout
    command = [*_COMMAND, "serve", "--port", "0", "--host", "127.0.0.1", "--room", "lab"]
    with subprocess.Popen(
        [*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        process.terminate()
        assert process.wait(20) == 0
    text = "".join(lines)
    secret = (tmp_path / "secret").read_text().strip()
    assert secret not in text
    token = re.search(r"/r/lab#token=([\w.-]+)", text)[1]
    claims = jwt.decode(token, secret, algorithms=["HS256"])
    # A board keeps it; the room's page hands on no token that allows more.
    assert claims["exp"] - claims["iat"] == 365 * 24 * 3600
    assert claims["permissions"] == ["allow_join"]


def test_an_address_of_ipv6_is_printed_whole(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(RoomServer, "url", lambda self: "http://[fd00::5]:8080")
    announce(RoomServer(Config(tmp_path, rooms=["lab"])), as_json=False)
    text = capsys.readouterr().out
    assert "is at http://[fd00::5]:8080" in text and "http://[fd00::5]:8080/r/lab#" in text


def test_a_name_of_both_kinds_is_served_where_its_address_says(monkeypatch):
    ours = socket.getaddrinfo("127.0.0.1", 0, type=socket.SOCK_STREAM)
    other = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0))
    monkeypatch.setattr(runner.socket, "getaddrinfo", lambda *_, **__: [other, *ours])
    with runner._bind("localhost", 0) as bound:
        assert bound.family == socket.AF_INET


def test_a_full_disk_leaves_no_half_secret(tmp_path, monkeypatch):
    def full(handle, *_):
        os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(tokens.os, "fdopen", full)
        tokens.load_secret(tmp_path)
    assert len(tokens.load_secret(tmp_path)) == 64
