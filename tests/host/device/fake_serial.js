// A Web Serial port for tests: its bytes travel over a WebSocket to a board on the test's side.
// MIT License; see LICENSE

class FakePort extends EventTarget {
  #socket = null;
  #stream = null;
  readable = null;
  writable = null;
  signals = [];

  getInfo() {
    return { usbVendorId: 0x10c4, usbProductId: 0xea60 };
  }

  async open({ baudRate }) {
    if (this.readable) throw new DOMException("The port is already open.", "InvalidStateError");
    const socket = new WebSocket(`ws://${location.host}/test/serial?baud=${baudRate}`);
    socket.binaryType = "arraybuffer";
    await new Promise((done, failed) => {
      socket.onopen = done;
      socket.onclose = () => failed(new DOMException("Failed to open serial port.", "NetworkError"));
    });
    this.#socket = socket;
    this.#makeReadable();
    this.writable = new WritableStream({
      write: (data) => {
        if (socket.readyState !== WebSocket.OPEN) throw lost();
        socket.send(data);
      },
    });
    socket.onmessage = ({ data }) => this.#stream?.enqueue(new Uint8Array(data));
    socket.onclose = () => {
      this.#stream?.error(lost());
      this.#stream = this.readable = this.writable = null;
      this.dispatchEvent(new Event("disconnect", { bubbles: true }));
    };
  }

  // As in Chromium: a reader that cancels makes way for a new stream.
  #makeReadable() {
    this.readable = new ReadableStream({
      start: (controller) => (this.#stream = controller),
      cancel: () => this.#makeReadable(),
    });
  }

  async close() {
    if (this.readable?.locked || this.writable?.locked) throw new TypeError("The stream is locked.");
    this.#stream = null;
    const socket = this.#socket;
    socket.onclose = null;
    socket.close();
    this.readable = this.writable = null;
  }

  async setSignals(signals) {
    this.signals.push(signals);
  }

  async getSignals() {
    return { dataCarrierDetect: false, clearToSend: false, ringIndicator: false, dataSetReady: false };
  }
}

function lost() {
  return new DOMException("The device has been lost.", "NetworkError");
}

const fakePort = new FakePort();
Object.defineProperty(navigator, "serial", {
  value: {
    asked: 0,
    async requestPort() {
      this.asked++;
      return fakePort;
    },
    async getPorts() {
      return [fakePort];
    },
    addEventListener() {},
  },
});
