// Failures in words, with a code to tell one from another.

import { sentence } from "./format.ts";
import type { Render } from "./language.ts";
import { en, type Words } from "./words/en.ts";

type KnownCode = keyof Words["failures"];

/** A failure of the page or of its back end. bongtu's own are `BongtuError`. */
export class DemoError extends Error {
  readonly code: string;
  /** HTTP's, of what the back end refused; uploadParts does not ask again then. */
  readonly status: number | undefined;

  /** @param message where the code is not one that the page has words for */
  constructor(code: KnownCode | (string & {}), message = "", status?: number) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** Errors of bongtu and of the demo have a code; whatever else is thrown has at least a name. */
export function describe(error: unknown): { code: string; message: Render } {
  if (!(error instanceof Error)) return explain("Error", String(error));
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return explain(code, error.message);
}

/** The page's own words for a code, or else the message that came with it. */
export const explain = (code: string, message: string): { code: string; message: Render } => ({
  code,
  message: ({ failures }) => {
    if (!isKnown(code)) return sentence(message);
    return NAMES_MORE.has(code) ? `${failures[code]} ${sentence(message)}` : failures[code];
  },
});

/** What KMS refused with is a name in the message, such as AccessDeniedException. */
const NAMES_MORE = new Set(["ERR_KMS"]);

const isKnown = (code: string): code is KnownCode => Object.hasOwn(en.failures, code);
