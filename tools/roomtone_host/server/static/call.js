// A call: joins a room, keeps its state, and joins again as the same participant when it breaks.
// MIT License; see LICENSE

import { Peer } from "./peer.js";
import { CallError } from "./reasons.js";
import { Signaling } from "./signaling.js";

const MEDIA_MS = 15_000;
const DISCONNECTED_MS = 4000;
const RETRY_MS = [250, 1000, 2000, 4000, 8000];

/**
 * State of one call. Events:
 * "change"   anything below changed
 * "levels"   {detail: {participant_id: dBov}}
 * "notice"   {detail: {type, participant?, error?}}: worth telling the user
 * "stream"   {detail: MediaStream}: what to play; again after each reconnection
 * "ended"    {detail: CallError}: over for good; `left` when the user left
 *
 * `state` is connecting, connected, reconnecting or closed.
 */
export class Call extends EventTarget {
  state = "connecting";
  participants = new Map();
  participantId = null;
  activeSpeaker = null;
  presenter = null;
  /** The one participant who is heard; null means everyone. */
  listening = null;
  startedAt = null;

  #microphone;
  #join;
  #signaling = null;
  #peer = null;
  #resume = null;
  #token;
  #attempt = 0;
  #timers = new Set();
  #publishing = null;
  #mutedTold = null;

  constructor({ room, token, name, microphone }) {
    super();
    this.room = room;
    this.name = name;
    this.#token = token;
    this.#microphone = microphone;
    this.#join = { type: "join", name, kind: "browser", want: ["levels"] };
    this.#join.codecs = ["opus", "PCMU", "PCMA"];
    microphone.addEventListener("change", this.#microphoneChanged);
    addEventListener("online", this.#online);
  }

  /** Joins. Raises CallError when the first attempt is refused; later ones are retried. */
  async start() {
    try {
      await this.#connect();
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  /** Leaves, and says so to the server. */
  leave() {
    this.#signaling?.send({ type: "leave" });
    this.#end(new CallError("left"));
  }

  /** Hears one participant, or everyone when null. */
  listen(participantId) {
    this.listening = participantId;
    this.#signaling?.send({ type: "subscribe", participant_id: participantId });
    this.#changed();
  }

  /** How the connection does (see Peer.stats), or null while there is none. */
  async stats() {
    return this.state === "connected" ? this.#peer.stats() : null;
  }

  async #connect() {
    const peer = new Peer();
    const signaling = new Signaling(this.room, this.#token);
    this.#peer = peer;
    this.#signaling = signaling;
    signaling.addEventListener("message", ({ detail }) => this.#received(detail));
    const broken = new Promise((resolve, reject) => {
      signaling.addEventListener("closed", ({ detail }) => {
        reject(detail);
        this.#lost(detail, signaling);
      });
    });
    broken.catch(() => {}); // it is awaited only while connecting
    await peer.send(this.#microphone.track);
    const join = { ...this.#join, sdp: await peer.offer() };
    if (this.#resume) Object.assign(join, this.#resume);
    const joined = await signaling.join(join);
    this.#check(signaling);
    this.#enter(joined);
    await peer.accept(joined.sdp).catch(() => {
      throw new CallError("media-failed");
    });
    const outcome = await Promise.race([peer.settled(MEDIA_MS), broken]);
    this.#check(signaling);
    if (outcome !== "connected") throw new CallError("media-failed");
    this.#connected(peer);
  }

  // A leave may have happened while we waited; what was opened then is closed already.
  #check(signaling) {
    if (this.#signaling !== signaling) throw new CallError("left");
  }

  #enter(joined) {
    this.participantId = joined.participant_id;
    this.#resume = { participant_id: joined.participant_id, resume: joined.resume };
    this.participants = new Map(joined.participants.map((p) => [p.participant_id, p]));
    this.activeSpeaker = joined.active_speaker ?? null;
    this.presenter = joined.presenter ?? null;
  }

  #connected(peer) {
    const again = this.state === "reconnecting";
    this.state = "connected";
    this.startedAt ??= Date.now();
    this.#attempt = 0;
    this.#publishing = null; // what the server believes after a resume is not known
    this.#mutedTold = null;
    peer.addEventListener("state", () => this.#mediaChanged(peer));
    this.#emit("stream", peer.stream);
    this.#tellStream();
    if (!this.participants.has(this.listening)) this.listening = null;
    if (this.listening) this.listen(this.listening);
    if (again) this.#emit("notice", { type: "back" });
    this.#changed();
  }

  #mediaChanged(peer) {
    if (peer !== this.#peer || this.state !== "connected") return;
    const signaling = this.#signaling;
    const lost = () => this.#lost(new CallError("connection-lost"), signaling);
    if (peer.state === "failed") lost();
    if (peer.state !== "disconnected") return;
    this.#later(DISCONNECTED_MS, () => {
      if (peer.state === "disconnected") lost();
    });
  }

  // The one owner of trouble: whatever breaks a connection comes here, once for each.
  #lost(error, signaling) {
    if (this.state === "connecting" || this.#signaling !== signaling) return;
    if (!error.retriable) return void this.#end(error);
    this.#drop();
    this.state = "reconnecting";
    this.activeSpeaker = null;
    this.#changed();
    const wait = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)];
    this.#later(wait, () => this.#retry());
  }

  #retry() {
    const attempt = this.#connect();
    const signaling = this.#signaling;
    attempt.catch((error) => {
      // What the browser itself raised is worth another try: the network may be half up.
      const known = error instanceof CallError;
      this.#lost(known ? error : new CallError("connection-lost"), signaling);
    });
  }

  #online = () => {
    if (this.state !== "reconnecting" || this.#timers.size === 0) return;
    this.#clearTimers();
    this.#retry();
  };

  #received(message) {
    const participant = this.participants.get(message.participant_id);
    const handler = HANDLERS[message.type];
    if (!handler) return;
    const outcome = handler(this, message, participant) ?? {};
    if (outcome.ended) return void this.#end(outcome.ended);
    if (outcome.notice) this.#emit("notice", outcome.notice);
    if (outcome.levels) this.#emit("levels", outcome.levels);
    else this.#changed();
  }

  #microphoneChanged = () => {
    if (this.state !== "connected") return;
    this.#peer.send(this.#microphone.track).catch(() => {});
    this.#tellStream();
    this.#changed();
  };

  #tellStream() {
    const publishing = Boolean(this.#microphone.track);
    const tell = (type) => this.#signaling.send({ type, kind: "audio" });
    if (publishing !== this.#publishing) {
      tell(publishing ? "stream-started" : "stream-stopped");
      this.#mutedTold = null; // a stream that starts counts as heard
    }
    this.#publishing = publishing;
    const { muted } = this.#microphone;
    if (muted !== this.#mutedTold) tell(muted ? "stream-muted" : "stream-unmuted");
    this.#mutedTold = muted;
  }

  #end(error) {
    if (this.state === "closed") return;
    this.#close();
    this.#emit("ended", error);
  }

  #close() {
    this.state = "closed";
    this.#microphone.removeEventListener("change", this.#microphoneChanged);
    removeEventListener("online", this.#online);
    this.#drop();
  }

  #drop() {
    this.#clearTimers();
    this.#signaling?.close();
    this.#peer?.close();
    this.#signaling = null;
    this.#peer = null;
  }

  #later(milliseconds, action) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, milliseconds);
    this.#timers.add(timer);
  }

  #clearTimers() {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// What each message of the server does to the call; the rest (pong, message) need nothing here.
const HANDLERS = {
  "participant-joined": (call, { participant }) => {
    const returned = call.participants.has(participant.participant_id);
    call.participants.set(participant.participant_id, participant);
    return returned ? {} : { notice: { type: "joined", participant } };
  },
  "participant-left": (call, { participant_id: id, reason }, participant) => {
    call.participants.delete(id);
    if (call.activeSpeaker === id) call.activeSpeaker = null;
    if (call.listening === id) call.listen(null);
    return participant ? { notice: { type: "left", participant, reason } } : {};
  },
  "stream-started": (call, { kind }, participant) => {
    if (participant) participant.streams = [{ kind, muted: false }];
  },
  "stream-stopped": (call, message, participant) => {
    if (participant) participant.streams = [];
  },
  "stream-muted": (call, message, participant) => setMuted(participant, true),
  "stream-unmuted": (call, message, participant) => setMuted(participant, false),
  "active-speaker": (call, { participant_id: id }) => {
    call.activeSpeaker = id;
  },
  presenter: (call, { participant_id: id }) => {
    call.presenter = id;
  },
  levels: (call, { levels }) => ({ levels }),
  "mute-requested": (call, { by }) => ({
    notice: { type: "mute-requested", participant: call.participants.get(by) },
  }),
  removed: (call, { reason }) => ({ ended: new CallError(reason) }),
  end: () => ({ ended: new CallError("room-ended") }),
  error: (call, { code, text, retriable, about }) => {
    // One that is about no message of ours is followed by the end of the connection.
    return about ? { notice: { type: "error", error: new CallError(code, text, retriable) } } : {};
  },
};

function setMuted(participant, muted) {
  participant?.streams.forEach((stream) => {
    stream.muted = muted;
  });
}
