// The policies of keys that the command line prints.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyPolicy } from "bongtu";
import { bongtu } from "./support.mjs";

const ROLE = "arn:aws:iam::111122223333:role";
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const NEEDED = ["--account", "111122223333", "--administrator", `${ROLE}/admin`];

const run = (...args) => bongtu(["policy", "key", ...args]);

test("a policy with all there is", async () => {
  const { status, stdout } = await run(
    ...NEEDED,
    ...["--opener", `${ROLE}/one`, "--opener", `${ROLE}/two`, "--sealer", `${ROLE}/deploy`],
    ...["--other-account", "444455556666", "-a", "RSAES_OAEP_SHA_1"],
    ...["--via-service", "lambda.eu-west-1.amazonaws.com"],
  );
  assert.equal(status, 0);
  assert.deepEqual(
    JSON.parse(stdout),
    keyPolicy({
      account: "111122223333",
      administrators: [`${ROLE}/admin`],
      openers: [`${ROLE}/one`, `${ROLE}/two`],
      sealers: [`${ROLE}/deploy`],
      otherAccounts: ["444455556666"],
      encryptionAlgorithms: ["RSAES_OAEP_SHA_1"],
      viaService: "lambda.eu-west-1.amazonaws.com",
    }),
  );
});

test("a policy of a symmetric key, and the one for its openers", async () => {
  const group = "arn:aws:logs:eu-west-1:111122223333:log-group:/app/web";
  const use = ["--symmetric", "-c", "purpose=inbox"];
  const symmetric = { symmetric: true, encryptionContext: { purpose: "inbox" } };
  const { stdout } = await run(...NEEDED, ...use, "--log-group", group);
  assert.deepEqual(
    JSON.parse(stdout),
    keyPolicy({
      ...symmetric,
      account: "111122223333",
      administrators: [`${ROLE}/admin`],
      openers: [],
      logGroups: [group],
    }),
  );
  const openers = await run("--for-openers", KEY, ...use);
  assert.deepEqual(JSON.parse(openers.stdout), keyPolicy.forOpeners({ keyArn: KEY, ...symmetric }));
});

test("what goes wrong says what to do", async () => {
  const cases = [
    [[], 2, /--account ID is missing/],
    [["--account", "111122223333"], 1, /without an administrator/],
    [[...NEEDED, "extra"], 2, /'extra' is not an option/],
    [[...NEEDED, "-a", "SHA_256"], 2, /-a takes RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1/],
    [[...NEEDED, "-c", "a=b"], 2, /go with --symmetric/],
    [[...NEEDED, "--for-openers", KEY], 2, /goes with/],
    [["--for-openers", "alias/inbox"], 1, /an alias can be pointed at another key/],
    [[...NEEDED, "--opener", `${ROLE}/admin`], 1, /let another role open/],
  ];
  for (const [args, expected, words] of cases) {
    const { status, stdout, stderr } = await run(...args);
    assert.equal(status, expected, `${args}: ${stderr}`);
    assert.match(stderr.toString(), words);
    assert.equal(stdout.length, 0);
  }
});
