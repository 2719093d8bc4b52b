import { type Command, listed } from "./args.js";
import { print } from "./files/output.js";
import { usageError } from "./terminal/failure.js";
import type { Text } from "./terminal/text.js";

/** Commands whose names begin with the same word, and what that word does by itself. */
export function group(name: string, commands: readonly Command[], help: Text): Command[] {
  const words = commands.map((command) => command.name.slice(name.length + 1));
  const alone: Command = {
    name,
    secretsIn: (args) =>
      commands.flatMap(({ secretsIn }) => secretsIn(args)).map((word) => `${name} ${word}`),
    async run([word]) {
      switch (word) {
        case "-h":
        case "--help":
          return print(help);
        case undefined:
          throw usageError(`COMMAND is missing: ${listed(words)}`);
        default:
          throw usageError(`there is no command '${name} ${word}', only ${listed(words)}`);
      }
    },
  };
  return [...commands, alone];
}
