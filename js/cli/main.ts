import { readFileSync } from "node:fs";
import { COMMANDS } from "./commands.js";
import { print, printStatus } from "./files/output.js";
import { describeFailure, exitStatus, rootOf, usageError } from "./terminal/failure.js";
import { text } from "./terminal/text.js";

const HELP = text`Usage: bongtu COMMAND [options] [FILE|-]

Seals files to the public half of an AWS KMS RSA key, offline and without credentials: as messages
of the AWS Encryption SDKs, or as S3 objects of the S3 Encryption Clients; and secrets, as a line of
text. Only kms:Decrypt on that key unlocks them.

Commands:
  key        tell what an exported public key is: spec, fingerprint, limits
  seal       seal a file to a public key
  open       open a sealed file, through KMS or with the private key
  inspect    show what a sealed file says about itself, without any key
  object     seal, open and inspect S3 objects
  secret     seal and open passwords and the like, which stay one line of text
  sse        headers of server-side encryption, and customer keys (SSE-C) that are kept sealed
  policy     make policies of buckets and keys, explain those of buckets

Options:
  -h, --help       show this text; after a command, the text of that command
      --version    show the version

Exit status is 0 only if all is well, 2 if the command line is wrong, 1 after any other failure.
`;

process.exit(await main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  // A failed write is reported to the one who wrote; unheard, the event would end the process with a stack trace.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  // Failures that nobody awaits may hold words from outside as well.
  process.on("uncaughtException", (error) =>
    printStatus(describeFailure(error)).then(() => process.exit(1)),
  );
  const chosen = COMMANDS.find(({ name }) =>
    name.split(" ").every((word, index) => word === words[index]),
  );
  const args = words.slice(chosen?.name.split(" ").length);
  try {
    await (chosen === undefined ? withoutCommand(words[0]) : chosen.run(args));
    return 0;
  } catch (error) {
    const failure = rootOf(error);
    await printStatus(describeFailure(failure, chosen?.name, chosen?.secretsIn(args)));
    return exitStatus(failure);
  }
}

async function withoutCommand(word: string | undefined): Promise<void> {
  switch (word) {
    case "-h":
    case "--help":
      return print(HELP);
    case "--version":
      return print(text`bongtu ${version()}\n`);
    case undefined:
      throw usageError("COMMAND is missing");
    default:
      throw usageError(`there is no command '${word}'`);
  }
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
