import { type Command, listed } from "./args.js";
import { usageError } from "./failure.js";
import { print } from "./output.js";

/** A word that is to be followed by another, `commands` being what both together name. */
export function group(name: string, help: string, commands: readonly Command[]): Command {
  const words = commands.map((command) => command.name.slice(name.length + 1));
  return {
    name,
    async run([word]) {
      switch (word) {
        case "-h":
        case "--help":
          return print(help);
        case undefined:
          throw usageError(`COMMAND is missing: ${listed(words)}`);
        default:
          throw usageError(`there is no command '${name} ${word}'`);
      }
    },
  };
}
