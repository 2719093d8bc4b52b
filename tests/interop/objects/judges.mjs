// The official S3 Encryption Clients as programs with one shape, which `throughStore` gives to ours:
//
//   put({ key, publicKey, format, description, instructionFile, in })      of Python: put({ key, arn, format, description, multipart, in })
//   get({ key, arn, privateKey, format, out, symmetric, description })     format v2 allows V2
//
// `publicKey`, `privateKey` (PEM), `in` and `out` are names of files. They reject when the program refuses.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toolsFolder } from "../emulator.mjs";
import { buildJudge } from "../judges/build.mjs";
import { LineProgram } from "../lines.mjs";

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Opens through KMS with the recipe of docs/opening.md; writes under symmetric keys only. */
export function pythonClient(emulator, bucket) {
  const python = join(toolsFolder, "venv-s3ec/bin/python");
  if (!existsSync(python)) throw new Error(`${python} is missing: run pkg-scripts/setup python`);
  const { ask, close } = jsonProgram(python, [script("judge.py")], emulator);
  return {
    name: "Python",
    put: ({ description, multipart = false, ...job }) =>
      ask({ op: "put", bucket, context: description, multipart, ...job }),
    get: ({ symmetric = false, description, ...job }) =>
      ask({ op: "get", bucket, context: description, symmetric, ...job }),
    close,
  };
}

/** Two readers: one with the private key, one through KMS with the recipe of docs/opening.md. */
export async function javaClients(emulator, bucket) {
  const names = ["Java", "Java through KMS"];
  const { command, unavailable } = await buildJudge("java");
  if (unavailable !== undefined) return names.map((name) => ({ name, unavailable }));

  const [file, ...args] = command;
  const program = new LineProgram(file, args, { env: emulator.env });
  const ask = async (...words) => {
    const answer = await program.ask(words.join("\t"));
    if (answer !== "ok") throw new Error(answer);
    return {};
  };
  const get = (secret, { key, format, out }) =>
    ask("s3ec-get", bucket, key, secret, out, ...(format === "v3" ? ["v3"] : []));
  const put = ({ key, publicKey, format, description, instructionFile, in: input }) => {
    const flags = [format === "v2" && "v2", instructionFile && "instruction"].filter(Boolean);
    const pairs = Object.entries(description).map(([name, value]) => `${name}=${value}`);
    return ask("s3ec-put", bucket, key, publicKey, input, ...flags, ...pairs);
  };
  const [name, nameThroughKms] = names;
  return [
    { name, put, get: (job) => get(job.privateKey, job), close: () => program.close() },
    { name: nameThroughKms, get: (job) => get(job.arn, job), close: async () => {} },
  ];
}

/** Knows V2 only. */
export async function rubyClient(emulator, bucket) {
  const name = "Ruby";
  const found = promisify(execFile)("ruby", ["-e", 'require "aws-sdk-s3"; Aws::S3::EncryptionV2']);
  const unavailable = await found.then(
    () => undefined,
    () => "no Ruby with aws-sdk-s3 is installed (Debian: ruby-aws-sdk-s3)",
  );
  if (unavailable !== undefined) return { name, unavailable };

  const { ask, close } = jsonProgram("ruby", [script("judge.rb")], emulator);
  return {
    name,
    formats: ["v2"],
    put: (job) => ask({ op: "put", bucket, ...job }),
    get: (job) => ask({ op: "get", bucket, ...job }),
    close,
  };
}

function jsonProgram(command, args, emulator) {
  const program = new LineProgram(command, args, { env: emulator.env });
  return {
    async ask(job) {
      const { error } = JSON.parse(await program.ask(JSON.stringify(job)));
      if (error !== undefined) throw new Error(error);
      return {};
    },
    close: () => program.close(),
  };
}
