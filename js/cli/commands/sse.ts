import type { Command } from "../args.js";
import { group } from "../group.js";
import { text } from "../terminal/text.js";
import { sseHeaders } from "./sse/headers.js";
import { sseKey } from "./sse/key.js";

const HELP = text`Usage: bongtu sse COMMAND [options] …

Server-side encryption: what S3 does to an object once it has it, sealed or not.

Commands:
  key        make a customer key (SSE-C) and seal it to a public key
  headers    print the headers of a request, of SSE-C or of another mode

Options:
  -h, --help    show this text; after a command, the text of that command
`;

export const sseCommands: readonly Command[] = [sseKey, sseHeaders];

export const sse = group("sse", HELP, sseCommands);
