// How a participant looks: initials or icon, words for the kind, rings that follow a level.
// MIT License; see LICENSE

import { icon } from "./dom.js";

const QUIET_DBOV = -55;
const LOUD_DBOV = -12;

export const KINDS = {
  browser: { word: "Browser", icon: "person" },
  board: { word: "Board", icon: "board" },
  agent: { word: "Agent", icon: "agent" },
};

/** Returns what to show for a kind; an unknown one looks like a browser. */
export function kindOf(participant) {
  return KINDS[participant.kind] ? participant.kind : "browser";
}

/** Fills `face` with the initials of a person, or the icon of a machine. */
export function drawFace(face, name, kind) {
  const letters = kind === "browser" ? initials(name) : "";
  const key = `${kind} ${letters}`;
  if (face.dataset.drawn === key) return;
  face.dataset.drawn = key;
  face.replaceChildren(letters || icon(KINDS[kind].icon));
}

function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...word][0]).join("").toLocaleUpperCase();
}

/** Lets the rings of `element` follow a level in dBov. */
export function showLevel(element, dbov) {
  const share = (dbov - QUIET_DBOV) / (LOUD_DBOV - QUIET_DBOV);
  const level = Math.min(1, Math.max(0, share)).toFixed(2);
  if (element.dataset.level === level) return;
  element.dataset.level = level;
  element.style.setProperty("--level", level);
}
