"""TLS for the local network: a self-signed certificate, made once for this machine's names."""
# MIT License; see LICENSE

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .ice import media_addresses

# Browsers refuse more than 825 days for a certificate that was trusted by hand.
_DAYS = 820
_RENEW_DAYS = 30


def ensure_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Certificate and key files in `folder`, made or renewed when they must be.

    They are renewed near their end, or when none of this machine's addresses is in them any more:
    boards pin the certificate, and a network that comes and goes must not cut them off.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    addresses = media_addresses(host)
    if not (certificate.exists() and key.exists() and _still_good(certificate, addresses)):
        _make(certificate, key, machine_names(host))
    return certificate, key


def machine_names(host: str) -> list[str]:
    """What this machine may be called in a URL, when the server listens on `host`."""
    name = socket.gethostname()
    local = [name, name.split(".")[0] + ".local"] if not host.startswith("127.") else []
    return list(dict.fromkeys(["localhost", *local, *media_addresses(host), "127.0.0.1"]))


def fingerprint(certificate: Path) -> str:
    """The sha-256 of a certificate file's first certificate, as "AA:BB:..."."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def _alternative_names(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _still_good(path: Path, addresses: list[str]) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        return False
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=_RENEW_DAYS)
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    # The loopback is in every one, and reaches from nowhere else.
    outer = [one for one in addresses if not one.startswith("127.")] or addresses
    reached = any(name in held for name in _alternative_names(outer))
    return certificate.not_valid_after_utc > soon and reached


def _make(path: Path, key_path: Path, names: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Roomtone")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(_alternative_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    key_path.unlink(missing_ok=True)
    handle = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
