"""Updates over the air: releases signed here, kept by content, served to boards.

A release is a text that a board reads a line at a time (docs/updating.md): its first line holds
the public key and the signature of all that follows, then come board, arch, version, number, and
a line for each file with its SHA-256. Files are kept and asked for by that digest, so that what
two releases share exists once and is fetched once.
"""
# MIT License; see LICENSE

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

FORMAT = "roomtone-release-1"
# What picks and starts a release, on the board for good, and what is the board's own.
KEPT = frozenset({"settings.json", "identity.bin", "crash.log", "refused", "release.txt"})
_LOADER = frozenset({"boot", "main", "switch", "trial", "safemode"})
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,5}")
_PATH_LIMIT = 96
_FILES_LIMIT = 512
_CACHE_FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclass(frozen=True)
class Release:
    """One firmware for one board: `number` grows with every release, `version` is for people."""

    board: str
    arch: str
    version: str
    number: int
    files: Mapping[str, bytes]

    def body(self) -> str:
        """The signed part of the text. Raises ValueError for what a board would refuse."""
        for name in (self.board, self.arch, self.version):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} can't be part of a release")
        if not self.files or len(self.files) > _FILES_LIMIT:
            raise ValueError(f"a release has 1 to {_FILES_LIMIT} files")
        lines = [f"board {self.board}", f"arch {self.arch}"]
        lines += [f"version {self.version}", f"number {self.number}"]
        for path in sorted(self.files):
            _check_path(path)
            data = self.files[path]
            lines.append(f"file {hashlib.sha256(data).hexdigest()} {len(data)} {path}")
        return "".join(line + "\n" for line in lines)


class Updates:
    """The releases in a server's data folder, and the key that signs them."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "updates"

    def publish(self, release: Release) -> None:
        """Sign a release and offer it to its boards, in place of the one before."""
        body = release.body()
        files = self._folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        for data in release.files.values():
            path = files / hashlib.sha256(data).hexdigest()
            if not path.exists():
                _write(path, data)
        # Last, and in one step: whoever reads it finds every file that it names.
        _write(self._release_path(release.board), self.sign(body).encode())

    def sign(self, body: str) -> str:
        """The whole text of a release: the line with key and signature, then `body`."""
        key = self._key()
        signature = key.sign(body.encode(), ec.ECDSA(hashes.SHA256()))
        text = base64.b64encode(signature).decode()
        return f"{FORMAT} {_point(key.public_key()).hex()} {text}\n{body}"

    def has_key(self) -> bool:
        """Whether there is a signing key, and so releases."""
        return self._key_path().exists()

    def pin(self) -> str:
        """SHA-256 of the public key, for the board's setting `update_key_sha256`."""
        return hashlib.sha256(_point(self._key().public_key())).hexdigest()

    def release(self, board: str) -> str | None:
        """The text of the release for `board`; None when there is none."""
        if not _NAME.fullmatch(board):
            return None
        try:
            return self._release_path(board).read_text()
        except OSError:
            return None

    def file(self, digest: str) -> Path | None:
        """The file with this SHA-256; None when no release has it."""
        path = self._folder / "files" / digest
        return path if re.fullmatch(r"[0-9a-f]{64}", digest) and path.is_file() else None

    def _key_path(self) -> Path:
        return self._folder / "key.pem"

    def _release_path(self, board: str) -> Path:
        return self._folder / "releases" / board

    def _key(self) -> ec.EllipticCurvePrivateKey:
        """The signing key, made when first asked for, readable by its owner only."""
        path = self._key_path()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write(path, _pem(ec.generate_private_key(ec.SECP256R1())), 0o600)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError(f"{path} is not a P-256 key")
        return key


@router.get("/v1/updates/{board}")
async def get_release(request: Request, board: str) -> Response:
    """The release for a board. Nobody needs a token: who made it is told by the signature."""
    text = request.app.state.hub.updates.release(board)
    if text is None:
        raise HTTPException(404)
    return Response(text, media_type="text/plain; charset=utf-8")


@router.get("/v1/updates/files/{digest}")
async def get_file(request: Request, digest: str) -> Response:
    """A file of a release."""
    path = request.app.state.hub.updates.file(digest)
    if path is None:
        raise HTTPException(404)
    return FileResponse(
        path, media_type="application/octet-stream", headers={"Cache-Control": _CACHE_FOR_EVER}
    )


def is_updated(path: str) -> bool:
    """Whether a file of a deployment is also part of a release."""
    return path not in KEPT and path.partition(".")[0] not in _LOADER


def _check_path(path: str) -> None:
    if len(path) > _PATH_LIMIT or not _PATH.fullmatch(path) or not is_updated(path):
        raise ValueError(f"{path} can't be part of a release")


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file as a whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    beside.replace(path)
