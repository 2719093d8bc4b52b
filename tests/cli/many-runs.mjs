// A process in which the command line runs again and again, for tests that need more runs than processes can be started. Of each it
// is sent the arguments, the directory and what stands on standard input, and sends back what `main` would have shown.

import { Readable } from "node:stream";
import { COMMANDS } from "../../pkg/js/cli/commands.js";
import { describeFailure, exitStatus, rootOf } from "../../pkg/js/cli/terminal/failure.js";

process.on("message", async ({ name, args, cwd, stdin }) => {
  process.chdir(cwd);
  Object.defineProperty(process, "stdin", {
    value: Readable.from([Buffer.from(stdin, "base64")]),
    configurable: true,
  });
  const written = { stdout: [], stderr: [] };
  for (const [stream, chunks] of Object.entries(written)) {
    process[stream].write = (chunk, done) => {
      chunks.push(Buffer.from(chunk));
      done?.();
      return true;
    };
  }
  const command = COMMANDS.find((command) => command.name === name);
  let status = 0;
  try {
    await command.run(args);
  } catch (error) {
    const failure = rootOf(error);
    written.stderr.push(Buffer.from(`${describeFailure(failure, name, command.secretsIn(args))}`));
    status = exitStatus(failure);
  }
  const of = (stream) => Buffer.concat(written[stream]).toString("base64");
  process.send({ status, stdout: of("stdout"), stderr: of("stderr") });
});
