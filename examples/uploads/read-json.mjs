// What a page sends to its back end: the headers of one upload and the names of what it is about. Whoever sends more is not listened to,
// since anybody may send anything before it is known who they are.

const MAX_BYTES = 16 * 1024;

/**
 * Reads no more of a request than that. A framework's own parser has such a limit too; set it.
 *
 * @param {AsyncIterable<Uint8Array>} request such as an `IncomingMessage` of Node
 */
export async function readJson(request, maxBytes = MAX_BYTES) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > maxBytes) throw new Error(`a request has at most ${maxBytes} bytes`); // and the connection is closed
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
