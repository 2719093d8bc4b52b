import { explain, type PolicyExplanation, type PolicyFinding } from "../../node.js";
import { command } from "../args.js";
import { usageError } from "../failure.js";
import { readSmall } from "../input.js";
import { print } from "../output.js";
import { printable, printableJson } from "../text.js";

const HELP = `Usage: bongtu policy explain [--json] FILE|-

Tells what a bucket policy enforces of what \`bongtu policy bucket\` can: what it denies to everybody
and for all objects, what to some only, what not at all; and what no policy can see.

FILE is a policy document, or what \`aws s3api get-bucket-policy\` prints; - is standard input.

Options:
      --json    print it as JSON
  -h, --help    show this text

Examples:
  bongtu policy explain policy.json
  aws s3api get-bucket-policy --bucket inbox | bongtu policy explain -
`;

export const policyExplain = command({
  name: "policy explain",
  help: HELP,
  options: { json: { type: "boolean" } },
  async run(values, operand) {
    if (operand === undefined) {
      throw usageError("FILE is missing: the policy to explain");
    }
    const text = await readSmall(operand, "bucket policy");
    const explanation = explain(text.toString("utf8"));
    await print(values.json ? `${printableJson(explanation)}\n` : describe(explanation));
  },
});

function describe({ enforces, partly, notEnforced, cannotSee }: PolicyExplanation): string {
  const sections = [
    section("enforced", enforces),
    section("enforced in part", partly),
    section("NOT enforced", notEnforced),
  ];
  return `${sections.join("")}no policy can see\n${wrapped(cannotSee)}`;
}

function section(title: string, findings: readonly PolicyFinding[]): string {
  if (findings.length === 0) {
    return "";
  }
  const lines = findings.map(({ rule, sid, text }) => {
    const statement = sid === undefined ? "" : ` (statement ${printable(sid)})`;
    return `  ${rule}${statement}\n${wrapped(printable(text), "    ")}`;
  });
  return `${title}\n${lines.join("")}\n`;
}

const WIDTH = 100;

function wrapped(text: string, indent = "  "): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1] ?? "";
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
  }
  return lines.map((line) => `${indent}${line}\n`).join("");
}
