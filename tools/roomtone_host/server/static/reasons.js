// Why a call ended or could not begin, in words for a person: the table of docs/signaling.md.
// MIT License; see LICENSE

/** What the page knows about each reason word: the server's sentence wins over `text`. */
const REASONS = {
  "token-missing": {
    title: "You need an invite",
    text: "This room needs a token.",
    advice: "Open the invite link that you were sent, or paste it on the start page.",
  },
  "token-invalid": {
    title: "This invite doesn’t work here",
    text: "The token is not valid here.",
    advice: "Ask for a new invite link. Check that all of it was copied.",
  },
  "token-expired": {
    title: "This invite has expired",
    text: "The token has expired; ask for a new invite link.",
    advice: "Whoever runs the room can send you a new one.",
  },
  forbidden: {
    title: "This invite is for something else",
    text: "The token does not allow this.",
    advice: "Ask for an invite link to this room.",
  },
  "room-not-found": {
    title: "No such room",
    text: "There is no room with this id.",
    advice: "Check the room’s name, or start a new room.",
  },
  "room-full": {
    title: "The room is full",
    text: "The room is full.",
    advice: "Try again when somebody has left.",
    retriable: true,
  },
  "room-ended": {
    title: "The room has ended",
    text: "The room has ended.",
    advice: "Start a new room to go on talking.",
  },
  "bad-request": {
    title: "The server did not understand",
    text: "A message had a missing or wrong field.",
    advice: "Reload the page. If it happens again, page and server are of different versions.",
  },
  "unknown-message": {
    title: "The server did not understand",
    text: "The server does not know a message of this page.",
    advice: "Reload the page. If it happens again, page and server are of different versions.",
  },
  "media-failed": {
    title: "No way through for the sound",
    text: "The audio connection could not be made.",
    advice: "A firewall or VPN may block UDP between this device and the server.",
    retriable: true,
  },
  "no-codec": {
    title: "No codec in common",
    text: "The offer has no codec that this server speaks.",
    advice: "Use a current Chromium, Firefox or Safari, with Opus or G.711.",
  },
  "protocol-error": {
    title: "The server broke off the call",
    text: "A message was not valid.",
    advice: "Reload the page. If it happens again, page and server are of different versions.",
  },
  "rate-limited": {
    title: "Too many attempts",
    text: "Too many attempts; wait a moment.",
    advice: "",
    retriable: true,
  },
  "server-stopping": {
    title: "The server is restarting",
    text: "The server is restarting.",
    advice: "It should be back in a moment.",
    retriable: true,
  },
  "server-unreachable": {
    title: "The server can’t be reached",
    text: "The server does not answer.",
    advice: "Check that this device is online and that the server runs.",
    retriable: true,
  },
  "connection-lost": {
    title: "The connection was lost",
    text: "The connection was lost.",
    advice: "Check that this device is online.",
    retriable: true,
  },
  left: {
    title: "You left the room",
    text: "The others can’t hear you any more.",
    advice: "",
    retriable: true,
  },
  removed: {
    title: "You were taken out of the room",
    text: "A moderator has removed you.",
    advice: "",
  },
  replaced: {
    title: "You joined from somewhere else",
    text: "A newer connection of yours took this one’s place.",
    advice: "The call goes on there.",
  },
};

/** An end of the call, or a refusal, with the reason word of docs/signaling.md. */
export class CallError extends Error {
  constructor(code, text, retriable) {
    const known = REASONS[code] ?? {};
    super(text || known.text || "Something went wrong.");
    this.code = code;
    this.retriable = retriable ?? known.retriable ?? false;
  }
}

/** Returns {title, text, advice} for the page to show. */
export function explain(error) {
  const known = REASONS[error.code] ?? { title: "The call has ended", advice: "" };
  return { title: known.title, text: error.message, advice: advise(error.code) ?? known.advice };
}

/** Advice that depends on where the page is open; undefined for the usual one. */
function advise(code) {
  if (code === "media-failed" && isFirefoxOnLoopback()) return LOOPBACK;
  if (code === "server-unreachable" && location.protocol === "https:") return CERTIFICATE;
  return undefined;
}

// A script is not told that a certificate was refused, only that nothing was answered.
const CERTIFICATE =
  "Check that this device is online and that the server runs. If the server has a new " +
  "certificate, reload this page: the browser then shows it and asks whether to trust it.";

const LOOPBACK =
  "Firefox keeps calls off this machine’s loopback address. Use Chromium, start the server with " +
  "--host 0.0.0.0, or set media.peerconnection.ice.loopback in about:config.";

function isFirefoxOnLoopback() {
  const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);
  return loopback && navigator.userAgent.includes("Firefox/");
}

/** The CallError that an `error` message, or the body of a refused request, tells. */
export function asError({ code, text, message, retriable }) {
  return new CallError(code, text ?? message, retriable);
}

/** Turns a refused HTTP request into the CallError that its body or its status tells. */
export function refusal(status, body) {
  if (typeof body?.code === "string") return asError(body);
  const code = { 401: "token-invalid", 403: "forbidden", 404: "room-not-found" }[status];
  return new CallError(code ?? (status >= 500 ? "server-unreachable" : "bad-request"));
}
