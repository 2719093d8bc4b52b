import type { Command } from "../args.js";
import { group } from "../group.js";
import { text } from "../terminal/text.js";
import { inspectObject } from "./object/inspect.js";
import { openObject } from "./object/open.js";
import { sealObject } from "./object/seal.js";

const HELP = text`Usage: bongtu object COMMAND [options] …

Objects of the Amazon S3 Encryption Clients: a body, and the user metadata that S3 stores with it.

Commands:
  seal       seal a file to a public key, as a body and its metadata
  open       open a body with its metadata, through KMS or with the private key
  inspect    show what the metadata say about an object, without any key

Options:
  -h, --help    show this text; after a command, the text of that command
`;

export const objectCommands: readonly Command[] = [sealObject, openObject, inspectObject];

export const object = group("object", HELP, objectCommands);
