// The panel with an invite: its link, and the same as a QR code for a phone.
// MIT License; see LICENSE

import { $, toast } from "./dom.js";
import { inviteLink } from "./invite.js";

let pins = null;

/** Opens the panel for a room; `token` is the reader's own. */
export async function showInvite(room, token) {
  const { link, complete } = inviteLink(room, token, await boardPins());
  $("invite-link").value = link;
  $("invite-note").hidden = complete;
  $("invite-panel").showPopover();
  await drawCode(link);
}

/** Copies the link; `prompt` serves where a page may not, outside of https. */
export async function copyInvite(room, token) {
  const { link, complete } = inviteLink(room, token, await boardPins());
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    return void prompt("Copy this invite link:", link);
  }
  toast(complete ? "Invite link copied" : "Link copied. Your own token is not in it.");
}

/** What a board needs to trust this server, besides the token. */
async function boardPins() {
  if (pins) return pins;
  try {
    const answer = await fetch("/v1/pins", { signal: AbortSignal.timeout(3000) });
    pins = answer.ok ? await answer.json() : {};
  } catch {
    return {}; // the link still serves people
  }
  return pins;
}

async function drawCode(text) {
  const image = $("invite-code");
  image.hidden = true;
  try {
    const answer = await fetch("/v1/qr", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) return;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(await answer.blob());
    image.hidden = false;
  } catch {
    // The link above it says the same.
  }
}
