// One small upload to an S3 in memory, some of whose requests a test makes itself.

import { sealBlob, uploadParts } from "bongtu";
import { useClock } from "../../pkg/js/platform/platform.js";
import { FakeS3, requestsTo } from "../support/fake-s3.mjs";
import { assertBytes, bytes, fixture } from "./support.mjs";

const PART = 5 * 1024 * 1024;
const DATA = bytes(PART + 4321);

/** `change(requests, s3)` gives the functions that stand in for those of `requests`. Nothing waits before it tries again. */
export async function uploadTwoParts(change, options = {}) {
  const { keyring } = await fixture();
  const whole = await sealBlob(keyring, DATA);
  const s3 = new FakeS3();
  const requests = requestsTo("https://bucket.example/key", (url, init) => s3.fetch(url, init));
  const plan = {
    size: whole.size,
    format: "message",
    partSize: PART,
    partCount: 2,
    concurrency: 1,
  };
  const before = useClock({ random: () => 0, sleep: async () => {} });
  try {
    await uploadParts(whole, plan, { ...requests, ...change(requests, s3), ...options });
    const { bytes: stored } = s3.objects.get("/key");
    assertBytes(stored, new Uint8Array(await whole.arrayBuffer()));
  } finally {
    useClock(before);
    whole.dispose();
  }
  return s3;
}
