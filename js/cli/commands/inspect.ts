import { type Description, inspect as inspectMessage } from "../../node.js";
import { command, required } from "../args.js";
import { openInput } from "../files/input.js";
import { print } from "../files/output.js";
import { formatBytes, json, pairs, type Text, table, text } from "../terminal/text.js";

const HELP = text`Usage: bongtu inspect [--json] FILE|-

Shows what an AWS Encryption SDK message says about itself: suite, encrypted data keys, encryption
context, frames and sizes. It needs no key and so verifies nothing: anybody could have written FILE.
The beginning of a message is enough; the output says what is missing.

Options:
      --json    print everything as JSON, with a byte map of the header
  -h, --help    show this text

Examples:
  bongtu inspect report.pdf.sealed
  head -c 4096 report.pdf.sealed | bongtu inspect --json - | jq .encryptedDataKeys
`;

export const inspect = command({
  name: "inspect",
  help: HELP,
  options: { json: { type: "boolean" } },
  async run(values, operand) {
    const file = required(operand, "FILE is missing: the message to inspect");
    const { stream } = await openInput(file);
    const description = await inspectMessage(stream);
    await print(values.json ? json(description) : describe(description));
  },
});

function describe(description: Description): Text {
  const { suite, encryptedDataKeys, body } = description;
  const traits = [
    suite.committing ? "commits to its key" : "does NOT commit to its key",
    suite.signed ? "signed" : "not signed",
  ];
  return text`${[
    text`AWS Encryption SDK message, version ${description.version}\n\n`,
    table([
      ["suite", `${suite.id} ${suite.name} (${traits.join(", ")})`],
      ["message id", description.messageId],
      ["header", formatBytes(description.headerLength)],
      ["content", contentOf(description)],
      ["body", `${formatBytes(body.length)} for ${formatBytes(body.plaintextLength)} of plaintext`],
      ["complete", body.complete ? "yes" : "NO: the end is missing"],
    ]),
    text`\nencrypted data keys\n`,
    table(
      encryptedDataKeys.map(({ providerId, providerInfo, ciphertextLength }) => [
        providerId,
        `${providerInfo} (${formatBytes(ciphertextLength)})`,
      ]),
      text`  `,
    ),
    text`\nencryption context (unverified: nobody has checked this yet)\n`,
    pairs(description.encryptionContext),
  ]}`;
}

function contentOf({ contentType, frameLength, body }: Description): string {
  if (contentType === "nonframed") {
    return "not framed";
  }
  const frames = `${body.frames.toLocaleString("en-US")} ${body.frames === 1 ? "frame" : "frames"}`;
  return `${frames} of up to ${formatBytes(frameLength)}`;
}
