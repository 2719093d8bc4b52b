import type { Command } from "./args.js";
import { inspect } from "./commands/inspect.js";
import { key } from "./commands/key.js";
import { object, objectCommands } from "./commands/object.js";
import { open } from "./commands/open.js";
import { policy, policyCommands } from "./commands/policy.js";
import { seal } from "./commands/seal.js";
import { secret, secretCommands } from "./commands/secret.js";
import { sse, sseCommands } from "./commands/sse.js";

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
