// Collects two inputs, microphone and loudspeaker, as 16-bit PCM with the time of the first sample.
// MIT License; see LICENSE

const CHUNK = 1920; // 15 render quanta, 40 ms
const QUANTUM = 128;

class Probe extends AudioWorkletProcessor {
  #pcm = [new Int16Array(CHUNK), new Int16Array(CHUNK)];
  #filled = 0;
  #start = null;
  #first = null;
  #next = null;

  process(inputs) {
    this.#first ??= currentFrame;
    this.#next ??= currentFrame;
    // The clock goes on while nobody asks us: silence, so that a sample's number is its time.
    for (; this.#next < currentFrame; this.#next += QUANTUM) this.#append([], this.#next);
    this.#append(inputs, currentFrame);
    this.#next = currentFrame + QUANTUM;
    return true;
  }

  #append(inputs, frame) {
    if (this.#filled === 0) this.#start = { frame: frame - this.#first, unixMs: Date.now() };
    for (const [i, pcm] of this.#pcm.entries()) {
      const samples = inputs[i]?.[0];
      for (let n = 0; n < QUANTUM; n++) {
        const value = Math.round((samples?.[n] ?? 0) * 32768);
        pcm[this.#filled + n] = Math.max(-32768, Math.min(32767, value));
      }
    }
    this.#filled += QUANTUM;
    if (this.#filled === CHUNK) this.#send();
  }

  #send() {
    this.port.postMessage({ ...this.#start, pcm: this.#pcm });
    this.#filled = 0;
  }
}

registerProcessor("roomtone-probe", Probe);
