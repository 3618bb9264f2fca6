// The WebRTC half of a call: one audio line, our microphone out, the server's mix in.
// MIT License; see LICENSE

import { withOpusParameters } from "./sdp.js";

const CODECS = ["audio/opus", "audio/pcmu", "audio/pcma"];
const GATHERING_MS = 1500;

/**
 * One RTCPeerConnection. Events: "state" whenever `state` may have changed.
 * The line is sendrecv from the start, so a microphone can come later without renegotiation.
 */
export class Peer extends EventTarget {
  #connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  #line = this.#connection.addTransceiver("audio", { direction: "sendrecv" });
  #last = null;

  constructor() {
    super();
    this.stream = new MediaStream([this.#line.receiver.track]);
    const known = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
    const wanted = CODECS.flatMap((type) => known.filter((c) => c.mimeType.toLowerCase() === type));
    if (wanted.length) this.#line.setCodecPreferences?.(wanted);
    this.#connection.addEventListener("connectionstatechange", () =>
      this.dispatchEvent(new Event("state")),
    );
  }

  /** The W3C word: new, connecting, connected, disconnected, failed, closed. */
  get state() {
    return this.#connection.connectionState;
  }

  /** Sends this track, or nothing when null. */
  async send(track) {
    await this.#line.sender.replaceTrack(track);
  }

  /** Returns the offer's text with every candidate found within a bounded time. */
  async offer() {
    await this.#connection.setLocalDescription(await this.#connection.createOffer());
    await this.#gathered();
    const mono = { minptime: 10, useinbandfec: 1, stereo: 0, "sprop-stereo": 0 };
    return withOpusParameters(this.#connection.localDescription.sdp, mono);
  }

  /** Takes the server's answer. Raises what the browser raises on a text that it can't use. */
  async accept(sdp) {
    const answer = withOpusParameters(sdp, { useinbandfec: 1, stereo: 0 });
    await this.#connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** Resolves to "connected", "failed" or, when the time is over, "timeout". */
  settled(timeoutMs) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done("timeout"), timeoutMs);
      const done = (word) => {
        clearTimeout(timer);
        this.removeEventListener("state", check);
        resolve(word);
      };
      const check = () => {
        if (this.state === "connected") done("connected");
        else if (this.state === "failed" || this.state === "closed") done("failed");
      };
      this.addEventListener("state", check);
      check();
    });
  }

  /**
   * Returns how the connection does: {roundTripMs, jitterMs, delayMs, lossIn, lossOut, codec},
   * losses in percent since the call before; null where the browser doesn't know.
   */
  async stats() {
    const report = [...(await this.#connection.getStats()).values()];
    const find = (type, test = () => true) => report.find((s) => s.type === type && test(s));
    const inbound = find("inbound-rtp", (s) => s.kind === "audio") ?? {};
    const remote = find("remote-inbound-rtp", (s) => s.kind === "audio");
    const pair = selectedPair(report);
    const codec = report.find((s) => s.id === inbound.codecId)?.mimeType?.split("/")[1];
    const now = { lost: inbound.packetsLost ?? 0, received: inbound.packetsReceived ?? 0 };
    const delayed = {
      seconds: inbound.jitterBufferDelay ?? 0,
      samples: inbound.jitterBufferEmittedCount ?? 0,
    };
    const before = this.#last ?? { ...now, seconds: 0, samples: 0 };
    this.#last = { ...now, ...delayed };
    const lost = Math.max(0, now.lost - before.lost);
    const total = lost + now.received - before.received;
    const samples = delayed.samples - before.samples;
    return {
      roundTripMs: milliseconds(pair?.currentRoundTripTime ?? remote?.roundTripTime),
      jitterMs: milliseconds(inbound.jitter),
      delayMs: samples > 0 ? milliseconds((delayed.seconds - before.seconds) / samples) : null,
      lossIn: total > 0 ? (100 * lost) / total : null,
      lossOut: remote?.fractionLost === undefined ? null : 100 * remote.fractionLost,
      codec: codec?.replace(/^opus$/i, "Opus") ?? null,
    };
  }

  close() {
    this.#connection.close();
    this.dispatchEvent(new Event("state")); // browsers tell nobody about a close of our own
  }

  #gathered() {
    const connection = this.#connection;
    if (connection.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHERING_MS);
      connection.addEventListener("icegatheringstatechange", () => {
        if (connection.iceGatheringState !== "complete") return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function selectedPair(report) {
  const transport = report.find((s) => s.type === "transport" && s.selectedCandidatePairId);
  const pairs = report.filter((s) => s.type === "candidate-pair");
  // Firefox marks the pair itself, Chromium points at it from the transport.
  return pairs.find((s) => s.id === transport?.selectedCandidatePairId || s.selected) ??
    pairs.find((s) => s.nominated && s.state === "succeeded");
}

function milliseconds(seconds) {
  return seconds === undefined || seconds === null ? null : 1000 * seconds;
}
