// MD5 (RFC 1321) of bytes, as hex: what a chip's loader answers when asked what is in its flash.
// MIT License; see LICENSE

const TURNS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const SINES = Uint32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32);

/** Returns the digest of a Uint8Array as 32 hex digits. */
export function md5(data) {
  const padded = pad(data);
  const words = new Uint32Array(padded.buffer);
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < words.length; at += 16) block(state, words.subarray(at, at + 16));
  return [...new Uint8Array(state.buffer)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function pad(data) {
  const length = (data.length + 9 + 63) & ~63;
  const padded = new Uint8Array(length);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, data.length << 3, true);
  view.setUint32(length - 4, Math.floor(data.length / 2 ** 29), true);
  return padded;
}

function block(state, words) {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    let mixed;
    let index;
    if (round === 0) [mixed, index] = [(b & c) | (~b & d), i];
    else if (round === 1) [mixed, index] = [(d & b) | (~d & c), (5 * i + 1) & 15];
    else if (round === 2) [mixed, index] = [b ^ c ^ d, (3 * i + 5) & 15];
    else [mixed, index] = [c ^ (b | ~d), (7 * i) & 15];
    const sum = (a + mixed + SINES[i] + words[index]) | 0;
    const turn = TURNS[round][i & 3];
    [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0];
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}
