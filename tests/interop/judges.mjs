// The official AWS Encryption SDKs as programs with one shape, which `ours/` shares:
//
//   seal({ arn, algorithm, publicKey, context, frameLength, in, out })    publicKey: the name of a PEM file
//   open({ arn, algorithm, context, in, out }) → { context? }             the encryption context that the message has
//
// Both work on files and reject when the program refuses.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toolsFolder } from "./emulator.mjs";
import { buildJudge } from "./judges/build.mjs";
import { LineProgram } from "./lines.mjs";

export function pythonJudge(emulator) {
  const python = join(toolsFolder, "venv-sdk/bin/python");
  if (!existsSync(python)) throw new Error(`${python} is missing: run pkg-scripts/setup python`);
  const script = fileURLToPath(new URL("judge.py", import.meta.url));
  const program = new LineProgram(python, [script], { env: emulator.env });
  const ask = async (command) => {
    const answer = JSON.parse(await program.ask(JSON.stringify(command)));
    if (answer.error !== undefined) throw new Error(answer.error);
    return { context: answer.context };
  };
  return {
    name: "Python",
    seal: (job) => ask({ op: "seal", ...job }),
    open: (job) => ask({ op: "open", ...job }),
    close: () => program.close(),
  };
}

export const javaJudge = (emulator) => tabbedJudge("Java", "java", emulator);
export const goJudge = (emulator) => tabbedJudge("Go", "go", emulator);

async function tabbedJudge(name, judge, emulator) {
  const { command, unavailable } = await buildJudge(judge);
  if (unavailable !== undefined) return { name, unavailable };

  const [file, ...args] = command;
  const program = new LineProgram(file, args, { env: emulator.env });
  const ask = async (words, context) => {
    const pairs = Object.entries(context).map(([name, value]) => `${name}=${value}`);
    const answer = await program.ask([...words, ...pairs].join("\t"));
    if (answer !== "ok") throw new Error(answer);
    return {};
  };
  return {
    name,
    seal: ({ arn, algorithm, in: input, out, publicKey, frameLength, context }) =>
      ask(["seal", arn, algorithm, input, out, publicKey, frameLength], context),
    open: ({ arn, algorithm, in: input, out, context }) =>
      ask(["open", arn, algorithm, input, out], context),
    close: () => program.close(),
  };
}
