// The roomtone.v1 connection: docs/signaling.md over a WebSocket, one object a connection.
// MIT License; see LICENSE

import { asError, CallError, refusal } from "./reasons.js";

const PROTOCOL = "roomtone.v1";
const ANSWER_MS = 10_000;
const PING_MS = 10_000;
const SILENCE_MS = 25_000;

/**
 * One connection to a room. Events: "message" ({detail: message}) and, once, "closed"
 * ({detail: CallError}) unless `close()` was called.
 */
export class Signaling extends EventTarget {
  #room;
  #token;
  #socket = null;
  #lastError = null;
  #lastHeard = 0;
  #pinging = null;
  #pingId = 0;
  #closed = false;

  constructor(room, token) {
    super();
    this.#room = encodeURIComponent(room);
    this.#token = token;
  }

  /** Connects, sends `join` and returns the server's `joined`. Raises CallError. */
  async join(message) {
    const ticket = this.#token ? await this.#ticket() : null;
    const url = new URL(`/v1/rooms/${this.#room}/connect`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (ticket) url.searchParams.set("ticket", ticket);
    this.#socket = new WebSocket(url, PROTOCOL);
    const joined = await this.#joined(message);
    this.#watch();
    return joined;
  }

  /** Sends a message; one that finds no open connection is dropped. */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#closed = true;
    clearInterval(this.#pinging);
    this.#socket?.close();
  }

  async #ticket() {
    let response;
    try {
      response = await fetch(`/v1/rooms/${this.#room}/ticket`, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch {
      throw new CallError("server-unreachable");
    }
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body.ticket;
    throw refusal(response.status, body);
  }

  // Ways out: `joined`; an `error` message; the socket closes or fails; no answer in time.
  #joined(join) {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(new CallError("server-unreachable")), ANSWER_MS);
      const fail = (error) => {
        clearTimeout(timer);
        this.close();
        reject(error);
      };
      socket.onopen = () => this.send(join);
      socket.onclose = () => fail(new CallError("server-unreachable"));
      socket.onmessage = ({ data }) => {
        const message = parse(data);
        if (message.type === "error") fail(asError(message));
        if (message.type !== "joined") return;
        clearTimeout(timer);
        resolve(message);
      };
    });
  }

  #watch() {
    const socket = this.#socket;
    this.#lastHeard = performance.now();
    socket.onmessage = ({ data }) => this.#receive(parse(data));
    socket.onclose = () => this.#end();
    this.#pinging = setInterval(() => {
      if (performance.now() - this.#lastHeard > SILENCE_MS) this.#end();
      else this.send({ type: "ping", id: ++this.#pingId });
    }, PING_MS);
  }

  #receive(message) {
    this.#lastHeard = performance.now();
    if (message.type === "ping") this.send({ type: "pong", id: message.id });
    if (message.type === "error") this.#lastError = asError(message);
    if (this.#closed) return;
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #end() {
    if (this.#closed) return;
    this.close();
    const detail = this.#lastError ?? new CallError("connection-lost");
    this.dispatchEvent(new CustomEvent("closed", { detail }));
  }
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
