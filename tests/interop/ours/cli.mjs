// The command line: a process for every message.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { regionOf } from "../kms.mjs";

const bongtu = fileURLToPath(new URL("../../../pkg/bin/bongtu.mjs", import.meta.url));

export function commandLine(emulator) {
  const run = async (...args) => {
    try {
      await promisify(execFile)(process.execPath, [bongtu, ...args], { env: emulator.env });
    } catch (error) {
      throw Object.assign(new Error(error.stderr), {
        code: /\bERR_[A-Z_]+/.exec(error.stderr)?.[0],
      });
    }
  };
  const pairs = (context) =>
    Object.entries(context).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

  return {
    name: "command line",

    seal: ({ arn, algorithm, publicKey, context, frameLength, in: input, out }) =>
      run(
        ...["seal", "-k", publicKey, "--key-arn", arn, "-a", algorithm, ...pairs(context)],
        ...(frameLength === undefined ? [] : ["--frame-length", frameLength]),
        ...["-o", out, input],
      ),

    async open({ arn, algorithm, context, in: input, out }) {
      const where = ["--kms", arn, "--region", regionOf(arn), "--endpoint-url", emulator.endpoint];
      await run("open", ...where, "-a", algorithm, ...pairs(context), "-o", out, input);
      return {};
    },

    async close() {},
  };
}
