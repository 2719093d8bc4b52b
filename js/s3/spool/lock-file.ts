// Excludes other processes by a file that says whose it is.

import { link, lstat, open, readFile, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { pid } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { randomName } from "../../base/bytes.js";
import { codeOf, ifThere, readOwn } from "./private-folder.js";
import { spoolError } from "./store.js";

/** The owner of a lock. Members that the system does not tell are left out. */
interface Owner {
  readonly pid: number;
  /** Tells apart two processes that get the same number. */
  readonly start: string | undefined;
  /** Tells apart machines, and containers, each of which has numbers of its own. */
  readonly host: string;
  /** No process outlives the boot it began in. */
  readonly boot: string | undefined;
  /** Tells apart all locks there ever were. */
  readonly nonce: string;
}

type Release = () => Promise<void>;

/** Attempts to get a lock of which the owner is dead, while others try the same. */
const ATTEMPTS = 10;
/** Between them, and at most twice that. */
const PAUSE_MS = 5;
/** A file that cannot be read may be a lock that is just being written, but not for longer than this. */
const WRITTEN_MS = 5000;

/** Takes the lock; `undefined` where a process that lives has it. Throws where nobody can know. */
export async function lockFile(path: string): Promise<Release | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const release = (await create(path)) ?? (await takeOver(path));
    if (release !== undefined) {
      return release;
    }
    if ((await holder(path)) === "alive") {
      return undefined;
    }
    await sleep(PAUSE_MS * (1 + Math.random())); // it was let go, or another is taking it over
  }
  return undefined;
}

/**
 * Takes a dead process's lock. To find it dead and to remove it are two steps, between which it must
 * not become somebody else's: so they need a lock of their own, without which nobody removes a lock
 * that is not his. It is one like any other, and its owner may have died as well.
 */
async function takeOver(path: string): Promise<Release | undefined> {
  if ((await holder(path)) !== "dead") {
    return undefined;
  }
  const done = await lockFile(`${path}.taking`);
  if (done === undefined) {
    return undefined;
  }
  try {
    if ((await holder(path)) === "dead") {
      await ifThere(unlink(path));
    }
    return await create(path);
  } finally {
    await done();
  }
}

/** Creates the file with its contents or not at all; `undefined` if there is one already. */
async function create(path: string): Promise<Release | undefined> {
  const nonce = randomName();
  const start = await startOf(pid);
  const owner: Owner = { pid, start, host: hostname(), boot: await bootOf(), nonce };
  const text = JSON.stringify(owner);
  const aside = `${path}.${nonce}`;
  await writeFile(aside, text, { flag: "wx", mode: 0o600 });
  try {
    await link(aside, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST" || codeOf(error) === "ENOENT") {
      return undefined; // somebody has it, or cleared up what seemed to be a dead process's
    }
    if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOTSUP") {
      throw error;
    }
    // A file system without links.
    if (!(await createInPlace(path, text))) {
      return undefined;
    }
  } finally {
    await ifThere(unlink(aside));
  }
  return async () => {
    // Whoever deleted it by hand has let others in.
    if ((await ifThere(readOwn(path))) === text) {
      await ifThere(unlink(path));
    }
  };
}

async function createInPlace(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx", 0o600);
    await handle.writeFile(text).finally(() => handle.close());
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function holder(path: string): Promise<"nobody" | "alive" | "dead"> {
  const text = await ifThere(readOwn(path));
  if (text === undefined) {
    return "nobody";
  }
  let owner: Partial<Owner>;
  try {
    owner = JSON.parse(text) ?? {};
  } catch {
    const written = (await ifThere(lstat(path)))?.mtimeMs;
    if (written === undefined) {
      return "nobody";
    }
    return Math.abs(Date.now() - written) < WRITTEN_MS ? "alive" : "dead";
  }
  if (owner.host !== undefined && owner.host !== hostname()) {
    const who = `another machine or container, ${JSON.stringify(owner.host)}`;
    throw spoolError(`this spool is in use by ${who}; if that is gone, delete ${path}`);
  }
  return (await lives(owner)) ? "alive" : "dead";
}

/** Whether an owner on this machine is still running. */
async function lives(owner: Partial<Owner>): Promise<boolean> {
  if (!Number.isSafeInteger(owner.pid) || (owner.pid as number) < 1) {
    return false;
  }
  if (differ(owner.boot, await bootOf())) {
    return false;
  }
  try {
    process.kill(owner.pid as number, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") {
      return false;
    }
  }
  return !differ(owner.start, await startOf(owner.pid as number));
}

/** Whether two values differ, if both are known. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** When a process started, on systems that tell. */
async function startOf(process: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${process}/stat`, "utf8").catch(() => "");
  // Behind the name, which is in parentheses and may hold anything.
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

/** An id of the time since the system was last started, if the system tells one. */
async function bootOf(): Promise<string | undefined> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return text.trim() || undefined;
}
