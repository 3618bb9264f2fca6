"""Which firmware image to flash: a file, the newest in a folder, or the official download page."""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import httpx

from . import images
from .chips import Chip
from .errors import DeviceError

SITE = "https://micropython.org"
# C3 has machine.I2S, and all of them DTLS-sized heaps, from here on.
OLDEST = (1, 25, 0)
SUMS = "SHA256SUMS"
_NAME = re.compile(
    r"^(?P<board>[A-Z0-9_]+(?:-[A-Z0-9_]+)?)-(?P<date>\d{8})-v(?P<version>[\d.]+)\.bin$"
)
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Choice:
    """An image, and by what its SHA-256 was vouched for."""

    image: images.Image
    vouched: str


def choose(
    wanted: str, source: str | None, sha256: str | None, cache: Path, site: str = SITE
) -> Choice:
    """The image for `wanted` (`ESP32_GENERIC_S3`, or with a variant behind a dash).

    source: a file, a folder with images, or None for the official page. sha256: what the file's
    digest must be. Raises DeviceError when there is none, or when it is not what it should be.
    """
    if source is None:
        path, vouched = _download(wanted, cache, site)
    elif Path(source).is_dir():
        path, vouched = _newest(wanted, Path(source)), ""
    else:
        path, vouched = Path(source), ""
    image = images.read(path)
    vouched = _check_digest(image, path, sha256) or vouched
    _check_version(image)
    return Choice(image, vouched or "its own digests")


def check_chip(image: images.Image, chip: Chip) -> None:
    """Raises DeviceError when the image is not for this chip."""
    if image.chip != chip:
        raise DeviceError(
            "wrong-chip",
            f"{image.name} is for {image.chip.title}, the board has an {chip.title}.",
            f"Use an image whose name begins with {chip.firmware}.",
        )


def _check_digest(image: images.Image, path: Path, sha256: str | None) -> str:
    listed = _listed(path)
    for wanted, where in ((sha256, "--sha256"), (listed, SUMS)):
        if wanted and wanted.lower() != image.sha256:
            raise DeviceError(
                "image-wrong",
                f"{path.name} has SHA-256 {image.sha256}, {where} says {wanted.lower()}.",
                "It is not the file that you meant, or it was damaged: download it again.",
            )
    return "--sha256" if sha256 else SUMS if listed else ""


def _listed(path: Path) -> str | None:
    """The file's digest in the list beside it, as `sha256sum` writes it."""
    try:
        lines = path.with_name(SUMS).read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        digest, _, name = line.partition(" ")
        if name.strip(" *") == path.name:
            return digest
    return None


def _check_version(image: images.Image) -> None:
    if not image.version:
        raise DeviceError(
            "image-wrong", f"{image.name} is not MicroPython.", "Roomtone runs on MicroPython."
        )
    if image.number < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise DeviceError(
            "firmware-old",
            f"{image.name} is MicroPython {image.version}; Roomtone needs v{oldest} or newer.",
            "Take a newer image, or let --firmware out.",
        )


def _newest(wanted: str, folder: Path) -> Path:
    path = _best([path.name for path in folder.glob("*.bin")], wanted)
    if path is None:
        raise DeviceError(
            "image-missing",
            f"{folder} holds no image {wanted}-DATE-vVERSION.bin.",
            f"Download one from {SITE}/download/{_page(wanted)}/.",
        )
    return folder / path


def _best(names: list[str], wanted: str) -> str | None:
    """The newest release among file names; previews are left aside."""
    found = [
        match for name in names if (match := _NAME.fullmatch(name)) and match["board"] == wanted
    ]
    if not found:
        return None
    return max(found, key=lambda m: ([int(n) for n in m["version"].split(".")], m["date"]))[0]


def _page(wanted: str) -> str:
    return wanted.partition("-")[0]


def _download(wanted: str, cache: Path, site: str) -> tuple[Path, str]:
    """Fetch the newest release, once; its digest is kept and asked for from then on."""
    try:
        with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True) as client:
            page = client.get(f"{site}/download/{_page(wanted)}/")
            page.raise_for_status()
            links = re.findall(r"/resources/firmware/([\w.-]+\.bin)", page.text)
            name = _best(links, wanted)
            if name is None:
                raise DeviceError("image-missing", f"{page.url} offers no image {wanted}.", "")
            path = cache / name
            if not path.exists():
                _keep(client.get(f"{site}/resources/firmware/{name}").raise_for_status(), path)
    except httpx.HTTPError as error:
        raise DeviceError(
            "download-failed",
            f"The image can't be downloaded: {_why(error)}.",
            f"Download {wanted} with a browser from {site}/download/{_page(wanted)}/ and give "
            "the file with --firmware.",
        ) from error
    return path, site.partition("://")[2]


def _why(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.request.url} answers {error.response.status_code}"
    return str(error) or type(error).__name__


def _keep(response: httpx.Response, path: Path) -> None:
    images.check(response.content, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(response.content)
    part.rename(path)
    with path.with_name(SUMS).open("a") as sums:
        sums.write(f"{hashlib.sha256(response.content).hexdigest()}  {path.name}\n")
