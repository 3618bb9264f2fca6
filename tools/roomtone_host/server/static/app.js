// The page: which view is shown, and what leads from one to the next.
// MIT License; see LICENSE

import { Call } from "./call.js";
import { CallView } from "./callview.js";
import { $, memory } from "./dom.js";
import { Ended } from "./ended.js";
import { createRoom, readAddress, readTyped, roomAddress } from "./invite.js";
import { Landing } from "./landing.js";
import { Microphone } from "./microphone.js";
import { CallError } from "./reasons.js";

const microphone = new Microphone();
const landing = new Landing(microphone, { create, join, enter });
const callView = new CallView(microphone);
const ended = new Ended(() => (here.room ? join(here.room) : create()));
let here = readAddress(location.href);
let call = null;

function show(view, title) {
  document.body.dataset.view = view;
  for (const id of ["landing", "call", "ended"]) $(id).hidden = id !== view;
  $("room-bar").hidden = view !== "call";
  document.title = title ? `${title} · Roomtone` : "Roomtone";
  scrollTo(0, 0);
}

function showLanding() {
  landing.show(here.room);
  show("landing", here.room);
}

async function create() {
  landing.busy(true);
  try {
    const room = await createRoom(here.token);
    goTo({ room, token: here.token });
    await join(room);
  } catch (error) {
    end(error);
  }
}

async function enter(typed) {
  const { room, token } = readTyped(typed);
  if (!room) return landing.problem("There is no room in this link.");
  goTo({ room, token: token || here.token });
  return join(room);
}

/** Asks for the microphone unless it was checked already, then joins; with none, listens. */
async function join(room) {
  if (call) return;
  landing.busy(true);
  microphone.resume();
  const mine = new Call({ room, token: here.token, name: landing.name, microphone });
  call = mine;
  mine.addEventListener("ended", ({ detail }) => end(detail));
  if (microphone.state !== "on") await microphone.open();
  if (call !== mine) return; // left while the browser asked for the microphone
  callView.open(mine, here.token);
  try {
    await mine.start();
    show("call", room);
    $("call-title").focus({ preventScroll: true });
  } catch (error) {
    if (call === mine) end(error);
  }
}

function end(error) {
  call = null;
  callView.close();
  microphone.close();
  microphone.muted = false;
  landing.busy(false);
  const known = error instanceof CallError ? error : new CallError("media-failed", String(error));
  ended.show(known);
  show("ended", "");
  (known.retriable ? $("retry") : $("ended-title")).focus({ preventScroll: true });
}

function goTo(place) {
  here = place;
  history.pushState(null, "", roomAddress(place.room, place.token));
}

addEventListener("popstate", () => {
  call?.leave();
  here = readAddress(location.href);
  showLanding();
});

// A tab that goes away says so, and the others need not wait for the time-out.
addEventListener("pagehide", () => call?.leave());

// Whoever talks to the browser by voice presses letters without wanting to (WCAG 2.1.4).
$("keys").checked = memory.get("keys") !== "off";
$("keys").addEventListener("change", (event) => memory.set("keys", event.target.checked ? "on" : "off"));

addEventListener("keydown", (event) => {
  if (!$("keys").checked) return;
  const typing = event.target.closest?.("input:not([type=range], [type=checkbox]), select, textarea");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (!plain || typing || document.body.dataset.view !== "call") return;
  if (event.key.toLowerCase() === "m") callView.toggleMute();
  // The same key closes an open panel, and should do no more than that.
  if (event.key === "Escape" && !document.querySelector(":popover-open")) call?.leave();
});

showLanding();
microphone.allowed().then((allowed) => allowed && microphone.open());
