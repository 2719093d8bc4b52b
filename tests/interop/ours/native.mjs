// The Rust crate without WebAssembly: its example kms_lines, which asks for KMS in lines and leaves the call to us.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { LineProgram } from "../lines.mjs";

const EXAMPLE = ["--release", "--locked", "--package", "bongtu", "--example", "kms_lines"];

export function nativeCrate(kms) {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const program = new LineProgram("cargo", ["run", "--quiet", ...EXAMPLE], {
    cwd,
    env: process.env,
  });

  const ask = async (command) => {
    let answer = JSON.parse(await program.ask(JSON.stringify(command)));
    while (answer.kms !== undefined) {
      answer = JSON.parse(await program.ask(JSON.stringify(await kms.ask(answer.kms))));
    }
    if (answer.error !== undefined) {
      throw Object.assign(new Error(`${answer.error}: ${answer.message}`), { code: answer.error });
    }
    return answer;
  };

  return {
    name: "native Rust",

    async seal({ arn, publicKey, frameLength = null, ...job }) {
      const pem = await readFile(publicKey, "utf8");
      await ask({ op: "seal", keyArn: arn, publicKey: pem, frameLength, ...job });
    },

    open: ({ arn, ...job }) => ask({ op: "open", keyArn: arn, ...job }),

    async sealSecret({ arn, publicKey, ...job }) {
      const pem = await readFile(publicKey, "utf8");
      await ask({ op: "seal-secret", keyArn: arn, publicKey: pem, ...job });
    },

    openSecret: ({ arn, ...job }) => ask({ op: "open-secret", keyArn: arn, ...job }),

    async sealObject({ arn, publicKey, ...job }) {
      const pem = publicKey && (await readFile(publicKey, "utf8"));
      const { metadata, instructionFile } = await ask({
        ...{ op: "seal-object", keyArn: arn, publicKey: pem },
        ...job,
      });
      const file = instructionFile === null ? undefined : { body: instructionFile };
      return { metadata, instructionFile: file };
    },

    openObject: ({ arn, ...job }) => ask({ op: "open-object", keyArn: arn, ...job }),

    close: () => program.close(),
  };
}
