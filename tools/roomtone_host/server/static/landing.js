// The first view: a name, a microphone check, and the room to make or to enter.
// MIT License; see LICENSE

import { $, fillSelect, memory, setText } from "./dom.js";
import { drawFace, showLevel } from "./faces.js";

const HINTS = {
  off: "Check your microphone before you join, or just join.",
  asking: "Your browser asks whether this page may listen.",
  on: "Say something: the rings follow your voice.",
};

/** Wires the view. `actions` is {create(), join(room), enter(typed)}; each may raise nothing. */
export class Landing {
  #microphone;
  #room = "";

  constructor(microphone, actions) {
    this.#microphone = microphone;
    $("name").value = memory.get("name") ?? "";
    $("name").addEventListener("input", () => this.#drawFace());
    $("entry").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#room) actions.join(this.#room);
      else if ($("room-field").value.trim()) actions.enter($("room-field").value);
      else actions.create();
    });
    $("create").addEventListener("click", (event) => {
      event.preventDefault();
      actions.create();
    });
    $("enter").addEventListener("click", () => this.#enter(actions));
    $("mic-check").addEventListener("click", () => this.#toggle());
    $("mic-select").addEventListener("change", () => microphone.open($("mic-select").value));
    microphone.addEventListener("change", () => this.#showMicrophone());
    this.#drawFace();
    this.#showMicrophone();
    this.#follow();
  }

  /** The name given, or a plain one. */
  get name() {
    const name = $("name").value.trim();
    memory.set("name", name);
    return name || "Guest";
  }

  /** Shows the view for this room, or for none yet. */
  show(room) {
    this.#room = room;
    $("start-new").hidden = Boolean(room);
    $("start-room").hidden = !room;
    setText($("landing-title"), room ? `Join ${room}` : "A room for people and the things around them.");
    const lead = room
      ? "You are about to enter this room. Others will see your name and hear you."
      : "Open a room, share its link and talk. Browsers, ESP32 boards and agents all hear each other.";
    setText($("landing-lead"), lead);
    this.busy(false);
    this.problem("");
  }

  /** Shows that something is under way, and takes no second press meanwhile. */
  busy(busy) {
    for (const id of ["create", "join", "enter"]) $(id).disabled = busy;
    setText($("join"), busy ? "Joining…" : "Join the room");
    setText($("create"), busy ? "One moment…" : "Start a new room");
  }

  /** Shows what is wrong with what was entered. */
  problem(text) {
    setText($("entry-problem"), text);
  }

  #enter(actions) {
    if ($("room-field").value.trim()) return actions.enter($("room-field").value);
    this.problem("Type a room id, or paste an invite link.");
    return $("room-field").focus();
  }

  async #toggle() {
    if (this.#microphone.state === "on") this.#microphone.close();
    else await this.#microphone.open($("mic-select").value);
  }

  #drawFace() {
    drawFace($("preview-face"), $("name").value, "browser");
  }

  async #showMicrophone() {
    const { state, trouble } = this.#microphone;
    setText($("check-hint"), HINTS[state] ?? "");
    setText($("mic-trouble"), trouble);
    $("mic-check").hidden = state === "insecure";
    setText($("mic-check").querySelector("span"), state === "on" ? "Turn off" : "Check microphone");
    $("mic-meter").hidden = state !== "on";
    $("mic-select").hidden = state !== "on";
    if (state !== "on") return;
    const { current, list } = await this.#microphone.devices();
    fillSelect($("mic-select"), list, current);
  }

  // The meter moves only while it can be seen.
  #follow = () => {
    const dbov = this.#microphone.level();
    if (!$("landing").hidden) {
      showLevel($("preview"), dbov);
      showLevel($("mic-meter"), dbov);
    }
    setTimeout(() => requestAnimationFrame(this.#follow), 50);
  };
}
