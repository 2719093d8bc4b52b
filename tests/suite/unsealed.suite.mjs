// Data that is not sealed is neither kept nor uploaded, however much it looks like a Sealed.

import {
  Keyring,
  multipartPlan,
  sealBlob,
  sealObject,
  sealObjectStream,
  spool,
  spooled,
  uploadParts,
} from "bongtu";
import { assert, keptFiles, spoolPlace, test } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { assertBytes, bytes, failure, fixture } from "./support.mjs";

const URL_OF_OBJECT = "https://bucket.example/key";
const DATA = bytes(1000);

function unsealed() {
  const blob = new Blob([DATA]);
  const lookalike = {
    size: DATA.length,
    stream: () => blob.stream(),
    slice: (start, end) => blob.slice(start, end),
    arrayBuffer: () => blob.arrayBuffer(),
  };
  return {
    Blob: blob,
    File: new File([DATA], "file"),
    "slice of a Blob": blob.slice(1),
    bytes: DATA,
    ArrayBuffer: DATA.buffer,
    stream: blob.stream(),
    "with its methods": lookalike,
    "with metadata": { ...lookalike, metadata: {}, headers: {}, contentLength: DATA.length },
    Response: new Response(blob),
    text: "sealed",
    object: {},
    null: null,
    undefined,
  };
}

test("what is not sealed is not kept, and the error says what to do", async () => {
  const place = await spoolPlace();
  const before = await keptFiles();
  for (const [what, source] of Object.entries(unsealed())) {
    const { message } = await failure(spool(source, { name: "unsealed", ...place }), "ERR_INPUT");
    assert.ok(/seal it first, with sealBlob or sealObject/.test(message), `${what}: ${message}`);
  }
  assert.equal((await keptFiles()).length, before.length);
});

test("what is not sealed is not uploaded, and the error says what to do", async () => {
  const s3 = new FakeS3();
  let asked = 0;
  const requests = requestsTo(URL_OF_OBJECT, (...request) => {
    asked += 1;
    return s3.fetch(...request);
  });
  const plan = multipartPlan(DATA.length, { format: "message" });
  for (const [what, source] of Object.entries(unsealed())) {
    const { message } = await failure(uploadParts(source, plan, requests), "ERR_INPUT");
    assert.ok(/seal it first, with sealBlob or sealObject/.test(message), `${what}: ${message}`);
  }
  assert.equal(asked, 0);
});

test("a stream that seals is none that can be kept or uploaded in parts", async () => {
  const { keyring } = await objectKeyring();
  const place = await spoolPlace();
  const stream = await sealObjectStream(keyring, { size: DATA.length });
  await failure(spool(stream, { name: "stream", ...place }), "ERR_INPUT");
  await failure(uploadParts(stream, requestsTo(URL_OF_OBJECT, fetch)), "ERR_INPUT");
  await stream.writable.abort();
});

test("all that is sealed is kept and uploaded: wholes, slices, parts and objects", async () => {
  const place = await spoolPlace();
  const { keyring } = await fixture();
  const message = await sealBlob(keyring, DATA);
  const object = await sealObject((await objectKeyring()).keyring, DATA);
  const [part] = message.parts(5 * 1024 * 1024);
  for (const whole of [message, message.slice(3), part.body, object]) {
    const expected = new Uint8Array(await whole.arrayBuffer());
    await spool(whole, { name: "sealed", ...place });
    const [kept] = await spooled.list(place);
    assert.equal(kept.format, whole.format);
    const plan = multipartPlan(whole);
    assert.deepEqual(multipartPlan(kept), plan);
    for (const source of [whole, kept]) {
      const s3 = new FakeS3();
      const requests = requestsTo(URL_OF_OBJECT, (...request) => s3.fetch(...request));
      await uploadParts(source, plan, requests);
      assertBytes(s3.objects.get("/key").bytes, expected);
    }
  }
  message.dispose();
  object.dispose();
});

async function objectKeyring() {
  const { publicKey, kms } = await fixture();
  return { keyring: Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms }) };
}
