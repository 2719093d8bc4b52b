// POST policies and the fields of their forms, bucket policies and what is read in them.

import {
  bucketPolicy,
  CustomerKey,
  explain,
  postForm,
  postPolicy,
  seal,
  sealObject,
  sse,
} from "bongtu";
import { assert, test } from "#harness";
import { bytes, failure, fixture, thrown } from "./support.mjs";

const HOUR = 3600;
const INBOX = { bucket: "inbox" };
const POST = { ...INBOX, key: "2026/ü.sealed", expires: HOUR, format: "v3" };
const ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SIGNATURE = "0123456789abcdef".repeat(4);
const SIGNER = { accessKeyId: "AKID", region: "eu-west-1", sign: () => SIGNATURE };

const utf8 = (base64) =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));

test("a policy for one object", () => {
  const before = Date.now();
  const policy = postPolicy({ ...POST, sizeRange: [0, 1000] });
  const expiry = Date.parse(policy.expiration) - 1000 * HOUR;
  assert.ok(expiry >= before && expiry <= Date.now(), policy.expiration);
  assert.deepEqual(policy.conditions, [
    { bucket: "inbox" },
    { key: POST.key },
    ["content-length-range", 16, 1000],
    { "Content-Type": "application/octet-stream" },
    { "x-amz-meta-x-amz-c": "115" },
    { "x-amz-meta-x-amz-w": "22" },
    ["starts-with", "$x-amz-meta-x-amz-d", ""],
    ["starts-with", "$x-amz-meta-x-amz-i", ""],
    ["starts-with", "$x-amz-meta-x-amz-3", ""],
  ]);
  assert.deepEqual(policy.warnings, []);
  const { presignedPost } = policy;
  assert.equal(presignedPost.Key, POST.key);
  assert.equal(presignedPost.Expires, HOUR);
  assert.deepEqual(presignedPost.Conditions, policy.conditions.slice(2));
  assert.deepEqual(presignedPost.Fields, {
    "Content-Type": "application/octet-stream",
    "x-amz-meta-x-amz-c": "115",
    "x-amz-meta-x-amz-w": "22",
  });
  const document = JSON.parse(policy.policy({ success_action_status: "201" }));
  assert.equal(document.expiration, policy.expiration);
  assert.deepEqual(document.conditions, [...policy.conditions, { success_action_status: "201" }]);
});

test("a prefix is warned of", () => {
  const policy = postPolicy({ ...INBOX, keyPrefix: "in/", expires: HOUR, format: "message" });
  assert.equal(policy.warnings.length, 1);
  assert.ok(policy.warnings[0].includes("overwrite"));
  assert.deepEqual(policy.conditions[1], ["starts-with", "$key", "in/"]);
  assert.equal(policy.presignedPost.Key, `in/\${filename}`);
  assert.deepEqual(policy.presignedPost.Conditions, policy.conditions.slice(2));
});

test("a signed policy, and a form under it", async () => {
  const { keyring } = await fixture();
  const mode = CustomerKey.generate();
  const policy = postPolicy({ ...POST, mode: "SSE-C", checksum: "CRC32" });
  const asked = [];
  const sign = async (...given) => {
    asked.push(given);
    return SIGNATURE;
  };
  const signed = await policy.sign({ ...SIGNER, sessionToken: "token", sign });
  const [[base64, scope]] = asked;
  assert.equal(signed.policy, base64);
  assert.equal(signed["x-amz-signature"], SIGNATURE);
  assert.deepEqual(scope, {
    date: signed["x-amz-date"].slice(0, 8),
    region: "eu-west-1",
    service: "s3",
  });
  assert.equal(signed["x-amz-credential"], `AKID/${scope.date}/eu-west-1/s3/aws4_request`);
  const document = JSON.parse(utf8(base64));
  for (const name of ["algorithm", "credential", "date", "security-token"]) {
    const found = document.conditions.find((condition) => `x-amz-${name}` in condition);
    assert.deepEqual(found, { [`x-amz-${name}`]: signed[`x-amz-${name}`] });
  }

  const object = await sealObject(keyring, bytes(100));
  const checksum = { algorithm: "CRC32", value: "y/Q5Jg==" };
  const form = policy.form(signed, object, { mode, checksum });
  assert.deepEqual(form[0], ["key", POST.key]);
  const fields = Object.fromEntries(form);
  assert.equal(Object.keys(fields).length, form.length);
  for (const [name, value] of Object.entries({ ...signed, ...object.headers })) {
    assert.equal(fields[name], value, name);
  }
  // Every field that S3 wants covered is, and every condition is met.
  const covered = new Set(["policy", "x-amz-signature"]);
  for (const condition of document.conditions) {
    const [name, value] = Array.isArray(condition)
      ? [condition[1], condition[2]]
      : Object.entries(condition)[0];
    if (typeof name === "string" && name.startsWith("$")) {
      covered.add(name.slice(1));
      assert.ok(fields[name.slice(1)].startsWith(value), name);
    } else if (typeof name === "string" && name !== "bucket") {
      covered.add(name);
      assert.equal(fields[name], value, name);
    }
  }
  assert.deepEqual([...covered].sort(), Object.keys(fields).sort());
});

test("forms that do not fit their policy", async () => {
  const { keyring } = await fixture();
  const [object, old] = [
    await sealObject(keyring, bytes(1)),
    await sealObject(keyring, bytes(1), { format: "v2" }),
  ];
  const message = await seal(keyring, bytes(1));
  const forObject = await postPolicy(POST).sign(SIGNER);
  const forMessage = await postPolicy({ ...POST, format: "message" }).sign(SIGNER);
  assert.equal(postForm(forMessage, message).length, Object.keys(forMessage).length);
  thrown(() => postForm(forMessage, object), "ERR_POLICY");
  thrown(() => postForm(forObject, message), "ERR_POLICY");
  thrown(() => postForm(forObject, object, { key: "other" }), "ERR_POLICY");
  thrown(() => postForm({}, message), "ERR_POLICY");
  thrown(() => postForm({ ...forObject, "x-amz-meta-x-amz-c": "116" }, object), "ERR_POLICY");
  const mode = CustomerKey.generate();
  thrown(() => postForm(forMessage, message, { mode, endpoint: "http://example.com" }), "ERR_SSE");
  const { fields } = postPolicy({ ...POST, mode: sse.s3() });
  assert.equal(fields["x-amz-server-side-encryption"], "AES256");
  const forOld = await postPolicy({ ...POST, format: "v2" }).sign(SIGNER);
  assert.equal(Object.fromEntries(postForm(forOld, old))["x-amz-meta-x-amz-matdesc"], "{}");
  const prefix = { ...INBOX, keyPrefix: "in/", expires: HOUR, format: "message" };
  const forPrefix = await postPolicy(prefix).sign(SIGNER);
  assert.equal(postForm(forPrefix, message, { key: "in/a" })[0][1], "in/a");
  thrown(() => postForm(forPrefix, message, { key: "out/a" }), "ERR_POLICY");
  for (const sign of [() => "AB", () => SIGNATURE.toUpperCase(), () => undefined]) {
    await failure(postPolicy(POST).sign({ ...SIGNER, sign }), "ERR_INPUT");
  }
  await failure(postPolicy(POST).sign({ sign: () => SIGNATURE }), "ERR_INPUT");
});

test("POST policies that make no sense", () => {
  for (const [changes, code] of [
    [{ expires: 0 }, "ERR_POLICY"],
    [{ expires: -60 }, "ERR_POLICY"],
    [{ expires: new Date(Date.now() - 1000) }, "ERR_POLICY"],
    [{ expires: new Date(0) }, "ERR_POLICY"],
    [{ expires: 7 * 24 * HOUR + 1 }, "ERR_POLICY"],
    [{ expires: new Date(Number.NaN) }, "ERR_INPUT"],
    [{ expires: "2026-01-01" }, "ERR_INPUT"],
    [{ expires: undefined }, "ERR_INPUT"],
    [{ sizeRange: [10, 1] }, "ERR_POLICY"],
    [{ sizeRange: [0, 6 * 1024 ** 3] }, "ERR_POLICY"],
    [{ sizeRange: [0, 15] }, "ERR_POLICY"],
    [{ sizeRange: [0] }, "ERR_INPUT"],
    [{ sizeRange: [0, "1"] }, "ERR_INPUT"],
    [{ key: undefined }, "ERR_POLICY"],
    [{ keyPrefix: "a" }, "ERR_POLICY"],
    [{ key: "" }, "ERR_POLICY"],
    [{ key: `a/\${filename}` }, "ERR_POLICY"],
    [{ bucket: "In Box" }, "ERR_POLICY"],
    [{ format: "v1" }, "ERR_INPUT"],
    [{ format: undefined }, "ERR_INPUT"],
    [{ mode: "aws:kms" }, "ERR_INPUT"],
    [{ contentType: "html" }, "ERR_INPUT"],
    [{ sizerange: [100, 1000] }, "ERR_INPUT"],
  ]) {
    thrown(() => postPolicy({ ...POST, ...changes }), code);
  }
  assert.equal(postPolicy({ ...POST, expires: 7 * 24 * HOUR }).presignedPost.Expires, 604_800);
});

test("a bucket policy, and what it is seen to enforce", () => {
  const all = {
    ...INBOX,
    tlsOnly: true,
    minimumTls: "1.2",
    kmsKeyArn: ARN,
    customerKey: "forbid",
    createOnly: true,
  };
  const policy = bucketPolicy(all);
  assert.equal(policy.Version, "2012-10-17");
  const single = [
    bucketPolicy.tlsOnly(INBOX),
    bucketPolicy.minimumTls({ ...INBOX, version: "1.2" }),
    bucketPolicy.requireKms({ ...INBOX, keyArn: ARN }),
    bucketPolicy.forbidCustomerKey(INBOX),
    bucketPolicy.createOnly(INBOX),
  ];
  assert.deepEqual(policy.Statement, single.flat());
  const rules = [
    "tls-only",
    "minimum-tls",
    "require-kms",
    "kms-key",
    "forbid-customer-key",
    "create-only",
  ];
  for (const given of [policy, JSON.stringify(policy), { Policy: JSON.stringify(policy) }]) {
    const { enforces, partly, notEnforced, cannotSee } = explain(given);
    assert.deepEqual(
      enforces.map(({ rule }) => rule),
      rules,
    );
    assert.deepEqual(partly, []);
    assert.deepEqual(
      notEnforced.map(({ rule }) => rule),
      ["require-customer-key"],
    );
    assert.equal(enforces[0].sid, "DenyPlainHttp");
    assert.ok(cannotSee.includes("sealed"));
  }
  const required = explain({ Statement: bucketPolicy.requireCustomerKey(INBOX) });
  assert.equal(required.enforces[0].rule, "require-customer-key");
  const [statement] = bucketPolicy.createOnly({ ...INBOX, partition: "aws-cn" });
  assert.equal(statement.Resource, "arn:aws-cn:s3:::inbox/*");
  const narrowed = { Statement: [{ ...statement, Principal: { AWS: ARN } }] };
  assert.equal(explain(narrowed).partly[0].rule, "create-only");
});

test("bucket policies that make no sense", () => {
  for (const [options, code] of [
    [INBOX, "ERR_POLICY"],
    [{ ...INBOX, kmsKeyArn: ARN, customerKey: "require" }, "ERR_POLICY"],
    [{ ...INBOX, minimumTls: "1.0" }, "ERR_POLICY"],
    [{ bucket: "In/box", tlsOnly: true }, "ERR_POLICY"],
    [{ ...INBOX, kmsKeyArn: "alias/inbox" }, "ERR_KEY_ARN"],
    [{ tlsOnly: true }, "ERR_INPUT"],
    [{ ...INBOX, customerKey: "maybe" }, "ERR_INPUT"],
    [{ ...INBOX, tlsOnly: "yes" }, "ERR_INPUT"],
    [{ ...INBOX, tlsOnly: true, createonly: true }, "ERR_INPUT"],
    [null, "ERR_INPUT"],
  ]) {
    thrown(() => bucketPolicy(options), code);
  }
  const deep = JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`);
  for (const policy of [
    "",
    "{",
    "[]",
    "7",
    "null",
    "{}",
    undefined,
    null,
    7,
    () => {},
    { Statement: deep },
  ]) {
    thrown(() => explain(policy), "ERR_POLICY");
  }
});

test("policies that are longer than S3 takes are not gone through", () => {
  const statement = { Effect: "Allow", Sid: "x".repeat(20 * 1024) };
  const nested = Array.from({ length: 20 }).reduce((inner) => [inner], "a");
  // There would be more of these than memory holds if each were copied: they are twelve arrays.
  const shared = Array.from({ length: 12 }).reduce((inner) => Array(8).fill(inner), "a");
  for (const policy of [
    { Statement: statement },
    JSON.stringify({ Statement: statement }),
    { Policy: JSON.stringify({ Statement: statement }) },
    { Statement: { Effect: "Allow", nested } },
    { Statement: { Effect: "Allow", shared } },
    { Statement: { Effect: "Allow", sparse: new Array(4e9) } },
    `{${" ".repeat(1 << 20)}`,
    {
      get Policy() {
        throw new TypeError("of the caller's");
      },
    },
  ]) {
    thrown(() => explain(policy), "ERR_POLICY");
  }
  // White space does not count.
  const policy = bucketPolicy({ ...INBOX, tlsOnly: true });
  const spread = JSON.stringify(policy, null, 10).replaceAll("\n", `\n${" ".repeat(2000)}`);
  assert.ok(spread.length > 20 * 1024);
  assert.equal(explain(spread).enforces[0].rule, "tls-only");
});

test("TLS over one bucket and another's objects is not called enforced", () => {
  const [statement] = bucketPolicy.tlsOnly(INBOX);
  const Resource = ["arn:aws:s3:::inbox", "arn:aws:s3:::outbox/*"];
  const { enforces, partly } = explain({ Statement: { ...statement, Resource } });
  assert.deepEqual(enforces, []);
  assert.equal(partly[0].rule, "tls-only");
});

test("a policy that names a KMS key is told to deny parts, unless absent headers pass", () => {
  for (const allowDefault of [false, true]) {
    const Statement = bucketPolicy.requireKms({ ...INBOX, keyArn: ARN, allowDefault });
    for (const { text } of explain({ Statement }).enforces) {
      assert.equal(text.includes("UploadPart"), !allowDefault, text);
    }
  }
});
