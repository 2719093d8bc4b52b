import { assert, test } from "#harness";
import { Rechunker } from "../../pkg/js/engine/rechunk.js";
import { readerOf } from "../../pkg/js/io/source.js";
import { assertBytes, bytes, joined, pieces, reusing } from "./support.mjs";

const BLOCK = 10;

/** Takes all blocks and copies them, as they are valid only until the next. */
async function blocksOf(source, lookahead, head) {
  const rechunker = new Rechunker(readerOf(source), BLOCK, lookahead, head);
  const blocks = [];
  let block;
  do {
    block = await rechunker.next();
    blocks.push({ ...block, bytes: block.bytes.slice() });
  } while (!block.last);
  return blocks;
}

test("cuts any pieces into the same blocks", async () => {
  for (const lookahead of [0, 3]) {
    for (let length = 0; length <= 4 * BLOCK + lookahead + 1; length++) {
      const data = bytes(length);
      for (let size = 1; size <= length + 1; size++) {
        const what = `${length} in pieces of ${size}`;
        const blocks = await blocksOf(reusing(data, size), lookahead);
        assertBytes(joined(blocks.map((block) => block.bytes)), data, what);
        const last = blocks.at(-1);
        for (const block of blocks) {
          assert.equal(block.last, block === last, what);
          assert.ok(block === last || block.bytes.length === BLOCK, what);
        }
        // The last block is the last one possible: as long as the lookahead allows.
        assert.ok(last.bytes.length <= BLOCK + lookahead, what);
        assert.ok(length <= lookahead || last.bytes.length > lookahead, what);
      }
    }
  }
});

test("begins with what was read already", async () => {
  const data = bytes(47);
  for (let cut = 0; cut <= data.length; cut++) {
    for (const source of [data.subarray(cut), reusing(data.subarray(cut), 4)]) {
      const blocks = await blocksOf(source, 3, data.subarray(0, cut));
      assertBytes(joined(blocks.map((block) => block.bytes)), data, `cut at ${cut}`);
      assert.equal(blocks.length, 5);
    }
  }
});

test("does not copy blocks that lie in one chunk", async () => {
  const data = bytes(35);
  const rechunker = new Rechunker(readerOf(data), BLOCK, 0);
  for (const start of [0, 10, 20, 30]) {
    const block = await rechunker.next();
    assert.equal(block.bytes.buffer, data.buffer);
    assert.equal(block.bytes.byteOffset, data.byteOffset + start);
  }
});

test("asks for more only when it must", async () => {
  let asked = 0;
  async function* source() {
    for (const piece of pieces(bytes(100), 25)) {
      asked += 1;
      yield piece;
    }
  }
  const rechunker = new Rechunker(readerOf(source()), BLOCK, 0);
  const counts = [];
  for (let i = 0; i < 4; i++) {
    await rechunker.next();
    counts.push(asked);
  }
  assert.deepEqual(counts, [1, 1, 2, 2]);
});

test("copies each byte a few times, however many pieces it comes in", async () => {
  const length = 100_000;
  const data = new Uint8Array(length);
  async function* source() {
    for (let i = 0; i < length; i++) {
      yield data.subarray(i, i + 1);
    }
  }
  const rechunker = new Rechunker(readerOf(source()), length, 8);
  const { prototype } = Object.getPrototypeOf(Uint8Array);
  const { set } = prototype;
  let copied = 0;
  prototype.set = function (from, ...others) {
    copied += from.length;
    return set.call(this, from, ...others);
  };
  try {
    assert.ok((await rechunker.next()).last);
  } finally {
    prototype.set = set;
  }
  assert.ok(copied >= length && copied < 4 * length, `${copied} bytes`);
});
