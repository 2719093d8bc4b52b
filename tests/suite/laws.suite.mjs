// Laws that hold for whatever a caller gives: sizes, slices, parts, plans, checksums, round trips and names of options.
//
// Every run tries the same inputs. A failure shows the smallest one that breaks the law, with the seed and path by which
// fast-check finds it again.

import {
  checksums,
  multipartPlan,
  open,
  openStream,
  seal,
  sealBlob,
  sealedSize,
  sealObject,
  sealObjectStream,
  sealSecret,
  sealStream,
} from "bongtu";
import fc from "fast-check";
import { assert, test } from "#harness";
import {
  assertBytes,
  bytes,
  CHUNK,
  failure,
  fixture,
  joined,
  openAll,
  readAll,
  sealedBytes,
  stored,
} from "./support.mjs";

const SEED = 20_261_128;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const CRCS = ["CRC32", "CRC32C", "CRC64NVME"];
const DATA = bytes(3 * CHUNK + 5);

/** Registers a test that tries `check` for that many inputs. */
function law(name, runs, arbitraries, check) {
  test(name, () =>
    fc.assert(fc.asyncProperty(...arbitraries, check), { seed: SEED, numRuns: runs }),
  );
}

/** Names and values that bongtu writes. Names that begin with aws-crypto- are reserved. */
const contexts = fc.dictionary(
  fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => !name.startsWith("aws-crypto-")),
  fc.string({ unit: "grapheme" }),
  { maxKeys: 5, noNullPrototype: true },
);
const lengths = fc.nat({ max: 3000 });
const frameLengths = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: 4000 }));
const formats = fc.constantFrom("v2", "v3");
/** The positions at which `DATA.length` bytes are cut, including the edges of a chunk. */
const cuts = fc.array(
  fc.oneof(
    fc.nat({ max: DATA.length }),
    fc.constantFrom(0, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK),
  ),
  { maxLength: 6 },
);

/** `data` in pieces that end at `cuts`; some may be empty. */
function cut(data, cuts) {
  const ends = cuts.map((at) => Math.min(at, data.length)).sort((a, b) => a - b);
  return [...ends, data.length].map((end, i) => data.subarray(ends[i - 1] ?? 0, end));
}

function streamOfPieces(pieces) {
  const rest = pieces.values();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = rest.next();
      if (done) controller.close();
      else controller.enqueue(value.slice());
    },
  });
}

law(
  "a message is as long as sealedSize says, and opens under its context",
  60,
  [lengths, frameLengths, contexts],
  async (length, frameLength, encryptionContext) => {
    const { keyring } = await fixture();
    const options = { frameLength, encryptionContext };
    const size = sealedSize(keyring, length, options);
    const message = await seal(keyring, bytes(length), options);
    assert.equal(message.length, size);
    const sealed = await sealBlob(keyring, bytes(length), options);
    assert.equal(sealed.size, size);
    sealed.dispose();
    const opened = await open(keyring, message, { encryptionContext });
    assertBytes(opened.plaintext, bytes(length));
    assert.equal(
      JSON.stringify(sorted(opened.encryptionContext)),
      JSON.stringify(sorted(encryptionContext)),
    );
  },
);

const sorted = (context) => Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));

law(
  "an object is 16 bytes longer than its plaintext, whatever the source's pieces, and opens from any",
  20,
  [fc.nat({ max: DATA.length }), cuts, cuts, formats],
  async (length, sourceCuts, bodyCuts, format) => {
    const { keyring } = await fixture();
    const data = DATA.subarray(0, length);
    const stream = await sealObjectStream(keyring, { format });
    const [body] = await Promise.all([
      readAll(stream.readable),
      streamOfPieces(cut(data, sourceCuts)).pipeTo(stream.writable),
    ]);
    assert.equal(body.length, length + 16);
    assertBytes(await openAll(keyring, stored(stream, streamOfPieces(cut(body, bodyCuts)))), data);
  },
);

law(
  "a stream of any pieces is a message, and opens from any",
  20,
  [fc.nat({ max: DATA.length }), cuts, cuts, fc.integer({ min: 1000, max: 2 * CHUNK })],
  async (length, sourceCuts, messageCuts, frameLength) => {
    const { keyring } = await fixture();
    const data = DATA.subarray(0, length);
    const message = await readAll(
      streamOfPieces(cut(data, sourceCuts)).pipeThrough(sealStream(keyring, { frameLength })),
    );
    assert.equal(message.length, sealedSize(keyring, length, { frameLength }));
    const opened = streamOfPieces(cut(message, messageCuts)).pipeThrough(openStream(keyring));
    assertBytes(await readAll(opened), data);
  },
);

law(
  "slices side by side are the whole, in whatever order they are read",
  20,
  [fc.nat({ max: DATA.length }), cuts, fc.constantFrom("message", "v2", "v3"), fc.boolean()],
  async (length, cuts, format, backwards) => {
    const { keyring } = await fixture();
    const data = DATA.subarray(0, length);
    const sealed =
      format === "message"
        ? await sealBlob(keyring, data)
        : await sealObject(keyring, data, { format });
    const ends = [
      ...cuts.map((at) => Math.min(at, sealed.size)).sort((a, b) => a - b),
      sealed.size,
    ];
    const slices = ends.map((end, i) => sealed.slice(ends[i - 1] ?? 0, end));
    const read = [];
    for (const i of backwards ? [...slices.keys()].reverse() : slices.keys()) {
      read[i] = await sealedBytes(slices[i]);
      assert.equal(read[i].length, slices[i].size);
    }
    assertBytes(joined(read), await sealedBytes(sealed));
    sealed.dispose();
  },
);

law(
  "parts put together are the whole",
  4,
  [
    fc.integer({ min: 5 * MIB, max: 11 * MIB }),
    fc.nat({ max: 2 }),
    fc.constantFrom("message", "v3"),
  ],
  async (length, chunks, format) => {
    const { keyring } = await fixture();
    const data = bytes(length);
    const sealed =
      format === "message" ? await sealBlob(keyring, data) : await sealObject(keyring, data);
    const parts = sealed.parts(5 * MIB + chunks * CHUNK);
    const read = [];
    for (const { body } of parts.toReversed()) read.unshift(await sealedBytes(body));
    assertBytes(joined(read), await sealedBytes(sealed));
    sealed.dispose();
  },
);

/** A source that is as long as it says and is never read. */
class Unread extends Blob {
  #size;
  constructor(size) {
    super();
    this.#size = size;
  }
  get size() {
    return this.#size;
  }
}

/** Sizes of every order of magnitude up to what S3 holds. */
const sizes = fc
  .tuple(fc.nat({ max: 45 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([power, mantissa]) => Math.floor(mantissa * 2 ** power))
  .filter((size) => size <= 48_000 * GIB);

law(
  "a plan covers every byte once, in parts that S3 takes",
  80,
  [sizes, fc.constantFrom("message", "v2", "v3")],
  async (size, format) => {
    const { keyring } = await fixture();
    const isObject = format !== "message";
    const source = new Unread(isObject ? size % (64 * GIB - 32) : size);
    const sealed = await (isObject
      ? sealObject(keyring, source, { format })
      : sealBlob(keyring, source));
    const { partSize, partCount } = multipartPlan(sealed);
    assert.ok(partSize >= 5 * MIB && partSize <= 5 * GIB, `parts of ${partSize} bytes`);
    assert.ok(!isObject || partSize % CHUNK === 0, "a chunk would be cut");
    assert.ok(partCount >= 1 && partCount <= 10_000, `${partCount} parts`);
    const parts = sealed.parts(partSize);
    assert.equal(parts.length, partCount);
    let position = 0;
    for (const [i, { partNumber, start, end }] of parts.entries()) {
      assert.equal(partNumber, i + 1);
      assert.equal(start, position);
      assert.ok(end - start === partSize || i === parts.length - 1, `part ${partNumber} is short`);
      position = end;
    }
    assert.equal(position, sealed.size);
    sealed.dispose();
  },
);

law(
  "the CRCs of any parts combine to that of the whole",
  30,
  [fc.constantFrom(...CRCS), cuts],
  async (algorithm, cuts) => {
    const parts = [];
    for (const part of cut(DATA, cuts)) {
      const { value } = await checksums.of(algorithm, part);
      parts.push({ value, size: part.length });
    }
    const { value } = await checksums.of(algorithm, DATA);
    assert.equal((await checksums.combine(algorithm, parts)).value, value);
  },
);

law(
  "a checksum does not depend on the pieces of its source",
  20,
  [fc.constantFrom(...CRCS, "SHA256", "MD5"), cuts],
  async (algorithm, cuts) => {
    const { value } = await checksums.of(algorithm, streamOfPieces(cut(DATA, cuts)));
    assert.equal(value, (await checksums.of(algorithm, DATA)).value);
  },
);

/** A name that no function has an option of, or one that every object inherits. */
const names = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.constantFrom("constructor", "toString", "hasOwnProperty", "valueOf"),
  )
  .filter(
    (name) =>
      !/^(encryptionContext|frameLength|signal|onProgress|form|target|__proto__)$/.test(name),
  );

law("an option of any other name is refused", 200, [names, fc.anything()], async (name, value) => {
  const { keyring } = await fixture();
  const options = Object.defineProperty({}, name, { value, enumerable: true });
  for (const run of [
    () => sealedSize(keyring, 1, options),
    () => seal(keyring, bytes(1), options),
    () => sealSecret(keyring, "secret", options),
  ]) {
    const { message } = await failure((async () => run())(), "ERR_INPUT");
    assert.ok(/^[ -~]{1,400}$/.test(message), JSON.stringify(message));
  }
});
