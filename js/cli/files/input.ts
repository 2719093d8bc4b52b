import { fstatSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { decodeText } from "../../base/decode-text.js";
import { CliError, fileError, usageError } from "../terminal/failure.js";
import { noteInput } from "./same-file.js";

export interface Input {
  /** In bytes; known only for regular files. */
  readonly size: number | undefined;
  readonly stream: ReadableStream<Uint8Array>;
}

const CHUNK = 1024 * 1024;

/**
 * Opens FILE, or standard input where it is `-` or not given.
 * `steady`: the stream ends in an error if the file was written to while it was read.
 */
export async function openInput(
  operand: string | undefined,
  { steady = false } = {},
): Promise<Input> {
  if (operand === undefined && process.stdin.isTTY) {
    throw usageError("no FILE, and standard input is a terminal");
  }
  if (operand === undefined || operand === "-") {
    const status = fstatSync(0, { bigint: true });
    if (status.isDirectory()) {
      // Node would call it empty.
      throw fileError("standard input is a directory");
    }
    noteInput(status, "standard input");
    return { size: undefined, stream: streamOf(standardInput(), () => process.stdin.destroy()) };
  }
  const name = `'${operand}'`;
  try {
    const file = await open(operand);
    const status = await file.stat();
    if (status.isDirectory()) {
      await file.close();
      throw fileError(`${name} is a directory`);
    }
    noteInput(await file.stat({ bigint: true }), name);
    const size = status.isFile() ? status.size : undefined;
    return { size, stream: streamOf(chunksOf(file, name, steady ? status : undefined)) };
  } catch (error) {
    throw error instanceof CliError ? error : fileError(`cannot read ${name}`, error);
  }
}

/** The whole of a file that is small by nature; `what` says in an error what it should have been. */
export async function readSmall(
  operand: string | undefined,
  what: string,
  limit = 64 * 1024,
): Promise<Buffer> {
  const { stream } = await openInput(operand);
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      const whole = Buffer.concat(chunks);
      // It may be a private key, of which the caller wipes its copy only.
      for (const chunk of chunks) {
        chunk.fill(0);
      }
      return whole;
    }
    chunks.push(value);
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw fileError(`'${operand ?? "-"}' is not ${what}: it is longer than ${limit / 1024} KiB`);
    }
  }
}

/** The same of text, as editors and shells save it. */
export async function readText(operand: string | undefined, what: string): Promise<string> {
  const text = decodeText(await readSmall(operand, what));
  if (text === undefined) {
    throw fileError(`'${operand ?? "-"}' is not ${what}: it is not UTF-8 text, nor UTF-16`);
  }
  return text;
}

async function* chunksOf(
  file: FileHandle,
  name: string,
  before: Stats | undefined,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK);
      if (bytesRead === 0) {
        break;
      }
      length += bytesRead;
      // Files that the system makes up as they are read, such as those of /proc, have a size of 0.
      if (before && before.size > 0 && length > before.size) {
        throw fileError(`${name} changed while it was read`);
      }
      yield buffer.subarray(0, bytesRead);
    }
    const after = await file.stat();
    if (before && (after.size !== before.size || after.mtimeMs !== before.mtimeMs)) {
      throw fileError(`${name} changed while it was read`);
    }
  } catch (error) {
    throw error instanceof CliError ? error : fileError(`cannot read ${name}`, error);
  } finally {
    await file.close();
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array> {
  try {
    yield* process.stdin;
  } catch (error) {
    throw fileError("cannot read standard input", error);
  }
}

/**
 * Asks for a chunk only when one is wanted, which `Readable.toWeb` does not: its queue holds as many chunks as a Node
 * stream holds bytes.
 */
function streamOf(
  chunks: AsyncGenerator<Uint8Array>,
  onCancel?: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel() {
        onCancel?.();
        // This is not awaited: it settles after a read in flight, and a silent pipe may keep that waiting for ever.
        chunks.return(undefined).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}
