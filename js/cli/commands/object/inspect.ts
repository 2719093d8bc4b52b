import { inspect, type ObjectDescription } from "../../../node.js";
import { command, refuseSharedInput, required } from "../../args.js";
import { print } from "../../files/output.js";
import { formatBytes, json, pairs, type Text, table, text } from "../../terminal/text.js";
import { readEnvelope } from "./envelope.js";

const HELP = text`Usage: bongtu object inspect [--json] [--instruction-file PATH] META.json|-

Shows what the user metadata of an S3 Encryption Client object say: version, algorithms, material
description. It needs no key and so verifies nothing: anybody could have written META.json.

META.json is a JSON object of names, with or without x-amz-meta-, or what \`aws s3api head-object\`
prints; - is standard input.

Options:
      --instruction-file PATH
                    the body of the object's instruction file, if it has one
      --json        print everything as JSON
  -h, --help        show this text

Examples:
  bongtu object inspect meta.json
  aws s3api head-object --bucket B --key report.pdf | bongtu object inspect -
`;

export const inspectObject = command({
  name: "object inspect",
  help: HELP,
  options: {
    json: { type: "boolean" },
    "instruction-file": { type: "string" },
  },
  async run(values, operand) {
    const metadata = required(operand, "META.json is missing: the metadata to inspect");
    const instructionFile = values["instruction-file"];
    refuseSharedInput({ "META.json": metadata, "--instruction-file": instructionFile });
    const description = await inspect(await readEnvelope({ metadata, instructionFile }));
    const place = instructionFile === undefined ? "in the metadata" : "in the instruction file";
    await print(values.json ? json(description) : describe(description, place));
  },
});

/** `place` is where the data key stands. */
function describe(description: ObjectDescription, place: string): Text {
  const { version, contentAlgorithm, committing, wrap, wrappedKeyLength } = description;
  const { materialDescription, unreadableDescription, plaintextLength } = description;
  const commitment = committing ? "commits to its key" : "does NOT commit to its key";
  const [title, note] = DESCRIPTIONS[wrap];
  return text`${[
    text`S3 Encryption Client object, version ${version.slice(1)}\n\n`,
    table([
      ["content", `${contentAlgorithm} (AES-GCM, ${commitment})`],
      ["data key", `${wrap}, ${formatBytes(wrappedKeyLength)} ${place}`],
      [
        "plaintext",
        plaintextLength === undefined
          ? "16 bytes less than the body"
          : `${formatBytes(plaintextLength)}, as the metadata claim`,
      ],
    ]),
    text`\n${title} (unverified: ${note})\n`,
    unreadableDescription === undefined
      ? pairs(materialDescription)
      : text`  unreadable, taken for empty: ${unreadableDescription}\n`,
  ]}`;
}

/** The title of the pairs, and who will check them. */
const DESCRIPTIONS: Readonly<Record<ObjectDescription["wrap"], readonly [string, string]>> = {
  "RSA-OAEP-SHA1": ["material description", "whoever can write the metadata can change it"],
  "kms+context": ["encryption context", "KMS checks it when the object is opened"],
  kms: ["encryption context", "KMS checks it when the object is opened"],
};
