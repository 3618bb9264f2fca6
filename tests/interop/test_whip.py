"""The WHIP client in MicroPython at an endpoint of uvicorn and aiortc, plain and with TLS."""
# MIT License; see LICENSE

import asyncio
import contextlib
import datetime
import ipaddress
import os
from pathlib import Path

import aioice.ice
import pytest
import uvicorn
from aiortc import RTCPeerConnection, RTCSessionDescription
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI, Request, Response

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = ROOT / ".venv" / "bin" / "micropython"
TOKEN = "secret"

# Media stays on this machine.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Endpoint:
    """A WHIP endpoint with one session; `log` has what was asked of it."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.log: list[str] = []
        self.peer = RTCPeerConnection()
        self.app.add_api_route("/moved", self.moved, methods=["POST"])
        self.app.add_api_route("/whip", self.begin, methods=["POST"])
        self.app.add_api_route("/sessions/1", self.end, methods=["DELETE"])

    async def moved(self) -> Response:
        return Response(status_code=307, headers={"Location": "whip"})

    async def begin(self, request: Request) -> Response:
        self.log.append("POST")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response("who are you?", status_code=401)
        offer = (await request.body()).decode()
        await self.peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        answer = self.peer.localDescription.sdp
        headers = {"Location": "/sessions/1"}
        return Response(answer, 201, headers, media_type="application/sdp")

    async def end(self) -> Response:
        self.log.append("DELETE")
        return Response()


@contextlib.asynccontextmanager
async def serving(endpoint: Endpoint, **options):
    config = uvicorn.Config(endpoint.app, port=0, log_level="error", **options)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
        await endpoint.peer.close()


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate of localhost: (certificate as DER, key and certificate as PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    der, pem = folder / f"{name}.der", folder / f"{name}.pem"
    der.write_bytes(certificate.public_bytes(serialization.Encoding.DER))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return der, pem


async def call(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        MICROPYTHON,
        "tests/interop/whip_client.py",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "MICROPYPATH": "lib:.frozen"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(30):
        return (await process.communicate())[0].decode().strip()


@pytest.mark.parametrize("path", ["whip", "moved"])
async def test_a_call_begins_with_post_and_ends_with_delete(path):
    endpoint = Endpoint()
    async with serving(endpoint) as port:
        assert await call(f"http://127.0.0.1:{port}/{path}", TOKEN) == "sent 50"
    assert endpoint.log == ["POST", "DELETE"]


async def test_a_refusal_has_its_status_and_text():
    endpoint = Endpoint()
    async with serving(endpoint) as port:
        said = await call(f"http://127.0.0.1:{port}/whip", "wrong")
        assert said == "WhipError the endpoint answered 401: who are you?"
        said = await call(f"http://127.0.0.1:{port}/nothing", TOKEN)
        assert said.startswith("WhipError the endpoint answered 404")


async def test_nobody_there_is_an_error():
    assert (await call("http://127.0.0.1:1/whip", TOKEN)).startswith("HttpError")


async def test_https_is_verified(tmp_path):
    trusted, server = make_certificate(tmp_path, "localhost")
    other, _ = make_certificate(tmp_path, "other")
    endpoint = Endpoint()
    async with serving(endpoint, ssl_certfile=server, ssl_keyfile=server) as port:
        url = f"https://localhost:{port}/whip"
        assert (await call(url, TOKEN)).startswith("ValueError https needs ca")
        assert (await call(url, TOKEN, str(other))).startswith("HttpError")
        assert endpoint.log == []
        assert await call(url, TOKEN, str(trusted)) == "sent 50"
    assert endpoint.log == ["POST", "DELETE"]
