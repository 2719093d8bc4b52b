// The command line: a process for every message.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
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
  const pairs = (context, option) =>
    Object.entries(context).flatMap(([name, value]) => [option, `${name}=${value}`]);
  const whereOf = (arn) => [
    ...["--kms", arn, "--region", regionOf(arn)],
    ...["--endpoint-url", emulator.endpoint],
  ];

  return {
    name: "command line",

    seal: ({ arn, algorithm, publicKey, context, frameLength, in: input, out }) =>
      run(
        ...["seal", "-k", publicKey, "--key-arn", arn, "-a", algorithm, ...pairs(context, "-c")],
        ...(frameLength === undefined ? [] : ["--frame-length", frameLength]),
        ...["-o", out, input],
      ),

    async open({ arn, algorithm, context, in: input, out }) {
      const key = [...whereOf(arn), "-a", algorithm];
      await run("open", ...key, ...pairs(context, "-c"), "-o", out, input);
      return {};
    },

    sealSecret: ({ arn, algorithm, publicKey, form, context, in: input, out }) =>
      run(
        ...["secret", "seal", "-k", publicKey, "--key-arn", arn, "-a", algorithm, "--form", form],
        ...pairs(context, "-c"),
        ...["-o", out, input],
      ),

    openSecret: ({ arn, algorithm, context, in: input, out }) =>
      run(
        ...["secret", "open", ...whereOf(arn), "-a", algorithm, ...pairs(context, "-c")],
        ...["-o", out, input],
      ),

    async sealObject({ arn, publicKey, format, description, instructionFile, in: input, out }) {
      const [meta, instruction] = [`${out}.json`, `${out}.instruction`];
      await run(
        ...["object", "seal", "-k", publicKey, "--key-arn", arn, "--format", format],
        ...pairs(description, "-m"),
        ...(instructionFile ? ["--instruction-file", instruction] : []),
        ...["--metadata", meta, "-o", out, input],
      );
      return {
        metadata: JSON.parse(await readFile(meta, "utf8")),
        instructionFile: instructionFile
          ? { body: await readFile(instruction, "utf8") }
          : undefined,
      };
    },

    async openObject({ arn, format, metadata, instructionFile, in: input, out }) {
      const [meta, instruction] = [`${input}.json`, `${input}.instruction`];
      await writeFile(meta, JSON.stringify(metadata));
      if (instructionFile !== undefined) await writeFile(instruction, instructionFile);
      await run(
        ...["object", "open", ...whereOf(arn), "--metadata", meta],
        ...(instructionFile === undefined ? [] : ["--instruction-file", instruction]),
        ...(format === "v2" ? ["--allow-v2"] : []),
        ...["-o", out, input],
      );
      return {};
    },

    async close() {},
  };
}
