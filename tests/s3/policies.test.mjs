// Bucket policies of ours, judged by an evaluator that is not: they keep out what they say, and let in what bongtu sends.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bucketPolicy, CustomerKey, explain, sse } from "bongtu";
import { toolsFolder } from "../interop/emulator.mjs";
import { LineProgram } from "../interop/lines.mjs";

const bucket = "uploads";
const KMS_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab";
const PRINCIPAL = "arn:aws:sts::111122223333:assumed-role/back-end/session";

const python = join(toolsFolder, "venv-ministack/bin/python");
const script = fileURLToPath(new URL("policy_judge.py", import.meta.url));
const judge = new LineProgram(python, [script], { env: process.env });
after(() => judge.close());

const customerKey = CustomerKey.generate();
const withCustomerKey = customerKey.headers("PutObject");
const kms = (keyId) => sse.kms({ keyId }).headers("PutObject");

// Requests by name: what S3 would tell the evaluator of them.
const requests = {
  put: put({}),
  "put over plain HTTP": { ...put({}), secureTransport: false },
  "put over TLS 1.0": { ...put({}), tls: "1.0" },
  "put over TLS 1.1": { ...put({}), tls: "1.1" },
  "put over TLS 1.2": { ...put({}), tls: "1.2" },
  "get over plain HTTP": { action: "s3:GetObject", secureTransport: false },
  "get over TLS 1.1": { action: "s3:GetObject", tls: "1.1" },
  "list over plain HTTP": { action: "s3:ListBucket", resource: "", secureTransport: false },
  "put with SSE-S3": put(sse.s3().headers("PutObject")),
  "put with DSSE-KMS": put(sse.dsse({ keyId: KMS_KEY }).headers("PutObject")),
  "put with the KMS key": put(kms(KMS_KEY)),
  "put with another KMS key": put(kms(OTHER_KEY)),
  "put with the account's KMS key": put(kms()),
  "put with SSE-C": put(withCustomerKey),
  "put that never replaces": put({ "if-none-match": "*" }),
  "creation of parts": put({}, { "s3:ObjectCreationOperation": "false" }),
  get: { action: "s3:GetObject" },
};

const policies = [
  {
    name: "TLS only",
    rules: { tlsOnly: true },
    denied: ["put over plain HTTP", "get over plain HTTP", "list over plain HTTP"],
    allowed: ["put", "get", "put over TLS 1.0"],
  },
  {
    name: "TLS 1.2 at least",
    rules: { minimumTls: "1.2" },
    denied: ["put over TLS 1.0", "put over TLS 1.1", "get over TLS 1.1"],
    allowed: ["put", "put over TLS 1.2", "get"],
  },
  {
    name: "TLS 1.3 at least",
    rules: { minimumTls: "1.3" },
    denied: ["put over TLS 1.1", "put over TLS 1.2"],
    allowed: ["put", "get"],
  },
  {
    name: "one KMS key",
    rules: { kmsKeyArn: KMS_KEY },
    denied: [
      "put",
      "put with SSE-S3",
      "put with DSSE-KMS",
      "put with another KMS key",
      "put with the account's KMS key",
      "put with SSE-C",
    ],
    allowed: ["put with the KMS key", "get"],
  },
  {
    name: "one KMS key, or the bucket's default",
    rules: { kmsKeyArn: KMS_KEY, allowDefault: true },
    denied: [
      "put with SSE-S3",
      "put with DSSE-KMS",
      "put with another KMS key",
      "put with the account's KMS key",
    ],
    allowed: ["put", "put with the KMS key", "get"],
  },
  {
    name: "customer keys required",
    rules: { customerKey: "require" },
    denied: ["put", "put with SSE-S3", "put with the KMS key"],
    allowed: ["put with SSE-C", "get"],
  },
  {
    name: "customer keys forbidden",
    rules: { customerKey: "forbid" },
    denied: ["put with SSE-C"],
    allowed: ["put", "put with SSE-S3", "put with the KMS key", "get"],
  },
  {
    name: "nothing is replaced",
    rules: { createOnly: true },
    denied: ["put", "put with SSE-C"],
    allowed: ["put that never replaces", "creation of parts", "get"],
  },
  {
    name: "all at once",
    rules: {
      tlsOnly: true,
      minimumTls: "1.2",
      kmsKeyArn: KMS_KEY,
      customerKey: "forbid",
      createOnly: true,
    },
    denied: [
      "put",
      "put over plain HTTP",
      "put over TLS 1.1",
      "put with the KMS key",
      "put with SSE-C",
      "put that never replaces",
      "get over plain HTTP",
    ],
    allowed: ["get"],
    also: [put({ ...kms(KMS_KEY), "if-none-match": "*" })],
  },
];

/** The names that the explanation has for the rules. */
const EXPLAINED = {
  tlsOnly: () => ["tls-only"],
  minimumTls: () => ["minimum-tls"],
  kmsKeyArn: () => ["require-kms", "kms-key"],
  allowDefault: () => [],
  customerKey: (rule) => [`${rule}-customer-key`],
  createOnly: () => ["create-only"],
};

for (const { name, rules, denied, allowed, also = [] } of policies) {
  const policy = bucketPolicy({ bucket, ...rules });

  test(`${name}: denies and allows as it says`, async () => {
    for (const what of denied) assert.equal(await decide(policy, requests[what]), "Deny", what);
    for (const what of allowed) assert.equal(await decide(policy, requests[what]), "Allow", what);
    for (const request of also) assert.equal(await decide(policy, request), "Allow");
  });

  test(`${name}: touches no other bucket`, async () => {
    for (const what of denied) {
      const request = { ...requests[what], bucket: `${bucket}-other` };
      assert.equal(await decide(policy, request), "Allow", what);
    }
  });

  test(`${name}: survives JSON, and is what its explanation says`, async () => {
    const text = JSON.stringify(policy);
    for (const what of denied) assert.equal(await decide(text, requests[what]), "Deny", what);
    assert.deepEqual(explain(text), explain(policy));
    const { enforces, partly } = explain(policy);
    assert.deepEqual(
      enforces.map(({ rule }) => rule),
      Object.entries(rules).flatMap(([name, value]) => EXPLAINED[name](value)),
    );
    assert.deepEqual(partly, []);
  });
}

test("the statements of one rule each are those of the whole", async () => {
  const rules = { tlsOnly: true, minimumTls: "1.2", kmsKeyArn: KMS_KEY, createOnly: true };
  const { Version, Statement } = bucketPolicy({ bucket, ...rules, customerKey: "forbid" });
  assert.deepEqual(Statement, [
    ...bucketPolicy.tlsOnly({ bucket }),
    ...bucketPolicy.minimumTls({ bucket, version: "1.2" }),
    ...bucketPolicy.requireKms({ bucket, keyArn: KMS_KEY }),
    ...bucketPolicy.forbidCustomerKey({ bucket }),
    ...bucketPolicy.createOnly({ bucket }),
  ]);
  const required = { Version, Statement: bucketPolicy.requireCustomerKey({ bucket }) };
  assert.equal(await decide(required, requests.put), "Deny");
  assert.equal(await decide(required, requests["put with SSE-C"]), "Allow");
});

test("in another partition", async () => {
  const policy = bucketPolicy({ bucket, partition: "aws-cn", tlsOnly: true });
  const request = requests["put over plain HTTP"];
  assert.equal(await decide(policy, { ...request, partition: "aws-cn" }), "Deny");
  assert.equal(await decide(policy, request), "Allow");
});

test("without any policy everything here is allowed", async () => {
  const policy = { Version: "2012-10-17", Statement: [] };
  for (const [what, request] of Object.entries(requests)) {
    const statement = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" };
    const open = { ...policy, Statement: [statement] };
    assert.equal(await decide(open, request), "Allow", what);
  }
});

/** A PutObject with these headers; `keys`: more that only S3 knows. */
function put(headers, keys = {}) {
  const seen = Object.entries(headers).map(([name, value]) => [`s3:${name}`, value]);
  const creation = { "s3:ObjectCreationOperation": "true" };
  return { action: "s3:PutObject", keys: { ...creation, ...Object.fromEntries(seen), ...keys } };
}

async function decide(policy, request) {
  const { action, resource = "/key", secureTransport = true, tls = "1.3", keys = {} } = request;
  const line = {
    ...{ policy, action, principal: PRINCIPAL, secureTransport },
    resource: `arn:${request.partition ?? "aws"}:s3:::${request.bucket ?? bucket}${resource}`,
    keys: { ...keys, ...(secureTransport ? { "s3:TlsVersion": tls } : {}) },
  };
  const { decision, error } = JSON.parse(await judge.ask(JSON.stringify(line)));
  if (error !== undefined) throw new Error(error);
  return decision;
}
