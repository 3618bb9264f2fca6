// Rooms in addresses: reading an invite, making one, and creating a room.
// MIT License; see LICENSE

import { CallError, refusal } from "./reasons.js";

/** Returns {room, token} of an address of this page; each may be empty. */
export function readAddress(address) {
  let url, room;
  try {
    url = new URL(address, location.href);
    room = decodeURIComponent(/^\/r\/([^/]+)/.exec(url.pathname)?.[1] ?? "");
  } catch {
    return { room: "", token: "" }; // no address, or one with half a character in it
  }
  // The fragment never travels to a server, so the token stays out of its logs.
  const token = new URLSearchParams(url.hash.slice(1)).get("token") ?? "";
  return { room, token };
}

/** Returns {room, token} of what somebody typed or pasted: a room id or an invite link. */
export function readTyped(text) {
  const typed = text.trim();
  return /^https?:\/\//i.test(typed) ? readAddress(typed) : { room: typed, token: "" };
}

/** The address of a room on this server, with the token in its fragment when there is one. */
export function roomAddress(room, token) {
  const url = new URL(`/r/${encodeURIComponent(room)}`, location.origin);
  if (token) url.hash = new URLSearchParams({ token });
  return url;
}

/**
 * The link to hand to others, and whether it lets them in: a token that names its bearer,
 * or allows more than to join, stays with its bearer. `pins` {certificate, update} are for boards.
 */
export function inviteLink(room, token, pins = {}) {
  const own = isPersonal(token);
  const url = roomAddress(room, own ? "" : token);
  const fragment = new URLSearchParams({ ...(token && !own && { token }), ...pins });
  if (fragment.size) url.hash = fragment;
  return { link: url.href, complete: !own };
}

function isPersonal(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const claims = JSON.parse(atob(payload));
    const more = claims.permissions?.includes("allow_mod") || claims.roles?.includes("crawler");
    return Boolean(claims.participantId || more);
  } catch {
    return false; // not a JWT: nothing personal to be seen
  }
}

/** Makes a room and returns its id. Raises CallError. */
export async function createRoom(token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const request = { method: "POST", headers, body: "{}", signal: AbortSignal.timeout(10_000) };
  let response;
  try {
    response = await fetch("/v2/rooms", request);
  } catch {
    throw new CallError("server-unreachable");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body.roomId;
  if (response.status === 401 && !token) throw new CallError("token-missing");
  throw refusal(response.status, body);
}
