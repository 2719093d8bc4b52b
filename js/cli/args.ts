import { type ParseArgsConfig, parseArgs } from "node:util";
import type { EncryptionAlgorithm } from "../node.js";
import { print } from "./files/output.js";
import { unspoken } from "./secrets-in-args.js";
import { usageError } from "./terminal/failure.js";
import type { Text } from "./terminal/text.js";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>;

export interface Command {
  readonly name: string;
  run(args: string[]): Promise<void>;
  /** The arguments that no message may repeat. */
  secretsIn(args: readonly string[]): string[];
}

/** A command that takes options and at most one operand, in any order. */
export function command<const O extends Options>(definition: {
  name: string;
  help: Text;
  options: O;
  /** What it reads is a secret, which people give as an argument by mistake. */
  readsSecret?: boolean;
  run(values: Parsed<O>["values"], operand: string | undefined): Promise<void>;
}): Command {
  const { name, help, readsSecret = false } = definition;
  const options = { ...definition.options, help: { type: "boolean", short: "h" } } as const;
  return {
    name,
    secretsIn: (args) => unspoken(args, options, readsSecret),
    async run(args) {
      const { values, positionals, tokens } = parse(args, options);
      if ((values as { help?: boolean }).help) {
        return print(help);
      }
      refuseSlips(options, positionals, tokens);
      return definition.run(values as Parsed<O>["values"], positionals[0]);
    },
  };
}

function parse(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    if (error instanceof TypeError && "code" in error) {
      throw usageError(inOneLine(error.message));
    }
    throw error;
  }
}

/** Node explains itself at length; a line that says what is wrong is enough beside `--help`. */
function inOneLine(message: string): string {
  const [, unknown] = /^Unknown option '(.*?)'(?:\. To specify .*)?$/s.exec(message) ?? [];
  if (unknown !== undefined) {
    return `unknown option '${unknown}'`;
  }
  const [, option, forms] =
    /^Option '([^']+)' argument is ambiguous.* use (.+)\.$/s.exec(message) ?? [];
  if (option !== undefined) {
    return `${option} has no value; a value that begins with a dash is given as ${forms}`;
  }
  const [first = message] = message.split(/\.\s|\n/);
  return first.charAt(0).toLowerCase() + first.slice(1);
}

/**
 * Refuses two things that `parseArgs` accepts and nobody means: an option given twice, of which the last would silently win,
 * and an empty value, which is what an unset shell variable leaves behind.
 */
function refuseSlips(
  options: Options,
  positionals: string[],
  tokens: ReturnType<typeof parse>["tokens"],
) {
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "option") {
      if (token.value === "") {
        throw usageError(`${token.rawName} has an empty value`);
      }
      if (seen.has(token.name) && !options[token.name]?.multiple) {
        throw usageError(`${token.rawName} is given twice`);
      }
      seen.add(token.name);
    }
  }
  if (positionals.length > 1) {
    throw usageError(`one FILE at a time: ${positionals.map((name) => `'${name}'`).join(", ")}`);
  }
  if (positionals[0] === "") {
    throw usageError("the name of FILE is empty");
  }
}

/** What has to be given; `missing` is what is said where it is not. */
export function required(value: string | undefined, missing: string): string {
  if (value === undefined) {
    throw usageError(missing);
  }
  return value;
}

export const ALGORITHMS: readonly EncryptionAlgorithm[] = [
  "RSAES_OAEP_SHA_256",
  "RSAES_OAEP_SHA_1",
];

export function parseAlgorithm(text: string | undefined): EncryptionAlgorithm | undefined {
  return parseChoice("-a", ALGORITHMS, text);
}

export function parseChoice<const T extends string>(
  option: string,
  choices: readonly T[],
  text: string | undefined,
): T | undefined {
  const choice = choices.find((name) => name === text);
  if (text !== undefined && choice === undefined) {
    throw usageError(`${option} takes ${listed(choices)}, not '${text}'`);
  }
  return choice;
}

export function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** NAME=VALUE, repeated; a value may hold further equals signs. */
export function parsePairs(option: string, pairs: readonly string[] = []): Record<string, string> {
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) {
      throw usageError(`${option} takes NAME=VALUE, not '${pair}'`);
    }
    const name = pair.slice(0, equals);
    if (values.has(name)) {
      throw usageError(`${option} gives '${name}' twice`);
    }
    values.set(name, pair.slice(equals + 1));
  }
  // Defines properties instead of assigning them: a pair may be called __proto__.
  return Object.fromEntries(values);
}

export function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw usageError(`${option} takes a whole number, not '${text}'`);
  }
  return Number(text);
}

export function parseFingerprint(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^[0-9a-f]{64}$/.test(text)) {
    throw usageError(`${option} takes 64 lower-case hexadecimal digits, not '${text}'`);
  }
  return text;
}

/** Refuses `-` for two operands, since standard input can be read only once. */
export function refuseSharedInput(operands: Readonly<Record<string, string | undefined>>): void {
  const [first, second] = Object.keys(operands).filter((name) => operands[name] === "-");
  if (second !== undefined) {
    throw usageError(`${first} and ${second} cannot both be standard input`);
  }
}
