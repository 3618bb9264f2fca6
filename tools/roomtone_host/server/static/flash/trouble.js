// What goes wrong while a board is set up: a sentence, and what to do about it.
// MIT License; see LICENSE

export class Trouble extends Error {
  constructor(text, cure = "") {
    super(text);
    this.cure = cure;
  }
}

/** Makes a Trouble of whatever was thrown while `doing`. */
export function explain(error, doing) {
  if (error instanceof Trouble) return error;
  const text = `${error?.name ?? ""} ${error?.message ?? error}`;
  if (/device has been lost|NetworkError|break|disconnected/i.test(text)) {
    return new Trouble(`The cable was pulled while ${doing}.`, "Plug the board in and start again.");
  }
  if (/already open|InvalidState|Failed to open/i.test(text)) {
    return new Trouble("The port is used by another program.", "Close the serial monitor or editor that has it.");
  }
  return new Trouble(`It failed while ${doing}: ${error?.message ?? error}.`, "Start again; try another cable if it stays so.");
}
