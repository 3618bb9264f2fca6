// The last view: why the call ended or could not begin, and what to do now.
// MIT License; see LICENSE

import { $, setText } from "./dom.js";
import { explain } from "./reasons.js";

/** Shows `error` (a CallError); `onRetry` is called when its button is pressed. */
export class Ended {
  constructor(onRetry) {
    $("retry").addEventListener("click", onRetry);
  }

  show(error) {
    const { title, text, advice } = explain(error);
    const calm = error.code === "left" || error.code === "room-ended";
    $("ended").classList.toggle("calm", calm);
    $("ended-mark").querySelector("use").setAttribute(
      "href",
      `/static/icons.svg#${calm ? "leave" : "warning"}`,
    );
    setText($("ended-title"), title);
    setText($("ended-text"), text);
    setText($("ended-advice"), advice);
    setText($("ended-code"), error.code === "left" ? "" : error.code);
    $("retry").hidden = !error.retriable;
    setText($("retry"), error.code === "left" ? "Join again" : "Try again");
    $("home").classList.toggle("primary", !error.retriable);
  }
}
