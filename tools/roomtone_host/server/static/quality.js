// The connection's quality in the header: a grade, the round trip, and the facts behind it.
// MIT License; see LICENSE

import { $, make, setText } from "./dom.js";

const EVERY_MS = 2000;
// Worse than one of these makes the grade: percent lost either way, round trip in milliseconds.
const GRADES = [
  { grade: "poor", word: "Poor", loss: 8, roundTripMs: 400 },
  { grade: "fair", word: "Fair", loss: 2, roundTripMs: 180 },
];

/** Follows `call.stats()` until `stop()`. */
export class Quality {
  #call;
  #timer;

  constructor(call) {
    this.#call = call;
    this.#timer = setInterval(() => this.#measure(), EVERY_MS);
    show("unknown", "Connecting", []);
    this.#measure();
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #measure() {
    const stats = await this.#call.stats().catch(() => null);
    if (!stats) return void show("unknown", "Connecting", []);
    const { grade, word } = gradeOf(stats);
    const trip = stats.roundTripMs === null ? word : `${word} · ${Math.round(stats.roundTripMs)} ms`;
    show(grade, trip, factsOf(stats));
  }
}

function gradeOf({ lossIn, lossOut, roundTripMs }) {
  const loss = Math.max(lossIn ?? 0, lossOut ?? 0);
  const bad = GRADES.find((g) => loss > g.loss || roundTripMs > g.roundTripMs);
  return bad ?? { grade: "good", word: "Good" };
}

function factsOf({ roundTripMs, lossIn, lossOut, jitterMs, delayMs, codec }) {
  return [
    ["Round trip", value(roundTripMs, "ms")],
    ["Lost on the way here", value(lossIn, "%")],
    ["Lost on the way there", value(lossOut, "%")],
    ["Jitter", value(jitterMs, "ms")],
    ["Play-out delay", value(delayMs, "ms")],
    ["Codec", codec ?? "–"],
  ];
}

function show(grade, text, facts) {
  $("quality").dataset.grade = grade;
  $("quality").setAttribute("aria-label", `Connection: ${text}`);
  setText($("quality-text"), text);
  const rows = facts.flatMap(([term, text]) => [make("dt", { text: term }), make("dd", { text })]);
  $("quality-facts").replaceChildren(...rows);
}

function value(number, unit) {
  return number === null ? "–" : `${round(number)} ${unit}`;
}

function round(number) {
  return number < 10 && number > 0 ? number.toFixed(1) : Math.round(number);
}
