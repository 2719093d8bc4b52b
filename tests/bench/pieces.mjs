// Bytes as sources deliver them, to bongtu and to what it is measured against.

const PIECE = 512 * 1024;

export function* slices(bytes, length = PIECE) {
  for (let start = 0; start < bytes.length; start += length) {
    yield bytes.subarray(start, start + length);
  }
}

export function piecesOf(bytes) {
  const pieces = slices(bytes);
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}
