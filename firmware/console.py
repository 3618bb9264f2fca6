"""The REPL beside the running audio: lines for people, raw REPL and raw paste for mpremote."""
# MIT License; see LICENSE

import asyncio
import io
import sys

import micropython
from micropython import const

_CTRL_A = const(0x01)
_CTRL_B = const(0x02)
_CTRL_C = const(0x03)
_CTRL_D = const(0x04)
_CTRL_E = const(0x05)
_BACKSPACE = const(0x08)
_NEWLINE = const(0x0A)
_RETURN = const(0x0D)
_ESCAPE = const(0x1B)
_DELETE = const(0x7F)

# Raw paste, docs/reference/repl.rst of MicroPython: the host may be this far ahead of us.
_WINDOW = const(128)
_MAX_LINE = const(256)
_PAUSE_MS = const(100)
_MAX_RAW = const(65536)
_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Console:
    """Runs what is typed, in `namespace`, between the other tasks.

    A command runs to its end in one go: while it does, no audio moves; only lines with `await`
    let the rest go on. `commands` are names that need no brackets: `volume 70`.
    `reset` is called where a board would reset softly; `stream` reads, `write` takes bytes.
    """

    def __init__(self, namespace, commands=(), reset=None, stream=None, write=None):
        self._namespace = namespace
        self._own = set(namespace)
        self._commands = commands
        self._reset = reset
        self._reader = asyncio.StreamReader(stream or sys.stdin.buffer)
        self._write = write or sys.stdout.buffer.write
        self._was_return = False

    async def run(self):
        """Read and run until the input ends."""
        # From here Ctrl-C is a key; it interrupts only while a command runs.
        micropython.kbd_intr(-1)
        try:
            while True:
                self._write(b"\r\n>>> ")
                await self._serve()
        except (EOFError, OSError):
            return  # nobody can type any more; the board goes on
        finally:
            micropython.kbd_intr(_CTRL_C)

    async def _serve(self):
        try:
            while True:
                await self._friendly()
                await self._raw()
        except (EOFError, OSError):
            raise
        except Exception as error:
            # No memory for this line, say. The one way to ask the board why has to stay open.
            sys.print_exception(error)
            await asyncio.sleep_ms(_PAUSE_MS)

    async def _key(self):
        data = await self._reader.read(1)
        if not data:
            raise EOFError
        return data[0]

    # -- lines for people ------------------------------------------------------------------

    async def _friendly(self):
        """Lines until Ctrl-A."""
        line = bytearray()
        block = ""
        while True:
            key = await self._key()
            if key == _NEWLINE and self._was_return:
                self._was_return = False
                continue  # the second half of CR LF
            self._was_return = key == _RETURN
            if key == _CTRL_A:
                return
            if key in (_RETURN, _NEWLINE):
                self._write(b"\r\n")
                block = await self._take_line(line, block)
                line = bytearray()
                self._write(b"... " if block else b">>> ")
            elif key in (_CTRL_B, _CTRL_C):
                line = bytearray()
                block = ""
                self._write(b"\r\n" + (_banner() if key == _CTRL_B else b"") + b">>> ")
            elif key == _CTRL_D and not line:
                self._soft_reset()
                self._write(b">>> ")
            elif key == _ESCAPE:
                await self._skip_escape()
            else:
                self._edit(line, key)

    def _edit(self, line, key):
        if key in (_BACKSPACE, _DELETE):
            if line:
                line[:] = line[:-1]
                self._write(b"\x08 \x08")
        elif (key >= 0x20 or key == 0x09) and len(line) < _MAX_LINE:
            line.append(key)
            self._write(bytes((key,)))

    async def _skip_escape(self):
        """Arrow keys and their like: swallow the sequence up to its last letter."""
        if await self._key() == 0x5B:
            while not 0x40 <= await self._key() <= 0x7E:
                pass  # parameters of the sequence

    async def _take_line(self, line, block):
        """Run a line, or gather a block that a colon began; returns the block so far."""
        try:
            line = _text(line)
        except UnicodeError:
            return ""  # noise on a serial line
        if block:
            if line.strip():
                return block + "\n" + line
            await self._run_line(block)
            return ""
        if line.rstrip().endswith(":"):
            return line
        if line.strip():
            await self._run_line(line.strip())
        return ""

    async def _run_line(self, line):
        try:
            line = self._as_call(line)
            if "await " in line:
                await self._run_awaiting(line)
            else:
                self._show(self._evaluate(line))
        except SystemExit:
            pass  # a script that ends itself ends here, not the board
        except KeyboardInterrupt:
            print("interrupted")  # the command was, not the board
        except Exception as error:
            sys.print_exception(error)

    def _as_call(self, line):
        """`volume 70` becomes `volume(70)`; what is not a bare command stays."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word not in self._commands or rest[:1] in ("(", "=", "."):
            return line
        if rest and not rest.lstrip("-").isdigit():
            rest = repr(rest.strip("\"'"))
        return f"{word}({rest})"

    def _evaluate(self, code):
        _allow_interrupt(True)
        try:
            try:
                return eval(code, self._namespace)
            except SyntaxError:
                exec(code, self._namespace)
        finally:
            _allow_interrupt(False)

    async def _run_awaiting(self, line):
        scope = self._namespace
        try:
            exec(f"async def __line():\n return ({line})", scope)
        except SyntaxError:
            exec("async def __line():\n " + line.replace("\n", "\n "), scope)
        self._show(await scope.pop("__line")())

    def _show(self, value):
        if value is not None:
            print(repr(value))

    # -- raw REPL for programs -------------------------------------------------------------

    async def _raw(self):
        """Raw REPL until Ctrl-B."""
        code = bytearray()
        self._write(_RAW_BANNER)
        while True:
            key = await self._key()
            if key == _CTRL_A:
                code = bytearray()
                self._write(_RAW_BANNER)
            elif key == _CTRL_B:
                self._write(b"\r\n" + _banner() + b">>> ")
                return
            elif key == _CTRL_C:
                code = bytearray()
            elif key == _CTRL_E and not code:
                await self._paste_asked()
            elif key == _CTRL_D:
                self._write(b"OK")
                if code:
                    self._run_raw(code)
                else:
                    self._soft_reset()
                    self._write(_RAW_BANNER)
                code = bytearray()
            elif len(code) < _MAX_RAW:
                code.append(key)

    async def _paste_asked(self):
        if await self._key() != 0x41 or await self._key() != 0x01:
            self._write(b"R\x00")
            return
        self._write(b"R\x01" + bytes((_WINDOW & 0xFF, _WINDOW >> 8)))
        code = bytearray()
        while True:
            key = await self._key()
            if key in (_CTRL_C, _CTRL_D):
                break
            if len(code) < _MAX_RAW:
                code.append(key)
                if len(code) % _WINDOW == 0:
                    self._write(b"\x01")
        self._write(b"\x04")
        self._run_raw(code if key == _CTRL_D else b"raise KeyboardInterrupt")

    def _run_raw(self, code):
        failure = b""
        _allow_interrupt(True)
        try:
            exec(_text(code), self._namespace)
        except SystemExit:
            pass  # as in the plain REPL
        except BaseException as error:
            text = io.StringIO()
            sys.print_exception(error, text)
            failure = text.getvalue().encode()
        finally:
            _allow_interrupt(False)
        self._write(b"\x04" + failure + b"\x04>")

    def _soft_reset(self):
        """Forget what was defined here, leave the room; the application itself goes on."""
        for name in [name for name in self._namespace if name not in self._own]:
            del self._namespace[name]
        self._write(b"\r\nMPY: soft reboot\r\n")
        if self._reset:
            self._reset()


def _allow_interrupt(allowed):
    micropython.kbd_intr(_CTRL_C if allowed else -1)


def _text(data):
    return bytes(data).decode()


def _banner():
    return b"MicroPython %s; Roomtone. Type help() for its commands.\r\n" % sys.version.encode()
