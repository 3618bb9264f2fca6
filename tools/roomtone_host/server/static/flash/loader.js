// Erase, write and verify over esptool-js: the chip's own loader on a Web Serial port.
// MIT License; see LICENSE

import { ESPLoader, Transport } from "../vendor/esptool-js/bundle.js";
import { md5 } from "./md5.js";
import { Trouble, explain } from "./trouble.js";

const FAST_BAUD = 460800;
const CLOSE_MS = 1500;
const NOWHERE = { readable: null, writable: null, getInfo: () => ({}), close: async () => {}, setSignals: async () => {} };
const SILENT = { clean() {}, writeLine() {}, write() {} };

/**
 * Writes an image to the chip at `port`, which must be closed and is closed again afterwards.
 * `report(step, part)` is told "erase", "write" or "verify" and how much of it is done, 0 to 1.
 * Raises Trouble, before the erase when the chip is not the board's.
 */
export async function install(port, image, board, report) {
  const transport = new Transport(port);
  const loader = new ESPLoader({ transport, baudrate: FAST_BAUD, terminal: SILENT });
  const step = { doing: "looking for the chip" };
  const cable = watch(port);
  const work = write(loader, image, board, report, step);
  // When the cable is out, esptool-js may wait for ever for what will not come.
  work.catch(() => {});
  try {
    await Promise.race([work, cable.lost]);
  } catch (error) {
    throw explain(error, step.doing);
  } finally {
    cable.stop();
    await Promise.race([transport.disconnect().catch(() => {}), sleep(CLOSE_MS)]);
    // Work that was given up still tries its last block again: not on the port of a second try.
    transport.updateDevice(NOWHERE);
  }
}

async function write(loader, image, board, report, step) {
  const chip = await connect(loader);
  if (chip !== board.chip) {
    throw new Trouble(`This board has an ${chip}; ${board.title} has an ${board.chip}.`, "Choose the board that is plugged in.");
  }
  step.doing = "erasing";
  report("erase", 0);
  await loader.eraseFlash();
  report("erase", 1);
  step.doing = "writing";
  await loader.writeFlash({
    fileArray: [{ data: image.data, address: board.offset }],
    flashSize: "keep",
    flashMode: "keep",
    flashFreq: "keep",
    compress: true,
    reportProgress: (_, written, total) => report("write", written / total),
  });
  report("write", 1);
  step.doing = "verifying";
  report("verify", 0);
  if ((await loader.flashMd5sum(board.offset, image.data.length)) !== md5(image.data)) {
    throw new Trouble("What the chip reads back is not what was written.", "Start again; if it stays so, its flash is worn out.");
  }
  report("verify", 1);
  await loader.after("hard_reset");
}

/** {lost, stop()}: `lost` fails when the cable is pulled, until `stop()`. */
function watch(port) {
  const control = new AbortController();
  const lost = new Promise((_, fail) => {
    const gone = () => fail(new DOMException("The device has been lost.", "NetworkError"));
    port.addEventListener("disconnect", gone, { signal: control.signal });
  });
  lost.catch(() => {});
  return { lost, stop: () => control.abort() };
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function connect(loader) {
  try {
    await loader.main();
  } catch (error) {
    const known = explain(error, "looking for the chip");
    if (/cable|another program/.test(known.message)) throw known;
    throw new Trouble("The chip does not answer.", "Hold BOOT, press RESET, let both go, and start again.");
  }
  return loader.chip.CHIP_NAME;
}
