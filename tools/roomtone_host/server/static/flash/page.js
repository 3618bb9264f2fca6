// The page that sets a board up: choose it, install, give it a network and a room, invite.
// MIT License; see LICENSE

import { $, fillSelect, make, memory, setText, toast } from "../dom.js";
import { createRoom } from "../invite.js";
import { Console } from "./console.js";
import { deploy, python, restart } from "./deploy.js";
import { imageIn, imageOf } from "./image.js";
import { install } from "./loader.js";
import { Steps } from "./steps.js";
import { Trouble, explain } from "./trouble.js";

const NO_PSRAM = "It has no PSRAM: with this image it can be set up, but has no memory for a call. Roomtone's docs/custom-firmware.md says which image has.";
const DUPLEX = { full: "hears and talks at the same time", half: "talks while its button is held" };

let boards = [];
let here = ""; // this server, as a board reaches it
let port = null;
let chosenFile = null;
const steps = new Steps();

const board = () => boards.find(({ name }) => name === $("board").value);

async function start() {
  if (!navigator.serial) return unsupported();
  const known = await (await fetch("/v1/boards")).json();
  boards = known.boards;
  here = known.server;
  boards.sort((one, other) => one.title.localeCompare(other.title));
  const first = [memory.get("board"), "esp32s3_devkitc"].find((one) => boards.some(({ name }) => name === one));
  fillSelect(
    $("board"),
    boards.map(({ name, title }) => ({ id: name, label: title })),
    first ?? boards[0].name,
  );
  $("server").value = here;
  checkServer();
  showBoard();
  steps.open("board", { focus: false });
}

function unsupported() {
  const secure = window.isSecureContext;
  setText($("unsupported-title"), secure ? "This browser has no Web Serial." : "Web Serial needs a secure address.");
  setText(
    $("unsupported-text"),
    secure
      ? "Open this page in Chrome, Edge or Opera on a computer, or run: roomtone flash --board NAME"
      : "Open it as https:// (roomtone serve --tls), or on the server's own machine as localhost. Or run: roomtone flash --board NAME",
  );
  $("unsupported").hidden = false;
  $("steps").hidden = true;
}

function showBoard() {
  const one = board();
  memory.set("board", one.name);
  const facts = [one.chip, DUPLEX[one.duplex], `image ${one.firmware}`].filter(Boolean);
  setText($("board-facts"), facts.join(" · "));
  setText($("board-note"), one.psram ? "" : NO_PSRAM);
  $("wiring").hidden = !one.wiring;
  if (one.wiring) $("wiring-image").src = `/v1/boards/${one.name}/wiring.svg`;
  $("wiring-image").alt = `Wiring of ${one.title}`;
  chosenFile = null;
  $("file").value = "";
  $("file-field").hidden = true;
}

/** Runs a step's work with its button off, and shows what went wrong. */
async function during(step, work) {
  steps.busy(step, true);
  try {
    await work();
  } catch (error) {
    if (error.ask) $("file-field").hidden = false;
    // Nobody chose a port: that is no failure.
    if (error.name !== "NotFoundError") steps.fail(step, explain(error, "working"));
  } finally {
    steps.busy(step, false);
  }
}

async function choosePort() {
  port = await navigator.serial.requestPort();
}

async function installAll() {
  const one = board();
  const image = chosenFile ? await imageIn(chosenFile, one) : await imageOf(one);
  steps.say("install", `${image.name}, MicroPython ${image.version}, SHA-256 ${image.sha256}`);
  await install(port, image, one, (name, part) => steps.progress(name, part));
  await putFiles(one);
}

async function putFiles(one) {
  const console = new Console(port);
  try {
    await console.open();
    const { written, bytes } = await deploy(console, one, (name, part) => steps.progress(name, part));
    steps.say("install", written.length ? `${written.length} files, ${bytes.toLocaleString()} bytes` : "The board had it all.");
    await restart(console);
  } finally {
    await console.close();
  }
  steps.done("install");
  steps.open("settings");
}

async function send() {
  const given = {
    ...(await roomAsked()),
    ssid: $("ssid").value,
    password: $("ssid").value ? $("wifi-password").value : "",
    name: $("board-name").value.trim(),
    auto_join: $("auto-join").checked,
  };
  if (!port) await choosePort();
  const console = new Console(port);
  try {
    await console.open();
    const { scripts } = await (await fetch(`/v1/boards/${board().name}/files`)).json();
    const code = `${scripts.settings}\nprovision_by_cable(${python(JSON.stringify(given))})`;
    const found = JSON.parse((await console.run(code)).trim().split("\n").at(-1));
    if (found.error) throw new Trouble(`The board says: ${found.error}`, "Correct it and send it again.");
    await restart(console);
  } finally {
    await console.close();
  }
  showInvite(given.invite ?? linkTo(given));
}

/** The fields that name server and room: of an invite link, of a room id, or of a new room. */
async function roomAsked() {
  const typed = $("room").value.trim();
  if (/^https?:/i.test(typed)) return { invite: typed };
  const server = $("server").value.trim().replace(/\/$/, "");
  const room = typed || (await newRoom());
  if (new URL(server).host !== new URL(here).host) return { server, room };
  const pins = await (await fetch("/v1/pins")).json();
  return { server, room, certificate_sha256: pins.certificate ?? "", update_key_sha256: pins.update ?? "" };
}

async function newRoom() {
  try {
    return await createRoom("");
  } catch {
    throw new Trouble("This server makes no room without a token.", "Paste an invite link.");
  }
}

function linkTo({ server, room }) {
  return `${server}/r/${encodeURIComponent(room)}`;
}

/** Shows the link as a QR code, for a phone; without one the link still serves. */
async function showCode(link) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/v1/qr", { method: "POST", headers, body: JSON.stringify({ text: link }) });
  if (!answer.ok) return;
  $("invite-code").src = URL.createObjectURL(await answer.blob());
  $("invite-code").hidden = false;
}

function showInvite(link) {
  showCode(link).catch(() => {});
  $("open-room").href = link;
  setText($("invite-link"), link);
  setText($("invite-text"), $("auto-join").checked ? "The board starts, joins the room by itself, and waits for you there." : "Press the board's button, and it joins the room.");
  steps.done("settings");
  steps.open("invite");
}

function checkServer() {
  const loopback = /\/\/(localhost|127\.|\[::1\])/.test($("server").value);
  setText($("server-note"), loopback ? "A board can't reach this address: it is this computer's own. Start the server with --host 0.0.0.0, without --open." : "");
}

$("board").addEventListener("change", showBoard);
$("choose").addEventListener("click", () => steps.done("board") || steps.open("install"));
$("file").addEventListener("change", () => (chosenFile = $("file").files[0] ?? null));
$("install").addEventListener("click", () =>
  during("install", async () => {
    await choosePort();
    await installAll();
  }),
);
$("update").addEventListener("click", () =>
  during("install", async () => {
    await choosePort();
    await putFiles(board());
  }),
);
$("settings-body").addEventListener("submit", (event) => {
  event.preventDefault();
  during("settings", send);
});
$("server").addEventListener("input", checkServer);
$("copy-link").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("invite-link").textContent);
  toast("Link copied");
});
start().catch((error) => $("steps").replaceWith(make("p", { class: "notice", text: `The page can't start: ${error.message}` })));
