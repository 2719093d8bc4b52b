// Answers to uploads that are longer than any of S3's, and what is read in its XML.

import { assert, test } from "#harness";
import { element, elements } from "../../pkg/js/s3/http/xml.js";
import { failed } from "../support/fake-s3.mjs";
import { failure } from "./support.mjs";
import { uploadTwoParts as upload } from "./upload-store.mjs";

const KIB = 1024;

/** An answer whose body never ends, and how much of it was asked for. */
function endless(status = 200, start = "") {
  const body = { bytes: 0, cancelled: 0 };
  const first = new TextEncoder().encode(start);
  const stream = new ReadableStream(
    {
      start: (controller) => first.length > 0 && controller.enqueue(first),
      pull(controller) {
        body.bytes += 16 * KIB;
        if (body.bytes > 64 * 1024 * KIB) controller.error(new Error("read without end"));
        else controller.enqueue(new Uint8Array(16 * KIB).fill(0x20));
      },
      cancel() {
        body.cancelled += 1;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, response: new Response(stream, { status }) };
}

for (const [name, status, limit, code] of [
  ["create", 200, 64 * KIB, "ERR_UPLOAD"],
  ["complete", 200, 64 * KIB, "ERR_UPLOAD"],
  ["listParts", 200, 2048 * KIB, "ERR_UPLOAD"],
  ["create", 403, 64 * KIB, "ERR_S3"],
  ["putPart", 403, 64 * KIB, "ERR_S3"],
  ["complete", 400, 64 * KIB, "ERR_S3"],
  ["listParts", 403, 64 * KIB, "ERR_S3"],
]) {
  test(`${name} answers ${status} without end: no more than ${limit / KIB} KB are read`, async () => {
    const { body, response } = endless(status, "<Error><Code>Odd</Code></Error>");
    const uploading = upload(() => ({ [name]: async () => response }), { retries: 0 });
    const { message } = await failure(uploading, code);
    if (status !== 200) assert.ok(message.includes("Odd"), message);
    assert.ok(body.bytes <= limit + 16 * KIB, `${body.bytes} bytes`);
    assert.equal(body.cancelled, 1);
  });
}

test("a refusal whose words never come is one by its status", async () => {
  let refused = 0;
  await upload(({ putPart }) => ({
    async putPart(part) {
      if (refused++ > 0) return putPart(part);
      return new Response(new ReadableStream({}), { status: 503 });
    },
  }));
  assert.ok(refused > 2, `${refused} requests`);
});

test("a part is confirmed by an answer without end: its ETag counts, and the rest is left", async () => {
  const bodies = [];
  await upload(({ putPart }) => ({
    async putPart(part) {
      const { headers } = await putPart(part);
      const { body, response } = endless();
      bodies.push(body);
      response.headers.set("etag", headers.get("etag"));
      return response;
    },
  }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    bodies.map(({ bytes: read, cancelled }) => [read <= 80 * KIB, cancelled]),
    [
      [true, 1],
      [true, 1],
    ],
  );
});

test("documents up to the limit are read: 64 KB of any, 2 MB of a list of parts", async () => {
  const padded = async (answer, size) => {
    const text = await answer.text();
    return new Response(text + " ".repeat(size - text.length), answer);
  };
  await upload(({ create, complete, listParts }) => ({
    create: async (...given) => padded(await create(...given), 64 * KIB),
    complete: async (...given) => padded(await complete(...given), 64 * KIB),
    listParts: async (...given) => padded(await listParts(...given), 2048 * KIB),
  }));
});

test("XML is searched from start to end, once", () => {
  // Counts from where each search starts: those that go back over the same text add up to far more than its length.
  const searched = (text, search) => {
    let steps = 0;
    const counting = new String(text);
    counting.indexOf = (wanted, from = 0) => {
      const found = text.indexOf(wanted, from);
      steps += (found < 0 ? text.length : found) - from + 1;
      return found;
    };
    search(counting);
    return steps;
  };
  for (const piece of [
    "<Code ",
    "<Code>",
    "<Code",
    "<Code><",
    "</Code>",
    "<Code>x</Code>",
    "<Code <",
    "&#1",
  ]) {
    const text = piece.repeat(20_000);
    for (const search of [element, elements]) {
      const steps = searched(text, (xml) => search(xml, "Code"));
      assert.ok(
        steps > 0 && steps <= 4 * text.length,
        `${piece}: ${steps} steps over ${text.length}`,
      );
    }
  }
});

test("elements as S3 writes them, and others", () => {
  for (const [xml, expected] of [
    ["<Code>a</Code>", "a"],
    ['<Code xmlns="b">a</Code>', "a"],
    ["<Code\n>a</Code>", "a"],
    ["<CodeB>b</CodeB><Code>a</Code>", "a"],
    ["<Code>&quot;a&quot; &amp;&lt;&gt;&apos;&#34;&#x22;</Code>", '"a" &<>\'""'],
    ["<Code><b/></Code><Code>a</Code>", "a"],
    ["<Code>a</Codes><Code>b</Code>", undefined],
    ["<Code></Code>", ""],
    ["<Code>a", undefined],
    ["<Code", undefined],
    ["</Code><Code>", undefined],
    ["", undefined],
    ["<Code>&#99999999999999999999;</Code>", "\ufffd"],
  ]) {
    assert.equal(element(xml, "Code"), expected, xml);
  }
  assert.deepEqual(elements("<Part>1</Part><Part a='b'><x>2</x></Part><Parts/>", "Part"), [
    "1",
    "<x>2</x>",
  ]);
});

for (const [what, part, code] of [
  ["a number as text", { PartNumber: "1" }, undefined],
  ["a number that is none", { PartNumber: "one" }, "ERR_INPUT"],
  ["a number of parts", { PartNumber: 1.5 }, "ERR_INPUT"],
  ["an ETag that is a number", { PartNumber: 1, ETag: 5 }, "ERR_INPUT"],
]) {
  test(`ListParts that gives ${what}`, async () => {
    const uploading = upload((_, { uploads }) => ({
      async listParts({ uploadId }) {
        const listed = [...uploads.get(uploadId).parts].map(([PartNumber, { etag, bytes }]) => ({
          ...{ PartNumber, ETag: etag, Size: bytes.length },
          ...(PartNumber === 1 && part),
        }));
        return { Parts: listed };
      },
    }));
    if (code === undefined) {
      await uploading;
      return;
    }
    const { message } = await failure(uploading, code);
    assert.ok(message.startsWith("listParts gave a part"), message);
  });
}

for (const [name, pages] of [
  ["the same marker", () => "1"],
  ["markers that go back", (page) => String(10 - page)],
  ["markers that are no numbers", (page) => `a${page}`],
  ["markers without end", (page) => String(page)],
]) {
  test(`ListParts with ${name} ends`, async () => {
    let asked = 0;
    const listParts = async () => {
      asked += 1;
      const NextPartNumberMarker = pages(asked);
      return { Parts: [], IsTruncated: true, NextPartNumberMarker };
    };
    const { message } = await failure(
      upload(() => ({ listParts })),
      "ERR_S3",
    );
    assert.ok(message.includes("without end"), message);
    assert.ok(asked <= 1000, `${asked} pages`);
  });
}

test("a part that is said to be lost many times is sent once more", async () => {
  let refusals = 1;
  const s3 = await upload(({ complete }, store) => ({
    async complete(...given) {
      if (refusals-- === 0) return complete(...given);
      for (const { parts } of store.uploads.values()) parts.delete(2);
      return failed(400, "InvalidPart", "<PartNumber>2</PartNumber>".repeat(2000));
    },
  }));
  assert.deepEqual(s3.stored, [1, 2, 2]);
});
