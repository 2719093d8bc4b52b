// The platform's own calls in the pieces that the formats ask for, and nothing else: no key schedule, no header, no
// streams, no checks. It is the most that bongtu could reach.

import { slices } from "./pieces.mjs";

const FRAME = 256 * 1024; // a message's default; an object's chunk is as long as a piece
const FRAME_NONCE = new Uint8Array(12);
const CHUNK_NONCE = new Uint8Array(16);
const FRAME_AAD = new Uint8Array(60);
const NOTHING = new Uint8Array(0);

/** Calls in flight at a time, where they are asynchronous: 1 MiB of frames or chunks. */
const WINDOW = 1024 * 1024;

/** Tasks by the names of bongtu's; of `executor`, one of bongtu's, each method is one call of the platform. */
export async function bareTasks(executor, wrap, unwrap, plaintext) {
  const { length } = plaintext;
  const sealing = async () => executor.importKey(await wrap());
  const opening = async () => executor.importKey(await unwrap());
  const [frames, chunks] = [[], []];
  const kept = (pieces) => (sealed) => pieces.push(joined(sealed));
  await run(await opening(), slices(plaintext, FRAME), sealFrame, kept(frames));
  await run(await opening(), slices(plaintext), sealChunk, kept(chunks));
  return {
    "seal bytes": async () => {
      const message = new Uint8Array(length + 16 * frames.length);
      await run(await sealing(), slices(plaintext, FRAME), sealFrame, into(message));
    },
    "open bytes": async () => run(await opening(), frames, openFrame, into(new Uint8Array(length))),
    "seal a stream": async () => run(await sealing(), slices(plaintext, FRAME), sealFrame, drop),
    "open a stream": async () => run(await opening(), frames, openFrame, drop),
    "seal an object": async () => run(await sealing(), slices(plaintext), sealChunk, drop),
    // Without a tag nobody checks the input, so it need not have been sealed.
    "open an object in one pass": async () =>
      run(await opening(), slices(plaintext), openChunk, drop),
    "open an object": async () => {
      const key = await opening();
      await run(key, slices(plaintext), hashChunk, drop);
      await run(key, chunks, reopenChunk, drop);
    },
  };
}

const sealFrame = (key, frame) => [key.seal(FRAME_NONCE, FRAME_AAD, frame)];
const openFrame = (key, frame) => [key.open(FRAME_NONCE, FRAME_AAD, frame)];
const sealChunk = (key, chunk) => [key.seal(CHUNK_NONCE, NOTHING, chunk)];
const hashChunk = (key, chunk) => [key.seal(CHUNK_NONCE, chunk, NOTHING)];
const reopenChunk = (key, chunk) => [key.open(CHUNK_NONCE, NOTHING, chunk)];
const openChunk = (key, chunk) => [
  ...hashChunk(key, chunk),
  key.keyStream?.(CHUNK_NONCE, chunk) ?? key.seal(CHUNK_NONCE, NOTHING, chunk),
];

/** Hands on, in order, what `work` makes of every piece: bytes, or a list of them. */
async function run(key, pieces, work, sink) {
  if (key.synchronous) {
    for (const piece of pieces) for (const output of work(key, piece)) sink(output);
    return;
  }
  const running = [];
  let inFlight = 0;
  const settle = async () => {
    const { length, outputs } = running.shift();
    inFlight -= length;
    for (const output of await Promise.all(outputs)) sink(output);
  };
  for (const piece of pieces) {
    running.push({ length: piece.length, outputs: work(key, piece) });
    inFlight += piece.length;
    while (inFlight >= WINDOW) await settle();
  }
  while (running.length > 0) await settle();
}

function drop() {}

/** Puts all bytes into `whole`, one after the other. */
function into(whole) {
  let position = 0;
  const put = (bytes) => {
    whole.set(bytes, position);
    position += bytes.length;
  };
  return (output) => [output].flat().forEach(put);
}

function joined(sealed) {
  const whole = new Uint8Array(sealed.reduce((total, { length }) => total + length, 0));
  into(whole)(sealed);
  return whole;
}
