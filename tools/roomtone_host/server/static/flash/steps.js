// The four steps: which one is open, what is done, how far it is, and what went wrong.
// MIT License; see LICENSE

import { $, make, setText } from "../dom.js";

const NAMES = ["board", "install", "settings", "invite"];
const BARS = { erase: "Erase", write: "Write", verify: "Verify", copy: "Copy Roomtone" };

export class Steps {
  constructor() {
    for (const name of NAMES) {
      $(`${name}-head`).addEventListener("click", () => this.open(name));
    }
  }

  /** Shows one step and folds the others. */
  open(name, { focus = true } = {}) {
    for (const one of NAMES) {
      const open = one === name;
      $(`step-${one}`).classList.toggle("open", open);
      $(`${one}-head`).setAttribute("aria-expanded", String(open));
      $(`${one}-body`).hidden = !open;
    }
    if (focus) $(`${name}-head`).focus({ preventScroll: true });
  }

  /** Marks a step as done. */
  done(name) {
    $(`step-${name}`).classList.add("done");
    this.#trouble(name, "", "");
  }

  /** While a step works its buttons are off, and nothing of it is folded away. */
  busy(name, busy) {
    if (busy) {
      this.#trouble(name, "", "");
      $(`step-${name}`).classList.remove("done");
      if (name === "install") $("bars").replaceChildren();
    }
    for (const button of $("steps").querySelectorAll("button")) button.disabled = busy;
    $(`step-${name}`).setAttribute("aria-busy", String(busy));
  }

  /** Shows how much of something is done; what has no measure pulses. */
  progress(name, part) {
    const id = `bar-${name}`;
    let row = $(id);
    if (!row) {
      const bar = make("progress", { max: "1", "aria-label": BARS[name] });
      row = make("div", { id, class: "bar" }, make("span", { text: BARS[name] }), bar, make("output"));
      $("bars").append(row);
    }
    const bar = row.querySelector("progress");
    if (part || name !== "erase") bar.value = part;
    setText(row.querySelector("output"), part >= 1 ? "done" : part ? `${Math.floor(part * 100)} %` : "…");
  }

  /** Adds a line of what was found. */
  say(name, text) {
    $("bars").append(make("p", { class: "aside", text }));
  }

  /** Shows a Trouble. */
  fail(name, trouble) {
    this.#trouble(name, trouble.message, trouble.cure);
  }

  #trouble(name, text, cure) {
    const box = $(`${name}-trouble`);
    if (!box) return;
    box.replaceChildren(...(text ? [make("strong", { text }), make("span", { text: ` ${cure}` })] : []));
  }
}
