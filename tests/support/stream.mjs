// Streams of any length in constant memory; works in Node and in a page.

const CHUNK = new Uint8Array(1024 * 1024);

/** A stream of `length` bytes. All pieces are views of one buffer, so that the source itself makes no garbage. */
export function sourceOf(length) {
  let left = length;
  return new ReadableStream(
    {
      pull(controller) {
        const piece = CHUNK.subarray(0, left);
        left -= piece.length;
        if (piece.length > 0) controller.enqueue(piece);
        if (left === 0) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads a stream to its end, keeps nothing, and returns how many bytes there were. */
export async function drain(stream) {
  const reader = stream.getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return length;
    length += value.length;
  }
}
