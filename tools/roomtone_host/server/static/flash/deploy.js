// Puts Roomtone's files onto a board, as `roomtone deploy` does: staged, checked, switched at once.
// MIT License; see LICENSE

import { Trouble } from "./trouble.js";

const BLOCK = 4096;
// Some 160 files are hashed or moved, and flash may have to be erased for each.
const MOVING_MS = 120_000;
const LEAVING_MS = 20_000;
const RELEASE = "release"; // docs/updating.md: what comes by cable is no release any more
const LIST = "files.json";
// boot.py and what it calls first: from there on a boot completes what power interrupts.
const FIRST = ["switch.mpy", "boot.py"];

const ABOUT = "import sys\nprint('app' in globals(), sys.platform, sys.implementation._mpy >> 10 & 15)";
// The application's watchdog outlives it, and a chip can't stop one: it is made patient.
const PATIENCE = "from machine import WDT\nWDT(timeout=600000)";
const RESTART = `
import sys
if sys.platform == 'esp32':
    import machine
    machine.reset()
`;
const ARCHITECTURES = { 1: "x86", 2: "x64", 10: "xtensawin", 11: "rv32imc" };

/**
 * Deploys a board's files over an open Console; `report("copy", part)` hears how it goes.
 * Returns {written, bytes}. Raises Trouble; until the switch the board keeps its old files.
 */
export async function deploy(console, board, report) {
  const [running, platform, number] = (await console.run(ABOUT)).trim().split(" ");
  if (running === "True") await endApplication(console);
  if (platform === "esp32") {
    await console.softReset();
    await console.run(PATIENCE);
  }
  const bundle = await filesOf(board, ARCHITECTURES[number]);
  await console.run(bundle.scripts.files);
  let present = await digests(console);
  if (present.has("next/commit")) {
    await console.run(`${bundle.scripts.switch}\nfinish()`, MOVING_MS);
    present = await digests(console);
  }
  const lines = changes(bundle, present);
  await checkRoom(console, bundle, lines);
  const written = lines.filter((line) => line[0] === "+").map((line) => line.slice(1));
  const bytes = await stage(console, bundle, written, present, report);
  if (lines.length) {
    await console.run(`commit(${python(ordered(lines))})`);
    await console.run(`${bundle.scripts.switch}\nfinish()`, MOVING_MS);
  }
  report("copy", 1);
  return { written, bytes };
}

/** Lets the application leave its room and end; the console is then MicroPython's own. */
async function endApplication(console) {
  await console.run("app.shutdown()");
  const deadline = performance.now() + LEAVING_MS;
  do {
    await console.quiet();
    await console.enter();
    // A call is left with a goodbye: until then the application's console answers.
    if (!(await console.run("print('app' in globals())")).includes("True")) return;
    await console.leave();
  } while (performance.now() < deadline);
  throw new Trouble("The application on the board does not end.", "Hold its button while it starts, then start again.");
}

/** Starts the board anew. */
export async function restart(console) {
  await console.runAway(RESTART);
}

/** Old and new files lie side by side until the switch: raises Trouble when there is no room. */
async function checkRoom(console, bundle, lines) {
  const blocks = (base64) => Math.ceil((base64.length * 3) / 4 / BLOCK) + 1;
  const added = lines.filter((line) => line[0] === "+").map((line) => blocks(bundle.files[line.slice(1)].data));
  const needed = added.reduce((sum, count) => sum + count, 0) * BLOCK;
  const free = Number(await console.run("import os\nv = os.statvfs('.')\nprint(v[0] * v[3])"));
  if (needed > free) {
    throw new Trouble("The board has no room for old and new files together.", "Erase and install instead, or run: roomtone deploy");
  }
}

async function filesOf(board, arch) {
  if (!arch) throw new Trouble("This MicroPython runs no compiled code.", "Install a stock image.");
  const response = await fetch(`/v1/boards/${encodeURIComponent(board.name)}/files?arch=${arch}`);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Trouble("The server can't make the board's files.", body.error ?? "");
  return body;
}

async function digests(console, folder = "") {
  const found = new Map();
  for (const line of (await console.run(`tell_files(${python(folder)})`, MOVING_MS)).split("\n")) {
    const [, digest, ...path] = line.split(" ");
    if (digest?.length === 64) found.set(path.join(" "), digest);
  }
  return found;
}

/** What must change on the board, as commit lines: the rule of remote.py. */
export function changes({ files, own }, present) {
  const wanted = Object.keys(files).sort();
  const moves = wanted.filter((path) => present.get(path) !== files[path].sha256).map((path) => `+${path}`);
  const stems = new Set(wanted.map(stem));
  const folders = new Set(wanted.filter((path) => path.startsWith("lib/")).map((path) => path.split("/")[1]));
  const gone = [...present.keys()].sort().filter((path) => {
    if (files[path] || own.includes(path) || path.startsWith("next/")) return false;
    const parts = path.split("/");
    return (parts[0] === "lib" && parts.length > 2 && folders.has(parts[1])) || stems.has(stem(path));
  });
  const lines = [...moves, ...gone.map((path) => `-${path}`)];
  return lines.length && present.has(RELEASE) ? [...lines, `-${RELEASE}`] : lines;
}

function stem(path) {
  return path.replace(/\.m?py$/, "");
}

function ordered(lines) {
  const rank = (line) => (FIRST.includes(line.slice(1)) ? 0 : line.slice(1) === LIST ? 2 : 1);
  return [...lines].sort((one, other) => rank(one) - rank(other));
}

async function stage(console, bundle, written, present, report) {
  const size = (path) => Math.ceil((bundle.files[path].data.length * 3) / 4);
  const total = written.reduce((sum, path) => sum + size(path), 0) || 1;
  let sent = 0;
  for (const path of written) {
    if (present.get(`next/${path}`) !== bundle.files[path].sha256) await write(console, path, bundle.files[path].data);
    sent += size(path);
    report("copy", Math.min(sent / total, 0.99));
  }
  const arrived = written.length ? await digests(console, "next") : new Map();
  for (const path of written) {
    if (arrived.get(`next/${path}`) !== bundle.files[path].sha256) {
      throw new Trouble(`${path} did not arrive as it was sent.`, "Start again; the board's old files still count.");
    }
  }
  return sent;
}

async function write(console, path, base64) {
  const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  await console.run(`_file = create(${python(`next/${path}`)})`);
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = data.subarray(at, at + BLOCK);
    const packed = await deflated(block);
    const smaller = packed.length < block.length;
    const text = btoa(String.fromCharCode(...(smaller ? packed : block)));
    await console.run(`put(_file, '${text}', ${smaller ? "True" : "False"})`);
  }
  await console.run("_file.close()");
}

/** Deflates a block; none is longer than the board's window, so nothing points beyond it. */
async function deflated(block) {
  const stream = new Blob([block]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A value as Python reads it: texts and lists of texts are JSON in both. */
export function python(value) {
  return JSON.stringify(value);
}
