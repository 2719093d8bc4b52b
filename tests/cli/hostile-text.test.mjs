// Text from outside commands no terminal, hides nothing and forges no line, whichever command meets it wherever.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { COMMANDS } from "../../pkg/js/cli/commands.js";
import { CREDENTIALS, loopbackKms } from "./loopback-kms.mjs";
import { ARN, bongtu, keyFiles, ROOT, running, scratch } from "./support.mjs";

const CORPUS = JSON.parse(readFileSync(new URL("hostile-text.json", import.meta.url)));
const FORGED = "SPKI SHA-256   0000forged";
/** Hostile text that JSON can hold, that an argument can, and that the names of files can. */
const ALL = Object.values(CORPUS).join("|");
const ARGUMENT = ALL.replaceAll("\0", "").replace(/\p{Cs}/gu, "");
const NAMES = Object.values(CORPUS)
  .map((name) => name.replaceAll(/[\0/]/g, "").replace(/\p{Cs}/gu, ""))
  .filter((name) => name !== "");

/** Whatever of it is no visible ASCII; a lone surrogate is written as U+FFFD. */
const HOSTILE = new Set([...ALL].filter((character) => !/[ -~\n]/.test(character)));

const directory = scratch();
const key = keyFiles(directory, "key");
const SEALING = { "public-key": key.pub, "key-arn": ARN };
const OPENING = { "private-key": key.pem };
const PLACE = { bucket: "b", key: "k" };
let kms;
let runner;
let answered;
let failed;

/** For each command, sets of options with which it does something, and the input that it reads then. */
const RUNS = {
  key: [{ operand: key.pub }],
  seal: [{ options: SEALING }],
  open: [
    { options: OPENING, stdin: "message" },
    { kms: true, stdin: "message" },
  ],
  inspect: [{ operand: "-", stdin: "message" }],
  "object seal": [{ options: { ...SEALING, metadata: "meta" } }],
  "object open": [
    { options: { ...OPENING, metadata: "metadata" }, stdin: "body" },
    { kms: true, options: { metadata: "metadata" }, stdin: "body" },
  ],
  "object inspect": [{ operand: "metadata" }],
  object: [],
  "secret seal": [{ options: SEALING }, { options: { ...SEALING, form: "direct" } }],
  "secret open": [
    { options: OPENING, stdin: "secret" },
    { kms: true, stdin: "secret" },
  ],
  secret: [],
  "sse key": [{ options: { ...SEALING, ...PLACE } }],
  "sse headers": [
    { options: { mode: "kms" } },
    { options: { ...OPENING, ...PLACE }, operand: "-", stdin: "customer" },
    { kms: true, options: PLACE, operand: "-", stdin: "customer" },
  ],
  sse: [],
  "policy bucket": [{ options: { bucket: "inbox" } }],
  "policy explain": [{ operand: "-", stdin: "policy" }],
  "policy key": [
    { options: { account: "111122223333", administrator: "arn:aws:iam::111122223333:role/admin" } },
    { options: { "for-openers": ARN } },
  ],
  policy: [],
};

/** These commands write bytes to standard output, not text. */
const BYTES = ["seal", "open", "object seal", "object open", "secret open", "sse key"];

const inputs = { undefined: "x" };
before(async () => {
  runner = fork(new URL("many-runs.mjs", import.meta.url), {
    env: { ...process.env, ...CREDENTIALS },
  });
  runner.on("message", (answer) => answered(answer));
  runner.on("exit", () => failed?.(new Error("the process in which all runs are has ended")));
  kms = await loopbackKms();
  kms.respond = () => ({ status: 400, __type: "KMSInternalException", message: ALL });
  const made = async (...words) => (await bongtu(words, { stdin: "x" })).stdout;
  const seal = ["-k", key.pub, "--key-arn", ARN];
  const metadata = directory.path("metadata");
  inputs.message = await made("seal", ...seal, "-c", `${ARGUMENT}=${ARGUMENT}`);
  inputs.body = await made("object", "seal", ...seal, "--metadata", metadata);
  inputs.secret = await made("secret", "seal", ...seal);
  inputs.customer = await made("sse", "key", ...seal, "--bucket", "b", "--key", "k");
  inputs.policy = await made("policy", "bucket", "--bucket", "inbox", "--tls-only");
});
after(() => {
  kms.close();
  runner.kill();
});

/** Runs where nothing else is, and looks at what is shown. */
async function shows(name, args, stdin = "x") {
  const cwd = directory.path(`box-${shows.count++}`);
  mkdirSync(cwd);
  writeFileSync(`${cwd}/metadata`, readFileSync(directory.path("metadata")));
  runner.send({ name, args, cwd, stdin: Buffer.from(stdin).toString("base64") });
  const { status, stdout, stderr } = await new Promise((resolve, reject) => {
    answered = resolve;
    failed = reject;
  });
  const [output, errors] = [stdout, stderr].map((bytes) => `${Buffer.from(bytes, "base64")}`);
  assert.doesNotMatch(errors, /\n {4}at |internal error/, "no stack");
  inspectShown((BYTES.includes(name) ? "" : output) + errors);
  return { status, stdout: output, stderr: errors };
}
shows.count = 0;

function inspectShown(shown) {
  const raw = [...shown].filter((character) => HOSTILE.has(character));
  assert.deepEqual(
    raw.map((character) => character.codePointAt(0).toString(16)),
    [],
  );
  for (const line of shown.split("\n")) {
    assert.ok(!line.trimStart().startsWith(FORGED), line);
    assert.doesNotMatch(line, / {20}SPKI/);
  }
}

test("every command is here", () => {
  assert.deepEqual(Object.keys(RUNS).sort(), COMMANDS.map(({ name }) => name).sort());
});

test("the words before a command", async () => {
  for (const word of [ARGUMENT, `--${ARGUMENT}`]) {
    const { status, stderr } = await bongtu([word]);
    assert.equal(status, 2);
    inspectShown(stderr);
  }
});

test("only one module writes to standard output or standard error", () => {
  const folder = `${ROOT}/pkg/js/cli`;
  const modules = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  assert.ok(modules.length > 25);
  const writing = modules.filter((name) =>
    /process\.std(out|err)\.write|console\./.test(readFileSync(`${folder}/${name}`, "utf8")),
  );
  assert.deepEqual(writing, ["files/output.js"]);
});

for (const { name } of COMMANDS) {
  describe(`bongtu ${name}`, () => {
    for (const { options = {}, operand, stdin, kms: asked } of RUNS[name]) {
      const given = () =>
        asked ? { ...options, kms: ARN, "endpoint-url": kms.endpoint } : options;
      const words = (without) =>
        Object.entries(given()).flatMap(([option, value]) =>
          option === without ? [] : [`--${option}=${value}`],
        );
      const end = operand === undefined ? [] : [operand];
      const how = asked
        ? ", asking KMS"
        : Object.keys(options)
            .slice(0, 1)
            .map((o) => `, --${o}`);

      test(`each option${how}`, async () => {
        const { stdout } = await shows(name, ["--help"]);
        const known = [...stdout.matchAll(/^ {2}(?: {4}|-\w, )--([a-z0-9-]+)/gm)];
        assert.ok(known.length > 0);
        for (const [, option] of known) {
          await shows(name, [...words(option), `--${option}=${ARGUMENT}`, ...end], inputs[stdin]);
        }
      });

      test(`each option that takes a name, with half of one${how}`, async () => {
        for (const option of ["context", "material-description"]) {
          for (const value of [`${ARGUMENT}=${ARGUMENT}`, `=${ARGUMENT}`]) {
            const twice = [`--${option}=${value}`, `--${option}=${value}`];
            await shows(name, [...words(), ...twice.slice(1), ...end], inputs[stdin]);
            await shows(name, [...words(), ...twice, ...end], inputs[stdin]);
          }
        }
      });

      test(`operands and unknown options${how}`, async () => {
        await shows(name, [...words(), ARGUMENT]);
        await shows(name, [...words(), "--", ARGUMENT, ARGUMENT]);
        await shows(name, [...words(), `--${ARGUMENT}`, ...end]);
        await shows(name, [...words(), `-${ARGUMENT}`, ...end]);
        for (const word of NAMES) {
          await shows(name, [...words(), `./${word}`]);
        }
      });

      test(`what it reads${how}`, async () => {
        const files = ["public-key", "private-key", "metadata", "instruction-file"];
        for (const content of contents()) {
          await shows(name, [...words(), "-"], content);
          const file = directory.write("hostile", content);
          for (const option of files.filter((option) => option in options)) {
            await shows(name, [...words(option), `--${option}=${file}`, ...end], inputs[stdin]);
          }
        }
      });

      if (asked) {
        test("failures of KMS", async () => {
          const { status, stderr } = await shows(name, [...words(), ...end], inputs[stdin]);
          assert.equal(status, 1);
          assert.match(stderr, /^bongtu: ERR_KMS: .*\n {2}cause: [^\n]*\\u001b\[0m\\u000aSPKI/);
        });
      }
    }

    test("the word after it", async () => {
      await shows(name, [ARGUMENT]);
    });
  });
}

describe("what is escaped can still be read", () => {
  const escaped = /\\u001b\[0m\\u000aSPKI SHA-256 \\u0020\\u00200000forged\\u001b\[8m/;
  test("bongtu inspect", async () => {
    for (const message of [inputs.message, hostileProvider()]) {
      const { stdout } = await shows("inspect", ["-"], message);
      assert.match(stdout, escaped);
      const description = JSON.parse((await shows("inspect", ["--json", "-"], message)).stdout);
      assert.deepEqual(description.encryptionContext, { [ARGUMENT]: ARGUMENT });
    }
  });

  test("bongtu object inspect", async () => {
    const metadata = {
      ...JSON.parse(readFileSync(directory.path("metadata"))),
      "x-amz-m": JSON.stringify({ [ARGUMENT]: ARGUMENT }),
    };
    const stdin = JSON.stringify(metadata);
    const { stdout } = await shows("object inspect", ["-"], stdin);
    assert.match(stdout, escaped);
    const described = await shows("object inspect", ["--json", "-"], stdin);
    assert.deepEqual(JSON.parse(described.stdout).materialDescription, { [ARGUMENT]: ARGUMENT });
  });

  test("bongtu policy explain", async () => {
    const policy = JSON.parse(inputs.policy);
    policy.Statement[0].Sid = ARGUMENT;
    const stdin = JSON.stringify(policy);
    const { stdout } = await shows("policy explain", ["-"], stdin);
    assert.match(stdout, escaped);
    const explained = await shows("policy explain", ["--json", "-"], stdin);
    assert.equal(JSON.parse(explained.stdout).enforces[0].sid, ARGUMENT);
  });

  test("bongtu sse headers", async () => {
    const { stdout } = await shows("sse headers", [
      "--mode",
      "kms",
      "--key-id",
      ARN,
      "-c",
      `a=${ARGUMENT}`,
    ]);
    const context = JSON.parse(stdout)["x-amz-server-side-encryption-context"];
    assert.deepEqual(JSON.parse(Buffer.from(context, "base64")), { a: ARGUMENT });
  });

  test("letters of all scripts, marks and signs stay as they are", async () => {
    const visible = "봉투 zażółć Ω 日本語 हिन्दी עברית العربية ไทย é e\u0301 € “…” ✉ 👩";
    const { stdout } = await bongtu([
      "seal",
      "-k",
      key.pub,
      "--key-arn",
      ARN,
      "-c",
      `a=${visible}`,
    ]);
    const shown = await shows("inspect", ["-"], stdout);
    assert.ok(shown.stdout.includes(`  a = ${visible}\n`));
  });
});

test("what nobody waited for", async () => {
  const fail = `() => {
    if (process.listenerCount("uncaughtException") > 0) throw new Error(${JSON.stringify(ALL)});
  }`;
  const module = `data:text/javascript,${encodeURIComponent(`setInterval(${fail}, 1)`)}`;
  const env = { NODE_OPTIONS: `--import=${module}` };
  // It waits for its standard input.
  const { ended } = running(["seal", "-k", key.pub, "--key-arn", ARN], { env });
  const { status, stderr } = await ended;
  assert.equal(status, 1);
  assert.match(stderr, /^(bongtu: internal error: Error: [^\n]+\n)+$/);
  inspectShown(stderr);
});

/** Files of all kinds with such text wherever they have some. */
function contents() {
  const PublicKey = key.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const response = { KeyId: ARN, PublicKey, KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" };
  const metadata = JSON.parse(readFileSync(directory.path("metadata")));
  const statement = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*" };
  const policy = (more) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] });
  const tls = { Bool: { "aws:SecureTransport": "false" } };
  return [
    ALL,
    `{${ALL}`,
    JSON.stringify(ALL),
    JSON.stringify({ [ALL]: ALL }),
    `-----BEGIN ${ALL}-----\n${ALL}\n-----END ${ALL}-----\n`,
    Buffer.from(`\ufeff${ALL}`, "utf16le"),
    ...Object.keys(response).map((name) => JSON.stringify({ ...response, [name]: ALL })),
    ...Object.values(CORPUS).map((KeyId) =>
      JSON.stringify({ ...response, KeyId: `${ARN}${KeyId}` }),
    ),
    JSON.stringify({ ...response, EncryptionAlgorithms: [ALL] }),
    ...Object.keys(metadata).map((name) => JSON.stringify({ ...metadata, [name]: ALL })),
    JSON.stringify({ ...metadata, "x-amz-m": JSON.stringify({ [ALL]: ALL }) }),
    JSON.stringify({ Metadata: metadata, ContentRange: ALL }),
    policy({ Sid: ALL, Condition: tls }),
    policy({ Sid: ALL, Condition: { ...tls, StringEquals: { [ALL]: ALL } } }),
    policy({ Sid: ALL, Condition: { [ALL]: { [ALL]: ALL } } }),
    policy({ Action: ALL }),
    policy({ Resource: ALL, Condition: tls }),
    policy({ Principal: { AWS: ALL }, Condition: tls }),
    policy({ Effect: ALL, [ALL]: ALL }),
    hostileProvider(),
  ];
}

/** A message whose key provider's information is not an ARN. */
function hostileProvider() {
  const bytes = Buffer.from(inputs.message);
  const start = bytes.indexOf(ARN);
  const characters = Buffer.from("\x1b[0m\nSPKI SHA-256   0000forged\u202e\u200b\u{e0041}\x1b[8m");
  characters.copy(bytes, start, 0, ARN.length);
  return bytes;
}
