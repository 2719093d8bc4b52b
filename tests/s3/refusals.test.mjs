// Requests that differ from what was signed are refused, and bytes that arrive damaged are not stored.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { allowPages, createWorld } from "./world.mjs";

const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA256", "MD5"];

const world = await createWorld("refusals");
after(world.close);
const { clients, keys, presign, site, store } = world;
const sealed = { keys, format: "v3", length: 20_000 };

for (const client of clients) {
  const title = (text) => `${client.name}: ${text}`;

  test(title("a presigned PUT with other headers or another length"), async () => {
    const changes = {
      "metadata changed": { headers: { "x-amz-meta-x-amz-c": "111" } },
      "metadata left out": { headers: { "x-amz-meta-x-amz-d": null } },
      "another type": { headers: { "content-type": "text/html" } },
      "one byte more": { append: 1 },
    };
    for (const [what, tamper] of Object.entries(changes)) {
      const refused = await client.run("put", { ...sealed, tamper });
      assert.deepEqual([refused.status, refused.code], [403, "SignatureDoesNotMatch"], what);
      await assert.rejects(stored(refused.key), { name: "NotFound" }, what);
    }
  });

  test(title("a presigned PUT that would replace after all"), async () => {
    const tamper = { headers: { "if-none-match": null } };
    const refused = await client.run("put", { ...sealed, options: { createOnly: true }, tamper });
    assert.deepEqual([refused.status, refused.code], [403, "SignatureDoesNotMatch"]);
  });

  test(title("a form with other fields or another length"), async () => {
    const message = { ...sealed, format: "message" };
    const changes = [
      ["another key", sealed, { headers: { key: "uploads/neighbour" } }, 403, "AccessDenied"],
      ["an ACL", sealed, { headers: { acl: "public-read" } }, 403, "AccessDenied"],
      [
        "a redirect",
        sealed,
        { headers: { success_action_redirect: "http://a.test/" } },
        403,
        "AccessDenied",
      ],
      ["tags", sealed, { headers: { "x-amz-tagging": "a=b" } }, 403, "AccessDenied"],
      ["metadata of its own", sealed, { headers: { "x-amz-meta-note": "a" } }, 403, "AccessDenied"],
      [
        "another algorithm",
        sealed,
        { headers: { "x-amz-meta-x-amz-c": "02" } },
        403,
        "AccessDenied",
      ],
      [
        "metadata left out",
        sealed,
        { headers: { "x-amz-meta-x-amz-i": null } },
        403,
        "AccessDenied",
      ],
      ["another type", sealed, { headers: { "Content-Type": "text/html" } }, 403, "AccessDenied"],
      [
        "server-side encryption",
        sealed,
        { headers: { "x-amz-server-side-encryption": "AES256" } },
        403,
        "AccessDenied",
      ],
      [
        "metadata of a message",
        message,
        { headers: { "x-amz-meta-x-amz-c": "115" } },
        403,
        "AccessDenied",
      ],
      ["one byte more", sealed, { append: 1 }, 400, "EntityTooLarge"],
      ["another policy", sealed, { headers: { Policy: btoa("{}") } }, 403, "SignatureDoesNotMatch"],
    ];
    for (const [what, about, tamper, status, code] of changes) {
      const refused = await client.run("post", { ...about, tamper });
      assert.deepEqual([refused.status, refused.code], [status, code], what);
      await assert.rejects(stored(refused.key), { name: "NotFound" }, what);
    }
  });

  test(title("the back end signs nothing else than what a sealed upload needs"), async () => {
    const headers = (await client.run("headers", sealed)).headers;
    await client.run("sign", { method: "PUT", headers });
    const extra = {
      "x-amz-acl": "public-read",
      "x-amz-grant-read": "id=1",
      "x-amz-tagging": "a=b",
      "x-amz-storage-class": "GLACIER",
      "x-amz-website-redirect-location": "https://a.test/",
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-meta-note": "a",
      "x-amz-copy-source": "/refusals/other",
      "cache-control": "public",
    };
    for (const [name, value] of Object.entries(extra)) {
      const asking = client.run("sign", { method: "PUT", headers: { ...headers, [name]: value } });
      await assert.rejects(asking, { code: "ERR_UPLOAD_HEADERS" }, name);
    }
    for (const foreign of [{ method: "DELETE" }, { method: "PUT", key: "uploads/neighbour" }]) {
      await assert.rejects(client.run("sign", { ...foreign, headers }), /nothing of yours/);
    }
    // Parts that would be left out of the URL must not choose the operation.
    for (const method of ["GET", "DELETE", "PUT", "POST"]) {
      for (const uploadId of [null, 7, "", ["a"]]) {
        const asking = client.run("sign", { method, uploadId, partNumber: 1, headers: {} });
        await assert.rejects(asking, /uploadId must be a text/, `${method} ${uploadId}`);
      }
    }
    for (const partNumber of [undefined, null, 0, 1.5, 10_001, "x"]) {
      const asking = client.run("sign", { method: "PUT", uploadId: "a", partNumber, headers: {} });
      await assert.rejects(asking, /part's number/, `${partNumber}`);
    }
    const { "x-amz-meta-x-amz-i": _, ...incomplete } = headers;
    for (const lacking of [incomplete, { ...headers, "content-length": `${6 * 1024 ** 3}` }]) {
      const asking = client.run("sign", { method: "PUT", headers: lacking });
      await assert.rejects(asking, { code: "ERR_UPLOAD_HEADERS" });
    }
  });

  for (const checksum of ALGORITHMS) {
    test(title(`${checksum} is accepted, and a corrupted body refused`), async () => {
      const put = { ...sealed, options: { checksum } };
      const accepted = await client.run("put", put);
      assert.equal(accepted.status, 200);

      const damaged = await client.run("put", { ...put, tamper: { flip: true } });
      assert.deepEqual([damaged.status, damaged.code], [400, "BadDigest"]);
      await assert.rejects(stored(damaged.key), { name: "NotFound" });
    });
  }
}

test("what is sent without a signature is refused", async () => {
  for (const client of clients) {
    const url = (await presign("PUT", "unsigned")).split("?")[0];
    const refused = await client.run("request", { url, method: "PUT", body: "AAAA" });
    assert.deepEqual([refused.status, refused.code], [403, "AccessDenied"], client.name);
  }
});

test("a page of another origin than the bucket's rule allows uploads nothing", async (t) => {
  const chromium = clients.find(({ name }) => name === "Chromium");
  await allowPages(store, "https://other.example");
  t.after(() => allowPages(store, site.origin));
  const url = await presign("PUT", "from-elsewhere");
  const put = chromium.run("request", { url, method: "PUT", body: "AAAA" });
  await assert.rejects(put, /Failed to fetch/);
  await assert.rejects(stored("from-elsewhere"), { name: "NotFound" });
});

function stored(Key) {
  return store.client.send(new HeadObjectCommand({ Bucket: store.bucket, Key }));
}
