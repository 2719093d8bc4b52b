// Key policies of ours, judged by an evaluator that is not: who may do what with a key, and nobody else.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { keyPolicy } from "bongtu";
import { toolsFolder } from "../interop/emulator.mjs";
import { LineProgram } from "../interop/lines.mjs";

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const role = (name, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const EVERYTHING = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};

const python = join(toolsFolder, "venv-ministack/bin/python");
const script = fileURLToPath(new URL("policy_judge.py", import.meta.url));
const judge = new LineProgram(python, [script], { env: process.env });
after(() => judge.close());

/** Whether KMS would do it; `identity` are policies of the role, none unless given. */
async function may(policy, name, action, { keys = {}, account = ACCOUNT, identity = [] } = {}) {
  const request = {
    policy,
    action: `kms:${action}`,
    resource: KEY,
    principal: `arn:aws:sts::${account}:assumed-role/${name}/session`,
    secureTransport: true,
    keys,
    identity,
    owner: ACCOUNT,
  };
  const answer = JSON.parse(await judge.ask(JSON.stringify(request)));
  assert.equal(answer.error, undefined);
  return answer.decision === "Allow";
}

const under = (algorithm) => ({ keys: { "kms:EncryptionAlgorithm": algorithm } });
const SHA_1 = under("RSAES_OAEP_SHA_1");
const SHA_256 = under("RSAES_OAEP_SHA_256");
const rsa = {
  account: ACCOUNT,
  administrators: [role("admin")],
  sealers: [role("deploy")],
  openers: [role("back-end")],
};

const MANAGED = ["PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey", "DescribeKey"];
const EXPORTED = ["GetPublicKey", "DescribeKey"];
const USED = ["Encrypt", "ReEncryptFrom", "CreateGrant", "GenerateDataKey", "Sign"];

test("a key of RSA: each role does its own, and nothing else", async () => {
  const policy = keyPolicy({ ...rsa, encryptionAlgorithms: ["RSAES_OAEP_SHA_256"] });
  const table = [
    ["admin", MANAGED, [...USED, "Decrypt", "GetPublicKey"]],
    ["deploy", EXPORTED, [...USED, "Decrypt", "PutKeyPolicy"]],
    ["back-end", [], [...USED, ...MANAGED, ...EXPORTED, "Decrypt"]], // without its algorithm
    ["stranger", [], [...USED, ...MANAGED, ...EXPORTED, "Decrypt"]],
  ];
  for (const [name, allowed, denied] of table) {
    for (const action of allowed) assert.ok(await may(policy, name, action), `${name} ${action}`);
    for (const action of denied) assert.ok(!(await may(policy, name, action)), `${name} ${action}`);
  }
  assert.ok(await may(policy, "back-end", "Decrypt", SHA_256));
  assert.ok(!(await may(policy, "back-end", "Decrypt", SHA_1)), "the algorithm is pinned");
  // Whatever IAM policies say: the key's policy does not delegate to them.
  assert.ok(!(await may(policy, "stranger", "Decrypt", { ...SHA_256, identity: [EVERYTHING] })));
});

test("a key of RSA opens what both formats are under, unless it is told otherwise", async () => {
  const policy = keyPolicy(rsa);
  assert.ok(await may(policy, "back-end", "Decrypt", SHA_1));
  assert.ok(await may(policy, "back-end", "Decrypt", SHA_256));
  assert.ok(!(await may(policy, "back-end", "Decrypt", under("SYMMETRIC_DEFAULT"))));
});

test("by way of one service only", async () => {
  const viaService = "lambda.eu-west-1.amazonaws.com";
  const policy = keyPolicy({ ...rsa, viaService });
  const via = (service) => ({ keys: { ...SHA_256.keys, "kms:ViaService": service } });
  assert.ok(await may(policy, "back-end", "Decrypt", via(viaService)));
  assert.ok(!(await may(policy, "back-end", "Decrypt", SHA_256)));
  assert.ok(!(await may(policy, "back-end", "Decrypt", via("ec2.eu-west-1.amazonaws.com"))));
});

test("another account needs both policies", async () => {
  const policy = keyPolicy({ ...rsa, otherAccounts: [OTHER] });
  const identity = [keyPolicy.forOpeners({ keyArn: KEY })];
  const there = { ...SHA_256, account: OTHER };
  assert.ok(await may(policy, "back-end", "Decrypt", { ...there, identity }));
  assert.ok(!(await may(policy, "back-end", "Decrypt", there)), "without a policy there");
  assert.ok(!(await may(keyPolicy(rsa), "back-end", "Decrypt", { ...there, identity })));
  assert.ok(!(await may(policy, "back-end", "GetPublicKey", { ...there, identity: [EVERYTHING] })));
});

test("a symmetric key wants the pairs, and one log group", async () => {
  const group = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app/web`;
  const policy = keyPolicy({
    ...rsa,
    symmetric: true,
    encryptionContext: { purpose: "inbox" },
    logGroups: [group],
  });
  const bound = { keys: { "kms:EncryptionContext:purpose": "inbox" } };
  const other = { keys: { "kms:EncryptionContext:purpose": "outbox" } };
  for (const [name, action] of [
    ["deploy", "GenerateDataKey"],
    ["deploy", "Encrypt"],
    ["back-end", "Decrypt"],
  ]) {
    assert.ok(await may(policy, name, action, bound), `${name} ${action}`);
    assert.ok(!(await may(policy, name, action, other)), `${name} ${action}, another purpose`);
    assert.ok(!(await may(policy, name, action)), `${name} ${action}, without any`);
  }
  assert.ok(!(await may(policy, "deploy", "Decrypt", bound)));
  assert.ok(!(await may(policy, "back-end", "Encrypt", bound)));
});
