// Collects two inputs, microphone and loudspeaker, as 16-bit PCM with the time of the first sample.
// MIT License; see LICENSE

const CHUNK = 1920; // 15 render quanta, 40 ms

class Probe extends AudioWorkletProcessor {
  #pcm = [new Int16Array(CHUNK), new Int16Array(CHUNK)];
  #filled = 0;
  #frame = null;
  #first = null;

  process(inputs) {
    const length = 128;
    this.#first ??= currentFrame;
    if (this.#filled === 0) this.#frame = { frame: currentFrame - this.#first, unixMs: Date.now() };
    for (const [i, pcm] of this.#pcm.entries()) {
      const samples = inputs[i][0];
      for (let n = 0; n < length; n++) {
        const value = Math.round((samples?.[n] ?? 0) * 32768);
        pcm[this.#filled + n] = Math.max(-32768, Math.min(32767, value));
      }
    }
    this.#filled += length;
    if (this.#filled === CHUNK) this.#send();
    return true;
  }

  #send() {
    this.port.postMessage({ ...this.#frame, pcm: this.#pcm });
    this.#filled = 0;
  }
}

registerProcessor("roomtone-probe", Probe);
