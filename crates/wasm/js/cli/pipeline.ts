import { BongtuError } from "../node.js";
import type { Input } from "./input.js";
import type { Output } from "./output.js";

/** Streams the input through a seal or open pair into the output, and commits that only if all three came to their end. */
export async function run(
  input: Input,
  pair: { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> },
  output: Output,
): Promise<void> {
  const outcomes = await Promise.allSettled([
    input.stream.pipeTo(pair.writable),
    pair.readable.pipeTo(output.stream),
  ]);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  if (failures.length > 0) {
    await output.discard();
    // A file that failed is the reason why the pair did.
    throw failures.find((failure) => !(failure instanceof BongtuError)) ?? failures[0];
  }
  await output.commit();
}
