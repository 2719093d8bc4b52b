// Uploads over a network that drops connections, answers 503, sends things twice and loses parts, many times and each
// time in another way: what is reported as done is done, what is not is nowhere, and the log of a run is its seed.

import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Keyring, multipartPlan, sealBlob, sealObject, spool, uploadParts } from "bongtu";
import { useClock } from "../../pkg/js/platform/platform.js";
import { createKms, KEY_ARN } from "../harness/kms.mjs";
import { bytes } from "../suite/support.mjs";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { FAULTS, faultyProxy } from "../support/s3-server.mjs";

const RUNS = 40;
const PART = 5 * 1024 * 1024;
const DATA = bytes(2 * PART + 12_345);
const FORMATS = ["message", "v3", "v2"];
const CHECKSUMS = [undefined, "CRC32", "CRC32C", "CRC64NVME", "SHA256", "MD5"];

const { publicKey, kms } = await createKms();
const keyring = Keyring.kmsRsa({ publicKey, keyArn: KEY_ARN, kms });
const folder = await mkdtemp(join(tmpdir(), "bongtu-faults-"));
after(() => rm(folder, { recursive: true }));
after(() => useClock(clock));
const clock = useClock({ now: Date.now, random: () => 0.5, sleep: async () => {} });

/** A network for one run, of which a third of the requests meet a fault. */
async function network(seed) {
  const random = randomOf(seed);
  const s3 = new FakeS3();
  const met = [];
  let created = 0;
  const proxy = await faultyProxy(s3, ({ method, url }) => {
    const creating = url.searchParams.has("uploads");
    const completing = method === "POST" && !creating;
    const all = FAULTS.filter((fault) => completing || fault !== "200 with an error");
    const fault = random() < 0.35 ? all[1 + Math.floor(random() * (all.length - 1))] : all[0];
    if (method === "PUT" && random() < 0.1) lose();
    created += creating ? grants(fault) : 0;
    met.push(`${method} ${fault}`);
    return fault;
  });
  /** A fault of some part that is there. */
  const lose = () => {
    for (const { parts } of s3.uploads.values()) {
      const [partNumber] = parts.keys();
      parts.delete(partNumber);
    }
  };
  const requests = requestsTo(`${proxy.origin}/key`, fetch);
  return { s3, requests, met, created: () => created, close: () => proxy.close(), random };
}

/** The number of times that a CreateMultipartUpload with this fault is carried out. */
function grants(fault) {
  const once = ["none", "drop the answer", "drop half an answer"];
  return fault === "send it twice" ? 2 : once.includes(fault) ? 1 : 0;
}

async function sealedFor(run) {
  const format = FORMATS[run % FORMATS.length];
  const sealed =
    format === "message"
      ? await sealBlob(keyring, DATA)
      : await sealObject(keyring, DATA, { format });
  const plan = multipartPlan(sealed, { partSize: PART, concurrency: 1 + (run % 3) });
  const expected = Buffer.from(await sealed.arrayBuffer());
  if (run % 2 === 0) return { source: sealed, plan, expected, dispose: () => sealed.dispose() };
  const source = await spool(sealed, { name: `run ${run}`, folder, partSize: PART });
  sealed.dispose();
  return { source, plan, expected, dispose: () => {} };
}

test(`${RUNS} uploads that are patient enough: all of them arrive`, async () => {
  for (let run = 0; run < RUNS; run++) {
    const net = await network(run);
    const { source, plan, expected, dispose } = await sealedFor(run);
    const checksum = CHECKSUMS[run % CHECKSUMS.length];
    const context = () => `seed ${run}: ${net.met.join(", ")}`;
    try {
      const { parts } = await uploadParts(source, plan, { ...net.requests, checksum, retries: 50 });
      assert.equal(parts.length, plan.partCount);
      assert.ok(expected.equals(net.s3.objects.get("/key")?.bytes ?? Buffer.alloc(0)), context());
      // Creating is answered once: what was created without anybody hearing of it stays.
      assert.equal(net.s3.uploads.size, net.created() - 1, context());
    } catch (error) {
      throw new Error(context(), { cause: error });
    } finally {
      dispose();
      await net.close();
    }
  }
  assert.deepEqual(await readdir(folder), []);
});

test(`${RUNS} uploads that are not: done or nowhere, and aborted`, async () => {
  const outcomes = { done: 0, failed: 0 };
  for (let run = 0; run < RUNS; run++) {
    const net = await network(1000 + run);
    const { source, plan, expected, dispose } = await sealedFor(run);
    const context = () => `seed ${1000 + run}: ${net.met.join(", ")}`;
    try {
      const given = run % 2 === 0 ? {} : { keep: false };
      await uploadParts(source, plan, { ...net.requests, ...given, retries: 1 });
      outcomes.done += 1;
      assert.ok(expected.equals(net.s3.objects.get("/key")?.bytes ?? Buffer.alloc(0)), context());
      assert.equal(net.s3.uploads.size, net.created() - 1, context());
    } catch (error) {
      assert.ok(["ERR_UPLOAD", "ERR_S3"].includes(error.code), `${error.stack}\n${context()}`);
      outcomes.failed += 1;
      const object = net.s3.objects.get("/key");
      // Completed, and every answer to that lost.
      assert.ok(object === undefined || expected.equals(object.bytes), context());
      const known = net.created() === 0 || object !== undefined ? 0 : 1;
      const told = !error.message.includes("could not be aborted");
      if (told) assert.ok(net.s3.uploads.size <= net.created() - known, context());
    } finally {
      dispose();
      await net.close();
    }
  }
  assert.ok(outcomes.done > 0 && outcomes.failed > 0, JSON.stringify(outcomes));
  assert.deepEqual(await readdir(folder), []);
});

function randomOf(seed) {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
