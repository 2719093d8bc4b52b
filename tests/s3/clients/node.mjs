// Node as one that uploads.

import { operations } from "../operations.mjs";

export function nodeClient(origin) {
  return {
    name: "Node",
    /** Performs one of `operations.mjs`. */
    run: (operation, input) => operations[operation]({ ...input, origin }),
  };
}
