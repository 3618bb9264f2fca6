// The view of a call: tiles, controls, banners, and what is announced.
// MIT License; see LICENSE

import { $, fillSelect, make, setIcon, setText, toast } from "./dom.js";
import { copyInvite, showInvite } from "./invitepanel.js";
import { Quality } from "./quality.js";
import { Roster } from "./roster.js";
import { Tile } from "./tile.js";

/** Shows one call from `open` to `close`. `token` goes into the invite link. */
export class CallView {
  #microphone;
  #call = null;
  #token = "";
  #quality = null;
  #clock = null;
  #meter = null;
  #roster = null;
  #facts = new Map();
  #mine = new Tile({ mine: true });
  #tiles = new Map();
  #alone = null;
  #audio = $("remote");

  constructor(microphone) {
    this.#microphone = microphone;
    $("mute").addEventListener("click", () => this.toggleMute());
    $("leave").addEventListener("click", () => this.#call?.leave());
    $("invite").addEventListener("click", () => showInvite(this.#call.room, this.#token));
    $("invite-copy").addEventListener("click", () => this.#copyInvite());
    $("volume").addEventListener("input", () => this.#setVolume());
    $("hear-everyone").addEventListener("click", () => this.#call?.listen(null));
    $("try-mic").addEventListener("click", () => microphone.open());
    $("start-sound").addEventListener("click", () => this.#play());
    $("call-mic").addEventListener("change", () => this.#setMicrophone());
    $("call-output").addEventListener("change", () => this.#setOutput());
    $("settings-panel").addEventListener("toggle", () => this.#showDevices());
    microphone.addEventListener("change", () => {
      this.#render();
      if ($("settings-panel").matches(":popover-open")) this.#showDevices();
    });
  }

  open(call, token) {
    this.#call = call;
    this.#token = token;
    setText($("room-name"), call.room);
    setText($("call-title"), `In the room ${call.room}`);
    call.addEventListener("change", () => this.#render());
    call.addEventListener("levels", ({ detail }) => this.#levels(detail));
    call.addEventListener("notice", ({ detail }) => this.#notice(detail));
    call.addEventListener("stream", ({ detail }) => this.#listenTo(detail));
    this.#quality = new Quality(call);
    this.#roster = new Roster(call.room, token, (facts) => this.#showFacts(facts));
    this.#clock = setInterval(() => this.#tick(), 1000);
    this.#meter = setInterval(() => this.#mine.level(this.#microphone.level()), 100);
    $("tiles").replaceChildren(this.#mine.element);
    this.#tick();
    this.#render();
  }

  close() {
    this.#call = null;
    this.#quality?.stop();
    this.#roster?.stop();
    this.#facts.clear();
    clearInterval(this.#clock);
    clearInterval(this.#meter);
    this.#audio.srcObject = null;
    this.#tiles.clear();
    this.#alone = null;
    document.querySelectorAll(":popover-open").forEach((panel) => panel.hidePopover());
  }

  async toggleMute() {
    if (this.#microphone.track) this.#microphone.muted = !this.#microphone.muted;
    else await this.#microphone.open();
  }

  #render() {
    const call = this.#call;
    if (!call) return;
    this.#renderMine();
    for (const [id, tile] of this.#tiles) if (!call.participants.has(id)) this.#removeTile(id, tile);
    for (const participant of call.participants.values()) this.#renderOther(participant);
    this.#renderAlone();
    $("tiles").dataset.count = Math.min($("tiles").children.length, 9);
    this.#renderBanners();
    this.#renderMute();
  }

  #renderMine() {
    const { track, muted } = this.#microphone;
    const me = { name: this.#call.name, kind: "browser" };
    const speaking = this.#call.activeSpeaker === this.#call.participantId;
    const presenting = this.#call.presenter === this.#call.participantId;
    const silent = !track;
    const facts = { speaking, presenting, muted: muted || silent, silent, heard: true };
    this.#mine.show(me, { ...facts, ...this.#facts.get(this.#call.participantId) });
  }

  #renderOther(participant) {
    const id = participant.participant_id;
    const { activeSpeaker, presenter, listening } = this.#call;
    const stream = participant.streams.find(({ kind }) => kind === "audio");
    const tile = this.#tiles.get(id) ?? this.#addTile(id);
    tile.show(participant, {
      speaking: activeSpeaker === id,
      presenting: presenter === id,
      muted: stream?.muted ?? true,
      silent: !stream,
      heard: listening === null || listening === id,
      alone: listening === id,
      ...this.#facts.get(id),
    });
  }

  #addTile(id) {
    const onListen = () => this.#call.listen(this.#call.listening === id ? null : id);
    const tile = new Tile({ onListen });
    this.#tiles.set(id, tile);
    $("tiles").append(tile.element);
    return tile;
  }

  // The keyboard's place must not vanish with a tile that had it.
  #removeTile(id, tile) {
    this.#tiles.delete(id);
    if (tile.element.contains(document.activeElement)) $("mute").focus();
    tile.element.remove();
  }

  #renderAlone() {
    const alone = this.#call.participants.size === 0;
    if (!alone) this.#alone?.remove();
    if (!alone) this.#alone = null;
    if (!alone || this.#alone) return;
    // A board needs no token and no pin of a server that has neither.
    const plain = location.protocol === "http:" && !this.#token;
    this.#alone = invitation(this.#call.room, plain, () => this.#copyInvite());
    $("tiles").append(this.#alone);
  }

  #renderBanners() {
    const call = this.#call;
    const heard = call.participants.get(call.listening);
    $("reconnecting").hidden = call.state !== "reconnecting";
    $("listening").hidden = !heard;
    setText($("listening-text"), heard ? `You hear only ${heard.name}.` : "");
    const { track, trouble, state } = this.#microphone;
    $("no-mic").hidden = Boolean(track);
    $("try-mic").hidden = state === "insecure";
    setText($("no-mic-text"), track ? "" : `You are listening only. ${trouble}`.trim());
  }

  #renderMute() {
    const { track, muted } = this.#microphone;
    const off = muted || !track;
    const word = track ? (muted ? "Unmute" : "Mute") : "Turn on";
    $("mute").classList.toggle("off", off);
    if (track) $("mute").setAttribute("aria-pressed", String(off));
    else $("mute").removeAttribute("aria-pressed"); // there is nothing yet that could be muted
    $("mute").setAttribute("aria-label", track ? "Mute microphone" : "Turn the microphone on");
    $("mute").title = `${word} (M)`;
    setText($("mute").querySelector("span"), word);
    setIcon($("mute").querySelector("svg"), off ? "mic-off" : "mic");
  }

  #levels(levels) {
    for (const [id, dbov] of Object.entries(levels)) this.#tiles.get(id)?.level(dbov);
  }

  #notice({ type, participant, reason, error }) {
    const name = participant?.name ?? "A moderator";
    const lost = reason === "lost" ? "lost the connection" : "left";
    if (type === "joined") this.#roster.refresh();
    if (type === "joined") toast(`${name} joined`);
    if (type === "left") toast(`${name} ${reason === "removed" ? "was removed" : lost}`);
    if (type === "back") toast("You are back in the room");
    if (type === "error") toast(error.message, { urgent: true });
    if (type !== "mute-requested" || this.#microphone.muted) return;
    const run = () => (this.#microphone.muted = true);
    toast(`${name} asks you to mute`, { urgent: true, action: "Mute", run });
  }

  #listenTo(stream) {
    this.#roster.refresh();
    this.#audio.srcObject = stream;
    this.#setVolume();
    this.#play();
  }

  async #play() {
    const plays = await this.#audio.play().then(() => true, () => false);
    $("no-sound").hidden = plays || !this.#call;
  }

  #setVolume() {
    this.#audio.volume = $("volume").value / 100;
  }

  async #setMicrophone() {
    const done = await this.#microphone.open($("call-mic").value);
    if (!done) toast("This microphone can’t be used.", { urgent: true });
  }

  async #setOutput() {
    const done = await this.#audio.setSinkId($("call-output").value).then(() => true, () => false);
    if (!done) toast("This speaker can’t be used.", { urgent: true });
  }

  async #showDevices() {
    const { current, list } = await this.#microphone.devices();
    fillSelect($("call-mic"), list.length ? list : [{ id: "", label: "No microphone" }], current);
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    const speakers = all.filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId);
    $("output-field").hidden = !this.#audio.setSinkId || speakers.length === 0;
    const named = speakers.map(({ deviceId, label }) => ({ id: deviceId, label }));
    fillSelect($("call-output"), named, this.#audio.sinkId || "default");
  }

  #showFacts(facts) {
    this.#facts = facts;
    this.#render();
  }

  #copyInvite() {
    return copyInvite(this.#call.room, this.#token);
  }

  #tick() {
    const seconds = Math.floor((Date.now() - (this.#call?.startedAt ?? Date.now())) / 1000);
    const pad = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const text = `${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds % 60)}`;
    setText($("clock"), text);
  }
}

/** What is shown to who is alone; `plain` with a command that puts a virtual board in the room. */
function invitation(room, plain, onCopy) {
  const copy = make("button", { type: "button", class: "soft", text: "Copy invite link" });
  copy.addEventListener("click", onCopy);
  const command = `roomtone simulate --server ${location.origin} --room ${room} --name Kitchen --mic in.wav --speaker out.wav`;
  return make(
    "li",
    { class: "tile alone" },
    make("h2", { text: "Nobody else is here yet" }),
    make("p", { text: `Send somebody the link${plain ? ", or put a virtual board in the room:" : "."}` }),
    ...(plain ? [make("code", { text: command, tabindex: "0" })] : []),
    copy,
  );
}
