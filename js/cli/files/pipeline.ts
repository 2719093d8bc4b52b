import { BongtuError } from "../../node.js";
import type { Input } from "./input.js";
import type { Output } from "./replacement.js";

/** Streams the input through a seal or open pair into the output, and commits that only if all three came to their end. */
export function run(
  input: Input,
  pair: { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> },
  output: Output,
): Promise<void> {
  return complete(output, async () => {
    const outcomes = await Promise.allSettled([
      input.stream.pipeTo(pair.writable),
      pair.readable.pipeTo(output.stream),
    ]);
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as unknown] : [],
    );
    if (failures.length > 0) {
      // A file that failed is the reason why the pair did.
      throw failures.find((failure) => !(failure instanceof BongtuError)) ?? failures[0];
    }
  });
}

/** Writes what `make` gives, all of it at once. */
export function deliver(output: Output, make: () => Promise<Uint8Array>): Promise<void> {
  return complete(output, async () => {
    await output.stream.getWriter().write(await make());
  });
}

/** Commits the output if `work`, which fills it, succeeds. */
export async function complete(output: Output, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await output.discard();
    throw error;
  }
  await output.settle();
  await output.commit();
}
