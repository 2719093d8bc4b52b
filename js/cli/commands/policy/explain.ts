import { explain, type PolicyExplanation, type PolicyFinding } from "../../../node.js";
import { command, required } from "../../args.js";
import { readText } from "../../files/input.js";
import { print } from "../../files/output.js";
import { json, type Text, text, wrapped } from "../../terminal/text.js";

const HELP = text`Usage: bongtu policy explain [--json] FILE|-

Tells which rules of \`bongtu policy bucket\` a bucket policy enforces for everybody and all objects,
which only for some, and which not at all; and what no policy can see.

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
    const file = required(operand, "FILE is missing: the policy to explain");
    const explanation = explain(await readText(file, "a bucket policy"));
    await print(values.json ? json(explanation) : describe(explanation));
  },
});

function describe({ enforces, partly, notEnforced, cannotSee }: PolicyExplanation): Text {
  const sections = [
    section("enforced", enforces),
    section("enforced in part", partly),
    section("NOT enforced", notEnforced),
  ];
  return text`${sections}no policy can see\n${wrapped(cannotSee)}`;
}

function section(title: string, findings: readonly PolicyFinding[]): Text {
  if (findings.length === 0) {
    return text``;
  }
  const lines = findings.map((finding) => {
    const statement = finding.sid === undefined ? "" : ` (statement ${finding.sid})`;
    return text`  ${finding.rule}${statement}\n${wrapped(finding.text, text`    `)}`;
  });
  return text`${title}\n${lines}\n`;
}
