import { openAt } from "../../files/output.js";
import type { Output } from "../../files/replacement.js";

/**
 * Opens several outputs as one: `texts`, which are written at once, and `body`, which the stream is for. Either all are
 * put in place, in this order, or none.
 */
export async function openOutputs(
  texts: readonly { readonly out: string; readonly text: string }[],
  body: string | undefined,
  keep: boolean | undefined,
): Promise<Output> {
  const outputs: Output[] = [];
  try {
    for (const { out, text } of texts) {
      const output = await openAt(out, keep);
      outputs.push(output);
      const writer = output.stream.getWriter();
      await writer.write(new TextEncoder().encode(text));
    }
    const last = await openAt(body, keep);
    outputs.push(last);
    return together(outputs, last.stream);
  } catch (error) {
    await discardAll(outputs);
    throw error;
  }
}

function together(outputs: readonly Output[], stream: Output["stream"]): Output {
  /** Undoes every output that can still be undone. */
  async function each(step: "settle" | "commit") {
    for (const output of outputs) {
      try {
        await output[step]();
      } catch (error) {
        await discardAll(outputs);
        throw error;
      }
    }
  }

  return {
    stream,
    settle: () => each("settle"),
    commit: () => each("commit"),
    discard: () => discardAll(outputs),
  };
}

async function discardAll(outputs: readonly Output[]): Promise<void> {
  await Promise.all(outputs.map((output) => output.discard()));
}
