// One participant's tile: face with level rings, name, badges, and "listen only".
// MIT License; see LICENSE

import { icon, make, setIcon, setText } from "./dom.js";
import { drawFace, KINDS, kindOf, showLevel } from "./faces.js";

/** A list item that shows one participant; `onListen` is called when its button is pressed. */
export class Tile {
  constructor({ mine = false, onListen } = {}) {
    this.mine = mine;
    this.face = make("span", { class: "face" });
    const rings = [1, 2, 3].map(() => make("span", { class: "ring" }));
    this.orb = make("div", { class: "orb", "aria-hidden": "true" }, ...rings, this.face);
    this.name = make("span", { class: "name" });
    this.muted = make("span", { class: "muted-mark" }, icon("mic-off"));
    this.kindIcon = icon("person");
    this.kindText = make("span");
    this.kind = make("span", { class: "badge kind" }, this.kindIcon, this.kindText);
    this.codec = make("span", { class: "badge", hidden: "" });
    this.status = make("span", { class: "status" });
    const badges = make("div", { class: "badges" }, this.kind, this.codec, this.status);
    const label = make("div", { class: "who" }, this.name, this.muted);
    this.element = make("li", { class: "tile" }, this.orb, label, badges);
    if (!mine) this.#addListen(onListen);
  }

  /** Shows `participant`; `facts` is {speaking, muted, silent, presenting, heard, alone,
   * codec, detail}. */
  show(participant, facts) {
    const kind = kindOf(participant);
    const name = participant.name || KINDS[kind].word;
    const { speaking, muted, silent, presenting, heard, codec, detail } = facts;
    this.element.dataset.kind = kind;
    this.element.classList.toggle("speaking", speaking);
    this.element.classList.toggle("unheard", !heard);
    drawFace(this.face, name, kind);
    setText(this.name, this.mine ? `${name} (you)` : name);
    this.muted.hidden = !muted;
    setIcon(this.kindIcon, KINDS[kind].icon);
    setText(this.kindText, KINDS[kind].word);
    this.codec.hidden = !codec;
    setText(this.codec, codec ?? "");
    this.codec.title = detail ?? "";
    setText(this.status, statusText({ speaking, muted, silent, presenting }));
    if (muted || silent) this.level(-127);
    if (this.listen) this.#showListen(name, heard && facts.alone);
  }

  /** Lets the rings follow a level in dBov. */
  level(dbov) {
    showLevel(this.element, dbov);
  }

  #addListen(onListen) {
    this.listenText = make("span", { text: "Listen only" });
    this.listen = make("button", { type: "button", class: "listen" }, icon("headphones"));
    this.listen.append(this.listenText);
    this.listen.addEventListener("click", onListen);
    this.element.append(this.listen);
  }

  #showListen(name, alone) {
    this.listen.setAttribute("aria-pressed", String(alone));
    this.listen.setAttribute("aria-label", `Listen only to ${name}`);
    setText(this.listenText, alone ? "Listening" : "Listen only");
  }
}

function statusText({ speaking, muted, silent, presenting }) {
  if (presenting) return "Presenting";
  if (silent) return "Listening in";
  if (muted) return "Muted";
  return speaking ? "Speaking" : "";
}
