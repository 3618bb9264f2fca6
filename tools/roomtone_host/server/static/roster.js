// What the server measures of everyone in the room: their codec, and how well they come through.
// MIT License; see LICENSE

const EVERY_MS = 5000;
const PATIENCE_MS = 3000;

/** Asks for the room's stats until `stop()`; gives `onFacts` a Map of participant_id to facts. */
export class Roster {
  #url;
  #headers;
  #onFacts;
  #timer;

  constructor(room, token, onFacts) {
    this.#url = `/v1/rooms/${encodeURIComponent(room)}/stats`;
    this.#headers = token ? { Authorization: `Bearer ${token}` } : {};
    this.#onFacts = onFacts;
    this.#timer = setInterval(() => this.refresh(), EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Asks now; when there is no answer, what was known stays. */
  async refresh() {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const response = await fetch(this.#url, { headers: this.#headers, signal });
      if (!response.ok) return;
      const { participants } = await response.json();
      this.#onFacts(new Map(participants.map((p) => [p.participant_id, factsOf(p)])));
    } catch {
      // The call goes on without; the next round may bring them.
    }
  }
}

function factsOf({ codec, lost_percent: lost, round_trip_ms: trip }) {
  if (!codec) return {};
  const parts = [codec];
  if (Number.isFinite(lost)) parts.push(`${lost.toFixed(1)} % lost`);
  if (Number.isFinite(trip)) parts.push(`${Math.round(trip)} ms round trip`);
  return { codec: codec === "OPUS" ? "Opus" : codec, detail: parts.join(" · ") };
}
