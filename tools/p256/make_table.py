"""Derive lib/webrtc/p256_table.py: multiples of the P-256 base point as constants."""
# MIT License; see LICENSE

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

HEADER = '''"""Multiples of the P-256 base point. Made by tools/p256/make_table.py; do not edit."""
# MIT License; see LICENSE

# Each point is x and y, 32 bytes each, big endian. Bytes and not integers: one block of memory
# that is taken at import, instead of a hundred small ones between garbage.
'''
PER_LINE = 22


def point(scalar: int) -> bytes:
    """Return x and y of scalar * G."""
    numbers = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def comb() -> bytes:
    """Return the points of digits 1 to 15 of a comb whose 4 teeth stand 64 bits apart."""
    return b"".join(
        point(sum(1 << 64 * tooth for tooth in range(4) if digit >> tooth & 1))
        for digit in range(1, 16)
    )


def odd() -> bytes:
    """Return 1G, 3G .. 63G."""
    return b"".join(point(scalar) for scalar in range(1, 64, 2))


def literal(name: str, comment: str, data: bytes) -> str:
    """Return the source of a bytes constant in lines that fit the style."""
    lines = [data[i : i + PER_LINE] for i in range(0, len(data), PER_LINE)]
    escaped = ['    b"' + "".join(f"\\x{byte:02x}" for byte in line) + '"' for line in lines]
    return f"\n# {comment}\n{name} = (\n" + "\n".join(escaped) + "\n)\n"


def source() -> str:
    """Return the whole text of the module."""
    return (
        HEADER
        + literal("COMB", "Sums of G, 2^64 G, 2^128 G and 2^192 G: index digit - 1.", comb())
        + literal("ODD", "1G, 3G .. 63G: index half of the multiple.", odd())
    )


if __name__ == "__main__":
    target = Path(__file__).parents[2] / "lib" / "webrtc" / "p256_table.py"
    target.write_text(source())
