// The few changes to an SDP text that browsers offer no API for.
// MIT License; see LICENSE

/**
 * Returns `sdp` with the parameters of its Opus format set as given, others kept.
 * A text without Opus comes back unchanged.
 */
export function withOpusParameters(sdp, parameters) {
  const payloadType = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (!payloadType) return sdp;
  const line = new RegExp(`^a=fmtp:${payloadType} (.*?)\\r?$`, "m");
  const merged = { ...parse(line.exec(sdp)?.[1] ?? ""), ...parameters };
  const text = Object.entries(merged).map(([key, value]) => `${key}=${value}`).join(";");
  const fmtp = `a=fmtp:${payloadType} ${text}`;
  if (line.test(sdp)) return sdp.replace(line, `${fmtp}\r`).replace(/\r+\n/g, "\r\n");
  return sdp.replace(new RegExp(`^(a=rtpmap:${payloadType} .*?)\\r?$`, "m"), `$1\r\n${fmtp}\r`);
}

function parse(fmtp) {
  const pairs = fmtp.split(";").map((pair) => pair.trim().split("="));
  return Object.fromEntries(pairs.filter(([key, value]) => key && value !== undefined));
}
