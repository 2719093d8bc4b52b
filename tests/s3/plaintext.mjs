// Bytes that Node and a page make alike, so that they need not be sent from one to the other.

/** The same for the same length and seed; no two stretches of it are alike. */
export function plaintextOf(length, seed = 1) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}
