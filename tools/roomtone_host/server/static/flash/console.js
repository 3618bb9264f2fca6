// MicroPython's raw REPL on a Web Serial port: run code there, hear what it printed.
// MIT License; see LICENSE

import { Trouble, explain } from "./trouble.js";

const BAUD = 115200;
const BANNER = "raw REPL; CTRL-B to exit\r\n";
const ENTER_MS = 15_000;
const TRY_MS = 1_000;
const ANSWER_MS = 15_000;
const QUIET_MS = 500;
const END = "\x04";

const encoder = new TextEncoder();

/** One console. `open()` interrupts what runs; `close()` gives the port back, closed. */
export class Console {
  #port;
  #reader = null;
  #writer = null;
  #heard = "";
  #wake = null;
  #failure = null;
  #pump = null;

  constructor(port) {
    this.#port = port;
  }

  /** Opens the port and enters the raw REPL. Raises Trouble. */
  async open() {
    await this.#openPort(performance.now() + ENTER_MS);
    await this.enter();
  }

  /** Enters the raw REPL of whatever console answers now. Raises Trouble. */
  async enter() {
    const deadline = performance.now() + ENTER_MS;
    while (performance.now() < deadline) {
      await this.#write("\r\x03\r\x01");
      try {
        await this.#until(BANNER, TRY_MS);
        await this.#until(">", TRY_MS);
        return;
      } catch (error) {
        // A board that starts loses what it hears: ask again.
        if (!(error instanceof Silence)) throw error;
      }
    }
    throw new Trouble("MicroPython does not answer.", "Press RESET on the board once, then start again.");
  }

  /** Starts MicroPython anew, without main.py, for a heap that is whole. Raises Trouble. */
  async softReset() {
    await this.#write(END);
    try {
      for (const end of ["soft reboot", BANNER, ">"]) await this.#until(end, ANSWER_MS);
    } catch (error) {
      if (error instanceof Silence) throw new Trouble("The board does not start.", "Press RESET on it, then start again.");
      throw explain(error, "starting it");
    }
  }

  /** Waits until the board has said nothing for a while, and forgets what it said. */
  async quiet() {
    let before;
    do {
      before = this.#heard.length;
      await new Promise((done) => setTimeout(done, QUIET_MS));
    } while (this.#heard.length !== before);
    this.#heard = "";
  }

  /** Leaves the raw REPL; the port stays open. */
  async leave() {
    await this.#write("\r\x02");
  }

  /** Leaves the raw REPL and closes the port. */
  async close() {
    await this.#write("\r\x02").catch(() => {});
    await this.#reader?.cancel().catch(() => {});
    await this.#pump;
    this.#writer?.releaseLock();
    await this.#port.close().catch(() => {});
  }

  /** Runs code; returns what it printed, within `patience` ms. Raises Trouble with the board's own error. */
  async run(code, patience = ANSWER_MS) {
    try {
      await this.#paste(encoder.encode(code));
      const printed = await this.#until(END, patience);
      const failure = await this.#until(END, ANSWER_MS);
      await this.#until(">", ANSWER_MS);
      if (failure) throw new Trouble(`The board says: ${failure.trim().split("\n").at(-1)}`);
      return text(printed).replaceAll("\r\n", "\n");
    } catch (error) {
      if (error instanceof Silence) throw new Trouble("The board stopped answering.", "Press RESET on it, then start again.");
      throw explain(error, "talking to it");
    }
  }

  /** Starts code that does not come back, as a reset. */
  async runAway(code) {
    await this.#paste(encoder.encode(code)).catch(() => {});
  }

  // Raw paste, docs/reference/repl.rst of MicroPython: the board says how far ahead we may be.
  async #paste(code) {
    await this.#write("\x05A\x01");
    const answer = await this.#take(4, ANSWER_MS);
    if (!answer.startsWith("R\x01")) throw new Trouble("This MicroPython is too old.", "Install a newer one.");
    const window = answer.charCodeAt(2) | (answer.charCodeAt(3) << 8);
    let room = window;
    for (let at = 0; at < code.length; ) {
      while (room === 0 || this.#heard) {
        const word = await this.#take(1, ANSWER_MS);
        if (word === END) return this.#write(END); // the board has had enough: it says why below
        room += window;
      }
      const part = code.subarray(at, at + room);
      await this.#writer.write(part);
      room -= part.length;
      at += part.length;
    }
    await this.#write(END);
    await this.#until(END, ANSWER_MS);
  }

  async #openPort(deadline) {
    for (;;) {
      try {
        await this.#port.open({ baudRate: BAUD, bufferSize: 65536 });
        break;
      } catch (error) {
        // A chip with USB of its own goes away for a moment when it restarts.
        if (performance.now() > deadline) throw explain(error, "opening its port");
        await new Promise((done) => setTimeout(done, 300));
      }
    }
    this.#writer = this.#port.writable.getWriter();
    this.#pump = this.#listen();
  }

  async #listen() {
    this.#reader = this.#port.readable.getReader();
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        // One character a byte: what the board prints is cut at bytes, not at characters.
        for (const octet of value) this.#heard += String.fromCharCode(octet);
        this.#wake?.();
      }
    } catch (error) {
      this.#failure = error;
      this.#wake?.();
    } finally {
      this.#reader.releaseLock();
    }
  }

  async #write(text) {
    await this.#writer.write(encoder.encode(text));
  }

  async #until(end, timeout) {
    await this.#wait(() => this.#heard.includes(end), timeout);
    const at = this.#heard.indexOf(end);
    const text = this.#heard.slice(0, at);
    this.#heard = this.#heard.slice(at + end.length);
    return text;
  }

  async #take(count, timeout) {
    await this.#wait(() => this.#heard.length >= count, timeout);
    const text = this.#heard.slice(0, count);
    this.#heard = this.#heard.slice(count);
    return text;
  }

  async #wait(ready, timeout) {
    const deadline = performance.now() + timeout;
    while (!ready()) {
      if (this.#failure) throw this.#failure;
      const left = deadline - performance.now();
      if (left <= 0) throw new Silence();
      await new Promise((done) => {
        const timer = setTimeout(done, left);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  }
}

function text(octets) {
  return new TextDecoder().decode(Uint8Array.from(octets, (letter) => letter.charCodeAt(0)));
}

class Silence extends Error {}
