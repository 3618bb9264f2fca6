// A firmware image: asked of the server or taken from a file, and checked before anything is erased.
// MIT License; see LICENSE

import { Trouble } from "./trouble.js";

const MAGIC = 0xe9;
const HEADER = 24;
const APPLICATION_ONLY = [0x32, 0x54, 0xcd, 0xab];
const TABLE_AT = 0x8000;
const VERSION = /MicroPython (v\d+\.\d+\.\d+[\w.-]*) on /;
const OLDEST = [1, 25, 0];
const ADVICE = "Take the .bin for this board from micropython.org/download.";

/** Asks the server for a board's image. Raises Trouble; with `ask` when a file is needed. */
export async function imageOf(board) {
  const response = await fetch(`/v1/boards/${encodeURIComponent(board.name)}/image`);
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    const trouble = new Trouble(
      "The server has no image for this board.",
      `Put one into its folder firmware, or choose a file here: ${board.firmware}-….bin from micropython.org/download.`,
    );
    trouble.detail = body.error;
    trouble.ask = true;
    throw trouble;
  }
  const facts = JSON.parse(response.headers.get("X-Image"));
  const data = new Uint8Array(await response.arrayBuffer());
  if ((await sha256(data)) !== facts.sha256) throw new Trouble("The image arrived damaged.", "Start again.");
  return { ...(await check(data, board)), name: facts.name };
}

/** Takes an image from a file that somebody chose. Raises Trouble. */
export async function imageIn(file, board) {
  return { ...(await check(new Uint8Array(await file.arrayBuffer()), board)), name: file.name };
}

/** Checks that bytes are a whole image for this board's chip: {data, version, sha256}. */
export async function check(data, board) {
  if (data[0] !== MAGIC || data.length < HEADER) throw new Trouble("This is no firmware image (.bin).", ADVICE);
  if (APPLICATION_ONLY.every((octet, i) => data[32 + i] === octet)) {
    throw new Trouble("This image is for updates only: it has no bootloader.", ADVICE);
  }
  const id = data[12] | (data[13] << 8);
  if (id !== board.image_id) {
    throw new Trouble(`This image is for another chip than ${board.chip}.`, `Its name should begin with ${board.firmware}.`);
  }
  await checkPart(data, 0, "bootloader");
  await checkPart(data, applicationAt(data, board.offset), "application");
  const version = VERSION.exec(new TextDecoder("latin1").decode(data))?.[1];
  if (!version) throw new Trouble("This image is not MicroPython.", ADVICE);
  if (older(version.match(/\d+/g).map(Number))) {
    throw new Trouble(`MicroPython ${version} is too old: v${OLDEST.join(".")} or newer is needed.`, ADVICE);
  }
  return { data, version, sha256: await sha256(data) };
}

function older(version) {
  const at = OLDEST.findIndex((number, i) => version[i] !== number);
  return at >= 0 && version[at] < OLDEST[at];
}

function applicationAt(data, offset) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = TABLE_AT - offset; at + 32 <= data.length && view.getUint16(at, true) === 0x50aa; at += 32) {
    const start = view.getUint32(at + 4, true);
    if (data[at + 2] === 0 && start >= TABLE_AT) return start - offset;
  }
  throw new Trouble("This image holds no application.", ADVICE);
}

/** The SHA-256 behind each part says whether it is whole. */
async function checkPart(data, start, part) {
  const broken = new Trouble(`The image is damaged or cut off, in its ${part}.`, "Download it again.");
  if (start + HEADER > data.length || data[start] !== MAGIC) throw broken;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = start + HEADER;
  for (let segments = data[start + 1]; segments > 0; segments--) {
    if (at + 8 > data.length) throw broken;
    at += 8 + view.getUint32(at + 4, true);
  }
  const end = at + 16 - ((at - start) % 16);
  if (end + 32 > data.length) throw broken;
  if (data[start + 23] !== 1) return; // no digest was appended
  const stored = hex(data.subarray(end, end + 32));
  if ((await sha256(data.subarray(start, end))) !== stored) throw broken;
}

/** SHA-256 of bytes as hex. */
export async function sha256(data) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
}

function hex(octets) {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
