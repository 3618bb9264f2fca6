"""What a call may cost (docs/architecture.md), and what the measured figures mean on a chip."""
# MIT License; see LICENSE

from dataclasses import dataclass

# Machine code of our own may take this much executable RAM in a G.711 call.
NATIVE_BYTES = 24 * 1024
HEAP_BYTES = 100 * 1024
# A slice of the handshake may hold up the event loop for this long on an ESP32-S3.
SLICE_MS = 100

FRAMES_PER_SECOND = 50
# Executed instructions take more than a cycle: load-use stalls, flash cache misses. About 1.5 is
# what viper takes on these cores, 1.6 C libraries, 2.3 bytecode; the media path is mostly viper.
CYCLES_PER_INSTRUCTION = 1.8


# A chip's hardware hashes and AES, driven from the firmware, are 1.5 to 3 times cheaper than the
# software that the emulated core has; the lesser gain counts.
CRYPTO_GAIN = 1.5


def on_chip(path: dict[str, int]) -> int:
    """Instructions of a frame, both directions, with a chip's own hashes and AES."""
    saved = path["path_crypto"] * (1 - 1 / CRYPTO_GAIN)
    return int(path["path_out"] + path["path_in"] - saved)


@dataclass(frozen=True)
class Chip:
    """A chip, its clock, and the part of it that the media path may take."""

    name: str
    clock_hz: int
    media_percent: float

    def percent(self, instructions: int) -> float:
        """How much of the chip a frame's work takes, estimated from its instructions."""
        cycles = instructions * CYCLES_PER_INSTRUCTION * FRAMES_PER_SECOND
        return 100 * cycles / self.clock_hz

    def milliseconds(self, instructions: int) -> float:
        """How long so many instructions take, estimated."""
        return 1000 * instructions * CYCLES_PER_INSTRUCTION / self.clock_hz

    def media_instructions(self) -> int:
        """The budget of one frame, both directions, in instructions."""
        return int(self.clock_hz / FRAMES_PER_SECOND * self.media_percent / 100)


S3 = Chip("ESP32-S3", 240_000_000, 10)
C3 = Chip("ESP32-C3", 160_000_000, 20)
