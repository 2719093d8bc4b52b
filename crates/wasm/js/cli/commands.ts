import type { Command } from "./args.js";
import { inspect } from "./inspect.js";
import { key } from "./key.js";
import { object, objectCommands } from "./object.js";
import { open } from "./open.js";
import { policy, policyCommands } from "./policy.js";
import { seal } from "./seal.js";
import { secret, secretCommands } from "./secret.js";
import { sse, sseCommands } from "./sse.js";

/** Longer names before those that they begin with. */
export const COMMANDS: readonly Command[] = [
  key,
  seal,
  open,
  inspect,
  ...objectCommands,
  object,
  ...secretCommands,
  secret,
  ...sseCommands,
  sse,
  ...policyCommands,
  policy,
];
