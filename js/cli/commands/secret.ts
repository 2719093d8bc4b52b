import type { Command } from "../args.js";
import { group } from "../group.js";
import { text } from "../terminal/text.js";
import { secretOpen } from "./secret/open.js";
import { secretSeal } from "./secret/seal.js";

const HELP = text`Usage: bongtu secret COMMAND [options] …

Passwords, tokens and the like as one line of text, for the places that hold strings: parameters,
environment variables, fields of logs.

Commands:
  seal       seal a secret to a public key
  open       open one, through KMS or with the private key

Options:
  -h, --help    show this text; after a command, the text of that command
`;

export const secretCommands: readonly Command[] = [secretSeal, secretOpen];

export const secret = group("secret", HELP, secretCommands);
