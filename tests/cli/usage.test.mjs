// The help of the command line, and its messages about wrong arguments.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { ARN, BONGTU, bongtu, keyFiles, ROOT, scratch } from "./support.mjs";

const directory = scratch();
const key = keyFiles(directory, "key");
const SEAL = ["seal", "-k", key.pub, "--key-arn", ARN];
const PLACE = ["--bucket", "b", "--key", "k"];
const OBJECT_SEAL = ["object", ...SEAL];
const SECRET_SEAL = ["secret", ...SEAL];

describe("--help", () => {
  for (const [args, lines] of [
    [["--help"], ["Usage: bongtu COMMAND [options] [FILE|-]", "Commands:"]],
    [["-h"], ["Usage: bongtu COMMAND [options] [FILE|-]"]],
    [
      ["key", "--help"],
      ["Usage: bongtu key FILE|-", "  bongtu key inbox.json"],
    ],
    [
      ["seal", "--help"],
      [
        "Usage: bongtu seal -k PUB [--key-arn ARN] [options] [-o OUT] [FILE|-]",
        "  bongtu seal -k inbox.json -o report.pdf.sealed report.pdf",
      ],
    ],
    [
      ["open", "-h"],
      [
        "Usage: bongtu open --kms ARN [--region R] [--endpoint-url U] [options] [-o OUT] [FILE|-]",
        "       bongtu open --private-key PEM [options] [-o OUT] [FILE|-]",
      ],
    ],
    [["inspect", "--help"], ["Usage: bongtu inspect [--json] FILE|-"]],
    [
      ["object", "--help"],
      ["Usage: bongtu object COMMAND [options] …", "Commands:"],
    ],
    [["object", "-h"], ["Usage: bongtu object COMMAND [options] …"]],
    [
      ["object", "seal", "--help"],
      [
        "Usage: bongtu object seal -k PUB [--key-arn ARN] --metadata META.json [options]",
        "  bongtu object seal -k inbox.json --metadata meta.json -o body report.pdf",
      ],
    ],
    [
      ["object", "open", "--help"],
      [
        "       bongtu object open --private-key PEM --metadata META.json [options] [-o OUT] [BODY|-]",
        "  aws s3api get-object --bucket B --key report.pdf body > meta.json",
      ],
    ],
    [
      ["object", "inspect", "-h"],
      ["Usage: bongtu object inspect [--json] [--instruction-file PATH] META.json|-"],
    ],
    [
      ["secret", "--help"],
      ["Usage: bongtu secret COMMAND [options] …", "Commands:"],
    ],
    [
      ["secret", "seal", "--help"],
      [
        "Usage: bongtu secret seal -k PUB [--key-arn ARN] [options] [-o OUT] [FILE|-]",
        "  bongtu secret seal -k inbox.json -c name=db --trim-newline password.txt",
      ],
    ],
    [
      ["secret", "open", "-h"],
      ["       bongtu secret open --private-key PEM [options] [-o OUT] [FILE|-]"],
    ],
    [
      ["sse", "--help"],
      ["Usage: bongtu sse COMMAND [options] …", "Commands:"],
    ],
    [
      ["sse", "key", "-h"],
      ["  bongtu sse key -k inbox.json --bucket inbox --key report.pdf -o report.pdf.customer-key"],
    ],
    [
      ["sse", "headers", "--help"],
      [
        "Usage: bongtu sse headers --mode s3|kms|dsse [options]",
        "  bongtu sse headers --mode kms --key-id alias/inbox --bucket-key",
      ],
    ],
    [
      ["policy", "-h"],
      ["Usage: bongtu policy COMMAND [options] …", "Commands:"],
    ],
    [
      ["policy", "bucket", "--help"],
      ["  aws s3api put-bucket-policy --bucket inbox --policy file://policy.json"],
    ],
    [
      ["policy", "explain", "--help"],
      ["  aws s3api get-bucket-policy --bucket inbox | bongtu policy explain -"],
    ],
  ]) {
    test(args.join(" "), async () => {
      const { status, stdout, stderr } = await bongtu(args);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      const shown = stdout.toString().split("\n");
      for (const line of lines) {
        assert.ok(shown.includes(line), `${line}\n\nis not in\n\n${stdout}`);
      }
      assert.ok(shown.includes("Options:"));
      assert.ok(shown.every((line) => line.length <= 100));
    });
  }

  test("every option of a command is in its help", async () => {
    const declared = (text) => [...text.matchAll(/\b([a-z0-9-]+)"?: \{ type: /g)];
    const modules = ["keys/keys", "files/output"].map((name) =>
      readFileSync(`${ROOT}/pkg/js/cli/${name}.js`, "utf8"),
    );
    const shared = Object.fromEntries(
      [...modules.join("").matchAll(/^export const ([A-Z_]+) = (\{.*?^\});/gms)].map(
        ([, name, text]) => [name, declared(text)],
      ),
    );
    assert.deepEqual(Object.keys(shared), ["SEALING_KEY", "OPENING_KEY", "OUTPUT"]);
    for (const [command, count] of [
      ["key", 0],
      ["seal", 8],
      ["open", 9],
      ["inspect", 1],
      ["object seal", 9],
      ["object open", 9],
      ["object inspect", 2],
      ["secret seal", 10],
      ["secret open", 10],
      ["sse key", 8],
      ["sse headers", 16],
      ["policy bucket", 8],
      ["policy explain", 1],
      ["policy key", 12],
    ]) {
      const source = readFileSync(
        `${ROOT}/pkg/js/cli/commands/${command.replace(" ", "/")}.js`,
        "utf8",
      );
      const { stdout } = await bongtu([...command.split(" "), "--help"]);
      const spread = [...source.matchAll(/^ {8}\.\.\.([A-Z_]+),/gm)];
      const options = [...declared(source), ...spread.flatMap(([, name]) => shared[name])];
      for (const [, option] of options) {
        assert.match(stdout.toString(), new RegExp(`^ .*--${option}\\b`, "m"));
      }
      assert.equal(options.length, count, `options of ${command}`);
    }
  });
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(`${ROOT}/pkg/package.json`, "utf8"));
  const { status, stdout } = await bongtu(["--version"]);
  assert.equal(status, 0);
  assert.equal(stdout.toString(), `bongtu ${version}\n`);
});

describe("misuse ends with status 2, a reason and where to read on", () => {
  const pem = key.pem;
  for (const [args, reason] of [
    [[], /COMMAND is missing/],
    [["seel"], /there is no command 'seel'/],
    [["--verbose"], /there is no command '--verbose'/],
    [["key"], /FILE is missing/],
    [["inspect"], /FILE is missing/],
    [["seal"], /-k PUB is missing/],
    [["seal", "-k", key.pub], /--key-arn ARN is missing: '.*' does not tell which KMS key/],
    [["seal", "-k"], /argument missing/],
    [["seal", "--frobnicate"], /unknown option '--frobnicate'\n/],
    [[...SEAL, "a", "b"], /one FILE at a time: 'a', 'b'/],
    [[...SEAL, ""], /the name of FILE is empty/],
    [[...SEAL, "-o", ""], /-o has an empty value/],
    [["seal", "-k", key.pub, "--key-arn="], /--key-arn has an empty value/],
    [[...SEAL, "-k", key.pub], /-k is given twice/],
    [[...SEAL, "-c", "purpose"], /-c takes NAME=VALUE, not 'purpose'/],
    [[...SEAL, "-c", "=value"], /-c takes NAME=VALUE, not '=value'/],
    [[...SEAL, "-c", "a=1", "-c", "b=2", "-c", "a=3"], /-c gives 'a' twice/],
    [[...SEAL, "-a", "sha256"], /-a takes RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1, not 'sha256'/],
    [[...SEAL, "-c", "-x=1"], /-c has no value; .* given as '--context=-XYZ' or '-c-XYZ'\n/],
    [[...SEAL, "--spki-sha256", "AB"], /--spki-sha256 takes 64 lower-case hexadecimal digits, not/],
    [[...SEAL, "--frame-length", "4k"], /--frame-length takes a whole number, not '4k'/],
    [["seal", "-k", "-", "--key-arn", ARN], /cannot both be standard input/],
    [["open"], /give one of --kms ARN and --private-key PEM/],
    [["open", "--kms", ARN, "--private-key", pem], /give one of --kms ARN and --private-key PEM/],
    [["open", "--private-key", pem, "--region", "eu-west-1"], /--region goes with --kms/],
    [
      ["open", "--private-key", pem, "--endpoint-url", "http://x"],
      /--endpoint-url goes with --kms/,
    ],
    [["open", "--kms", ARN, "--endpoint-url", "localhost"], /--endpoint-url takes a URL/],
    [["open", "--private-key", pem, "-a", "RSA"], /-a takes RSAES_OAEP_SHA_256 or/],
    [["inspect", "--json=yes", "x"], /'--json' does not take an argument/],
    [["object"], /COMMAND is missing: seal, open or inspect/],
    [["object", "sael"], /there is no command 'object sael', only seal, open or inspect/],
    [["object", "--verbose"], /there is no command 'object --verbose'/],
    [["object", "inspect"], /META\.json is missing/],
    [["secret"], /COMMAND is missing: seal or open/],
    [["secret", "hide"], /there is no command '…', only seal or open/],
    [SECRET_SEAL.slice(0, 2), /-k PUB is missing/],
    [SECRET_SEAL.slice(0, 4), /--key-arn ARN is missing/],
    [[...SECRET_SEAL, "hunter2", "-"], /one FILE at a time: '…', '-'/],
    [[...SECRET_SEAL, "--form", "armored"], /--form takes armoured or direct, not '…'/],
    [[...SECRET_SEAL, "--form", "direct", "-c", "a=b"], /-c goes with --form armoured: a direct/],
    [
      [...SECRET_SEAL, "--target", "ssm"],
      /--target takes ssm-standard, .* or cloudwatch-logs, not/,
    ],
    [[...SECRET_SEAL, "-a", "RSA"], /-a takes RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1, not '…'/],
    [["secret", "seal", "-k", "-", "--key-arn", ARN], /-k and FILE cannot both be standard input/],
    [["secret", "open"], /give one of --kms ARN and --private-key PEM/],
    [["secret", "open", "--private-key", pem, "-c", "a"], /-c takes NAME=VALUE, not '…'/],
    [["sse"], /COMMAND is missing: key or headers/],
    [["sse", "kye"], /there is no command '…', only key or headers/],
    [["sse", "key", ...PLACE], /-k PUB is missing/],
    [["sse", "key", "-k", key.pub, "--key-arn", ARN], /--bucket B is missing/],
    [["sse", "key", "-k", key.pub, "--key-arn", ARN, "--bucket", "b"], /--key KEY is missing/],
    [["sse", "key", "-k", "-", "--key-arn", ARN, ...PLACE, "-"], /-k and FILE cannot both/],
    [["sse", "headers"], /give --mode, or SEALED/],
    [["sse", "headers", "--mode", "c"], /--mode takes s3, kms or dsse, not '…'/],
    [["sse", "headers", "--mode", "s3", "file"], /give either --mode or SEALED/],
    [["sse", "headers", "--mode", "s3", "--bucket-key"], /--bucket-key goes with --mode kms/],
    [["sse", "headers", "--mode", "dsse", "--bucket-key"], /--bucket-key goes with --mode kms/],
    [["sse", "headers", "--mode", "s3", "--key", "k"], /--key goes with SEALED, not with --mode/],
    [["sse", "headers", "--key-id", "k", "file"], /--key-id goes with --mode/],
    [["sse", "headers", "--bucket", "b", "file"], /--key KEY is missing/],
    [["sse", "headers", ...PLACE, "file"], /give one of --kms ARN and --private-key PEM/],
    [["policy"], /COMMAND is missing: bucket, explain or key/],
    [["policy", "bucket", "--tls-only"], /--bucket B is missing/],
    [["policy", "bucket", "inbox"], /'inbox' is not an option/],
    [["policy", "bucket", "--bucket", "b", "--minimum-tls", "1"], /takes 1\.2 or 1\.3, not '1'/],
    [["policy", "bucket", "--bucket", "b", "--customer-key", "x"], /takes require or forbid/],
    [["policy", "explain"], /FILE is missing/],
    [OBJECT_SEAL, /--metadata META\.json is missing/],
    [["object", "seal", "--metadata", "m"], /-k PUB is missing/],
    [[...OBJECT_SEAL, "--metadata", "m", "--format", "v1"], /--format takes v3 or v2, not 'v1'/],
    [[...OBJECT_SEAL, "--metadata", "m", "-m", "purpose"], /-m takes NAME=VALUE, not 'purpose'/],
    [[...OBJECT_SEAL, "--metadata", "m", "-m", "a=1", "-m", "a=2"], /-m gives 'a' twice/],
    [[...OBJECT_SEAL, "--metadata", "-"], /--metadata takes a file: standard output is for the/],
    [[...OBJECT_SEAL, "--metadata", "m", "-o", "./m"], /-o and --metadata name the same file, 'm'/],
    [
      [...OBJECT_SEAL, "--metadata", "m", "--instruction-file", "m"],
      /--instruction-file and --metadata name the same file/,
    ],
    [["object", "seal", "-k", "-", "--key-arn", ARN, "--metadata", "m"], /-k and FILE cannot both/],
    [["object", "open", "--private-key", pem], /--metadata META\.json is missing/],
    [["object", "open", "--metadata", "m", "b"], /give one of --kms ARN and --private-key PEM/],
    [
      ["object", "open", "--private-key", pem, "--metadata", "-"],
      /--metadata and BODY cannot both be standard input/,
    ],
  ]) {
    test(`bongtu ${args.map((arg) => arg.replace(directory.path(), "")).join(" ")}`, async () => {
      const { status, stdout, stderr } = await bongtu(args);
      assert.equal(status, 2);
      assert.equal(stdout.length, 0);
      assert.match(stderr, /^bongtu: ERR_USAGE: [^\n]+\n {2}see: bongtu( [a-z]+){0,2} --help\n$/);
      assert.match(stderr, reason);
    });
  }
});

test("the library's own refusals keep their code and end with status 1", async () => {
  for (const [args, code] of [
    [[...SEAL, "--frame-length", "0"], "ERR_FRAME_LENGTH"],
    [[...SEAL, "--frame-length", "99999999999"], "ERR_FRAME_LENGTH"],
    [[...SEAL, "-c", "aws-crypto-public-key=x"], "ERR_CONTEXT"],
    [["open", "--kms", "alias/inbox"], "ERR_KEY_ARN"],
  ]) {
    const { status, stderr } = await bongtu(args, { stdin: "x" });
    assert.match(stderr, new RegExp(`^bongtu: ${code}: `));
    assert.equal(status, 1);
  }
});

// util-linux's `script` lends a command a terminal.
const withoutTerminal = existsSync("/usr/bin/script")
  ? false
  : "no /usr/bin/script to make a terminal with";

describe("a terminal", { skip: withoutTerminal }, () => {
  /** The output of `bongtu …args` on a terminal, which is all three of its streams unless they are redirected. */
  function onTerminal(args, redirections = "") {
    const words = [process.execPath, BONGTU, ...args].map((word) => `'${word}'`).join(" ");
    const { stdout, status } = spawnSync(
      "/usr/bin/script",
      ["-qec", `${words} ${redirections}`, "/dev/null"],
      { encoding: "utf8" },
    );
    return { shown: stdout.replaceAll("\r\n", "\n"), status };
  }

  test("gets no sealed bytes unless asked", () => {
    const file = directory.write("file", "for the terminal");
    const refused = onTerminal([...SEAL, file]);
    assert.match(
      refused.shown,
      /^bongtu: ERR_USAGE: standard output is a terminal: name a file with -o OUT/,
    );
    assert.equal(refused.status, 2);
    const asked = onTerminal([...SEAL, "-o", "-", file]);
    assert.match(asked.shown, /aws-kms-rsa/);
    assert.equal(asked.status, 0);
  });

  test("gets a sealed secret and a newline, but no secret unless asked", () => {
    const file = directory.write("secret", "hunter2");
    const sealed = directory.path("secret.sealed");
    for (const form of ["armoured", "direct"]) {
      const { shown, status } = onTerminal([...SECRET_SEAL, "--form", form, file]);
      assert.equal(status, 0);
      assert.match(shown, /^[A-Za-z0-9+/]+=*\n$/);
      directory.write("secret.sealed", shown);
      const open = ["secret", "open", "--private-key", key.pem];
      const refused = onTerminal([...open, sealed]);
      assert.match(refused.shown, /^bongtu: ERR_USAGE: standard output is a terminal/);
      assert.equal(refused.status, 2);
      assert.deepEqual(onTerminal([...open, "-o", "-", sealed]), { shown: "hunter2", status: 0 });
    }
    for (const args of [SECRET_SEAL, ["secret", "open", "--private-key", key.pem]]) {
      const { shown, status } = onTerminal(args);
      assert.match(shown, /no FILE, and standard input is a terminal/);
      assert.equal(status, 2);
    }
  });

  test("is not waited for as standard input", () => {
    const { shown, status } = onTerminal([...SEAL, "-o", directory.path("never")]);
    assert.match(shown, /^bongtu: ERR_USAGE: no FILE, and standard input is a terminal/);
    assert.equal(status, 2);
  });

  test("shows progress, which is wiped at the end", () => {
    const file = directory.path("large");
    execFileSync("truncate", ["--size", "300M", file]);
    const { shown, status } = onTerminal([...SEAL, "-o", "/dev/null", file]);
    assert.equal(status, 0);
    const [first, ...lines] = shown.split("\r\x1b[K");
    assert.equal(first, "");
    assert.equal(lines.pop(), "");
    assert.ok(lines.length > 0);
    for (const line of lines) {
      assert.match(line, /^sealing: \d+ % of 300 MiB, [\d.]+ [MG]iB\/s$/);
    }
  });

  test("sees no control characters of strangers", async () => {
    const args = [...SEAL, "-c", "evil=\x1b[2Jgone\u202e", "-o", directory.path("evil")];
    assert.equal((await bongtu(args, { stdin: "x" })).status, 0);
    for (const form of [[], ["--json"]]) {
      const { shown } = onTerminal(["inspect", ...form, directory.path("evil")]);
      assert.match(shown, /\\u001b\[2Jgone\\u202e/);
    }
  });
});
