// Bodies of answers, which come from whoever answers and may never end: no more is read than the longest that S3 sends.

import { ignore } from "../../base/operation.js";

/** Bytes of any document but a list of parts. */
export const DOCUMENT = 64 * 1024;
/** Enough for a list of a thousand parts with all their checksums. */
export const PART_LIST = 2 * 1024 * 1024;

/** Milliseconds that the words of a refusal are waited for: its status is known already. */
export const PATIENCE_MS = 3000;

export interface BodyText {
  readonly text: string;
  /** False if there was more. */
  readonly whole: boolean;
}

/** Reads up to `limit` bytes, until `signal` says that it is enough, and leaves the rest where it is. */
export async function readText(
  response: Response,
  limit: number,
  signal?: AbortSignal,
): Promise<BodyText> {
  const { body } = response;
  if (body === null) {
    return { text: "", whole: true };
  }
  if (typeof body?.getReader !== "function") {
    // A client that only looks like fetch has read the body already.
    const text = await response.text();
    return { text: text.slice(0, limit), whole: text.length <= limit };
  }
  const reader = body.getReader();
  signal?.addEventListener("abort", () => reader.cancel().catch(ignore));
  const decoder = new TextDecoder();
  let text = "";
  for (let room = limit; ; ) {
    const { done, value } = await reader.read();
    if (done) {
      return { text: text + decoder.decode(), whole: true };
    }
    text += decoder.decode(value.subarray(0, room), { stream: true });
    room -= value.length;
    if (room < 0) {
      reader.cancel().catch(ignore);
      return { text, whole: false };
    }
  }
}

/** A body that nobody wants is read, so that its connection can be used again, unless it is long. */
export function drain(response: Response): void {
  readText(response, DOCUMENT).catch(ignore);
}
