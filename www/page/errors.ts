// What goes wrong in words, with a code to tell one failure from another.

import { sentence } from "./format.ts";

/** A failure of the page or of its back end. bongtu's own are `BongtuError`. */
export class DemoError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Errors of bongtu and of the demo have a code; whatever else is thrown has at least a name. */
export function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: "Error", message: sentence(String(error)) };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code, message: sentence(error.message) };
}
