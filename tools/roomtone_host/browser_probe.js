// Runs in the page before its own scripts when `browser.py` drives it: records what the page's
// microphone picks up and what its audio element plays, and remembers its peer connections.
// MIT License; see LICENSE

(() => {
  const probe = { connections: [], chunks: [], offsets: [], trouble: [] };
  Object.defineProperty(window, "roomtoneProbe", { value: probe });
  let ready = null;
  const sources = [null, null];

  async function node() {
    const context = new AudioContext({ sampleRate: 48000 });
    const code = new Blob([globalThis.roomtoneWorklet], { type: "text/javascript" });
    await context.audioWorklet.addModule(URL.createObjectURL(code));
    const options = { numberOfInputs: 2, numberOfOutputs: 1 };
    const tap = new AudioWorkletNode(context, "roomtone-probe", options);
    tap.port.onmessage = ({ data }) => {
      probe.chunks.push(data.pcm);
      // Where the first sample ever lies in Unix time, as this chunk sees it.
      probe.offsets.push(data.unixMs / 1000 - data.frame / context.sampleRate);
    };
    tap.connect(context.destination); // silence; it keeps the clock running
    return { context, tap };
  }

  async function record(input, stream) {
    ready ??= node();
    try {
      const { context, tap } = await ready;
      sources[input]?.disconnect();
      sources[input] = stream && context.createMediaStreamSource(stream);
      sources[input]?.connect(tap, 0, input);
    } catch (error) {
      probe.trouble.push(String(error));
    }
  }

  // Voice processing would change what is measured.
  const untouched = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const getUserMedia = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const audio = { ...constraints.audio, ...untouched };
    const stream = await getUserMedia.call(this, { ...constraints, audio });
    await record(0, stream);
    return stream;
  };

  const element = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...element,
    set(stream) {
      element.set.call(this, stream);
      record(1, stream);
    },
  });

  // Chromium lists every address of the machine; a measurement stays on the loopback.
  const description = Object.getOwnPropertyDescriptor(
    RTCPeerConnection.prototype,
    "localDescription",
  );
  const elsewhere = /^a=candidate:(?!(\S+ ){4}127\.0\.0\.1 ).*\r\n/gm;
  Object.defineProperty(RTCPeerConnection.prototype, "localDescription", {
    ...description,
    get() {
      const local = description.get.call(this);
      const loopback = local?.sdp.includes(" 127.0.0.1 ");
      return loopback ? { type: local.type, sdp: local.sdp.replace(elsewhere, "") } : local;
    },
  });

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...parameters) {
      super(...parameters);
      probe.connections.push(this);
    }
  };

  // Returns {startS, said, heard}: base64 of 16-bit PCM at 48 kHz, and when they begin.
  probe.recorded = () => {
    const offsets = [...probe.offsets].sort((a, b) => a - b);
    const startS = offsets[offsets.length >> 1] ?? 0;
    return { startS, said: encoded(0), heard: encoded(1) };
  };

  function encoded(input) {
    const parts = probe.chunks.map((pcm) => new Uint8Array(pcm[input].buffer));
    let text = "";
    for (const bytes of parts) text += String.fromCharCode(...bytes);
    return btoa(text);
  }
})();
