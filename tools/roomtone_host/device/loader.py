"""The chip's own loader over esptool's Python API: name the chip, erase, write, verify, run."""
# MIT License; see LICENSE

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from esp_pylib.logger import EspLog, EspLogBase
from esptool import cmds
from esptool.util import FatalError

from .chips import Chip, by_title
from .errors import DeviceError
from .images import Image
from .ports import BROKEN, explain, is_gone, is_lost

# The loader's UART starts at 115200. All converters on boards manage this; the chip's own USB has
# no speed.
FAST_BAUD = 460800
_CONNECT_ATTEMPTS = 5

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Found:
    """The chip at a port, as its loader describes it."""

    chip: Chip
    revision: str
    features: tuple[str, ...]
    mac: str
    flash_size: str


class Loader:
    """The loader of the chip at `device`; a context manager that restarts the chip at its end.

    Every failure is a DeviceError.
    """

    def __init__(self, device: str, baud: int = FAST_BAUD) -> None:
        self.device = device
        self._progress: Progress = lambda step, done: None
        self._baud = baud
        self._esp: Any = None
        self._step = "connect"
        self._done = 0.0

    def __enter__(self) -> Loader:
        EspLog.instance = _Log(self._written)
        try:
            self._esp = cmds.detect_chip(self.device, connect_attempts=_CONNECT_ATTEMPTS)
        except BROKEN as error:
            raise explain(self.device, error) from error
        except FatalError as error:
            if "Could not open" in str(error):
                raise explain(self.device, error) from error
            raise DeviceError(
                "no-loader",
                f"The chip at {self.device} does not answer its loader's greeting.",
                "Hold BOOT, press RESET, let both go, and run the command again. "
                "If it stays silent, try another cable and port.",
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._esp is not None:
            self._esp._port.close()

    def identify(self) -> Found:
        """What chip this is. Raises DeviceError for one that Roomtone does not run on."""
        chip = by_title(self._esp.CHIP_NAME)
        with _Plain(self):
            self._attach()
            esp = self._esp
            mac = esp.read_mac("BASE_MAC")
            return Found(
                chip,
                f"v{esp.get_major_chip_version()}.{esp.get_minor_chip_version()}",
                tuple(esp.get_chip_features()),
                ":".join(f"{octet:02x}" for octet in mac) if mac else "",
                cmds.detect_flash_size(esp) or "",
            )

    def write(self, image: Image, progress: Progress | None = None) -> None:
        """Erase the whole flash, write the image where the chip boots from, and verify it.

        `progress` is told a step ("erase", "write", "verify") and how much of it is done, 0 to 1.
        Raises DeviceError: `wrong-chip` before anything is erased; `cable-pulled` or
        `write-failed` after, when the board holds no whole firmware.
        """
        chip = by_title(self._esp.CHIP_NAME)
        if image.chip != chip:
            raise DeviceError(
                "wrong-chip",
                f"{image.name} is for {image.chip.title}, this chip is an {chip.title}: "
                "nothing was written.",
                f"Use an image whose name begins with {chip.firmware}.",
            )
        if progress:
            self._progress = progress
        with _Plain(self):
            self._attach()
            self._tell("erase", 0.0)
            cmds.erase_flash(self._esp)
            self._tell("erase", 1.0)
            self._tell("write", 0.0)
            # Verified by esptool: it compares the MD5 of what the chip reads back.
            cmds.write_flash(self._esp, [(chip.offset, image.data)])
            self._tell("verify", 1.0)

    def restart(self) -> None:
        """Let the chip start what is in its flash."""
        with _Plain(self):
            cmds.reset_chip(self._esp, "hard-reset")

    def _attach(self) -> None:
        if self._esp.IS_STUB:
            return
        self._esp = cmds.run_stub(self._esp)
        # A pulled cable is told at once; esptool would wait for seconds, at a port whose name may
        # be another board's by then.
        self._esp.WRITE_FLASH_ATTEMPTS = 1
        if self._esp.get_usb_mode() is None and self._baud != self._esp.ESP_ROM_BAUD:
            self._esp.change_baud(self._baud)
        cmds.attach_flash(self._esp)

    def _tell(self, step: str, done: float) -> None:
        self._step, self._done = step, done
        self._progress(step, done)

    def _written(self, done: float) -> None:
        if self._step == "write":
            self._tell("write", done)

    def _broken(self, error: BaseException) -> DeviceError:
        """What a failure in the middle means for the board."""
        pulled = is_lost(error) or is_gone(self.device)
        text = "The cable was pulled" if pulled else "The chip stopped answering"
        if self._step == "connect":
            return DeviceError("cable-pulled" if pulled else "no-loader", f"{text}.", _AGAIN)
        return self._stopped(text, "cable-pulled" if pulled else "write-failed", _AGAIN)

    def _stopped(self, what: str, code: str, cure: str) -> DeviceError:
        return DeviceError(
            code,
            f"{what} at {self._done:.0%} of the {self._step}: the board has no whole firmware "
            "now, which does it no harm.",
            cure,
        )


_SAFE = "Run the same command again; the chip's loader can't be lost."
_AGAIN = "Plug it in again and run the same command again; the chip's loader can't be lost."


class _Plain:
    """Turns esptool's and pyserial's exceptions into DeviceErrors."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyboardInterrupt) and self._loader._step != "connect":
            raise self._loader._stopped("You stopped it", "interrupted", _SAFE) from error
        if not isinstance(error, (FatalError, *BROKEN)):
            return
        text = str(error)
        if "MD5" in text or "region is empty" in text:
            raise DeviceError(
                "verify-failed",
                "What the chip reads back is not what was written.",
                "Try once more with --baud 115200; if it stays so, the flash is worn out.",
            ) from error
        if "security" in text.lower() or "encryption" in text or "Secure Boot" in text:
            raise DeviceError(
                "chip-locked",
                "This chip is locked to its maker's firmware (secure boot or flash encryption).",
                "Use a board without; that can't be undone.",
            ) from error
        if "will not fit" in text or "chip revision" in text:
            raise DeviceError("image-unfit", f"{text.split('. ')[0].rstrip('.')}.") from error
        raise self._loader._broken(error) from error


class _Log(EspLogBase):
    """esptool's output: only its progress is of interest, errors arrive as exceptions."""

    def __init__(self, written: Callable[[float], None]) -> None:
        self._written = written

    def print(self, *args: Any, **kwargs: Any) -> None:
        pass

    def err(self, *args: Any, suggestion: str | None = None) -> None:
        pass

    def warn(self, *args: Any, suggestion: str | None = None) -> None:
        pass

    warning = warn
    error = err
    note = hint = debug = print

    def set_verbosity(self, mode: int | str) -> None:
        pass

    def progress_bar(
        self,
        cur_iter: int,
        total_iters: int,
        prefix: str = "",
        suffix: str = "",
        bar_length: int = 30,
    ) -> None:
        self._written(cur_iter / total_iters if total_iters else 1.0)
