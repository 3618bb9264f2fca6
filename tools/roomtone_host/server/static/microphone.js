// This device's microphone: opening it, choosing it, muting it, and how loud it is.
// MIT License; see LICENSE

const FLOOR_DBOV = -127;

const SENTENCES = {
  insecure:
    "Browsers give the microphone only to a secure page: open this one over https, " +
    "or on this machine as localhost. You can still join and listen.",
  refused:
    "The microphone is blocked for this page. Allow it in the browser’s address bar, " +
    "or join and listen.",
  missing: "No microphone was found. Plug one in, or join and listen.",
  busy: "Another program holds the microphone. Close it and try again, or join and listen.",
};

/**
 * Events: "change" when `state`, `muted`, `track` or the list of devices may have changed.
 * `state` is "off", "asking", "on", or why there is none: a key of SENTENCES.
 */
export class Microphone extends EventTarget {
  #stream = null;
  #context = null;
  #analyser = null;
  #samples = new Float32Array(1024);
  #muted = false;

  constructor() {
    super();
    this.state = window.isSecureContext && navigator.mediaDevices ? "off" : "insecure";
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#changed());
  }

  get track() {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (this.track) this.track.enabled = !muted;
    this.#changed();
  }

  /** Why there is no microphone, as a sentence; empty when nothing is wrong. */
  get trouble() {
    return SENTENCES[this.state] ?? "";
  }

  /** Whether the user has allowed the microphone before, so that opening it asks nothing. */
  async allowed() {
    if (this.state === "insecure") return false;
    try {
      return (await navigator.permissions.query({ name: "microphone" })).state === "granted";
    } catch {
      return false; // this browser can't tell
    }
  }

  /**
   * Opens the microphone, or another one; returns whether it did. Never raises. Where another
   * one can't be had, the one in use stays.
   */
  async open(deviceId) {
    if (this.state === "insecure") return false;
    this.#set("asking");
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
    if (deviceId) audio.deviceId = { exact: deviceId };
    try {
      this.#use(await navigator.mediaDevices.getUserMedia({ audio }));
      this.#set("on");
      return true;
    } catch (error) {
      const kept = deviceId && this.track;
      if (!kept) this.#drop();
      this.#set(kept ? "on" : wordFor(error));
      return false;
    }
  }

  /** Lets go of the microphone. */
  close() {
    this.#drop();
    if (this.state === "on") this.#set("off");
  }

  /** The device in use and the microphones there are: {current, list: [{id, label}]}. */
  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    const list = all
      .filter(({ kind, deviceId }) => kind === "audioinput" && deviceId)
      .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `Microphone ${i + 1}` }));
    return { current: this.track?.getSettings().deviceId ?? "", list };
  }

  /** How loud it is now, in dBov from -127 to 0; -127 when off or muted. */
  level() {
    if (!this.#analyser || this.#muted) return FLOOR_DBOV;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, x) => sum + x * x, 0) / this.#samples.length;
    return Math.max(FLOOR_DBOV, 10 * Math.log10(power + 1e-13));
  }

  /** Starts the level meter; browsers let sound run only after a click or key. */
  resume() {
    this.#context?.resume().catch(() => {});
  }

  #use(stream) {
    this.#drop();
    this.#stream = stream;
    this.track.enabled = !this.#muted;
    this.track.addEventListener("ended", () => {
      if (this.#stream !== stream) return;
      this.#drop();
      this.#set("missing");
    });
    this.#context ??= new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = this.#samples.length;
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    this.resume();
  }

  #drop() {
    this.#analyser = null;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  #set(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function wordFor(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "refused";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "missing";
}
