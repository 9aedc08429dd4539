/// Binary frames of protocol V2: a kind, the byte counts of the strings, the strings, the data.
function binary_frame(kind, strings, data) {
  const parts = strings.map((string) => Buffer.from(string));
  return Buffer.concat([
    Buffer.from([kind, ...parts.map((part) => part.length)]), ...parts, Buffer.from(data)]);
}

export function client_push({ join_ref, ref, topic, event, data }) {
  return binary_frame(0, [join_ref, ref, topic, event], data);
}

export function server_reply({ join_ref, ref, topic, status, data }) {
  return binary_frame(1, [join_ref, ref, topic, status], data);
}

export function server_broadcast({ topic, event, data }) {
  return binary_frame(2, [topic, event], data);
}

/// The ArrayBuffer that holds exactly these bytes: phoenix sends those as binary frames.
export function array_buffer(...bytes) {
  return Uint8Array.from(bytes).buffer;
}
