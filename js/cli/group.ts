import { type Command, listed } from "./args.js";
import { print } from "./files/output.js";
import { usageError } from "./terminal/failure.js";
import { padded, type Text, text } from "./terminal/text.js";

/** Characters of a command's word, for the longest of all. */
const WIDTH = 9;

/** Commands whose names begin with the same word, with what each does, and the word by itself. */
export function group(
  name: string,
  about: Text,
  entries: readonly (readonly [command: Command, does: string])[],
): Command[] {
  const commands = entries.map(([command]) => command);
  const words = commands.map((command) => command.name.slice(name.length + 1));
  const lines = entries.map(([, does], i) => text`  ${padded(words[i] ?? "", WIDTH)}  ${does}\n`);
  const help = text`Usage: bongtu ${name} COMMAND [options] …

${about}

Commands:
${lines}
Options:
  -h, --help    show this text; after a command, the text of that command
`;
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
