// Builds the Java and the Go judge into the tools' folder, once for every version of their sources.
// Run as a program, it builds both and prints the outcome.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toolsFolder } from "../emulator.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

const JUDGES = {
  java: {
    needs: "mvn",
    // The recipe of docs/opening.md: what is judged with is what is recommended.
    also: { "src/main/java/KmsRsaKeyring.java": "examples/opening/KmsRsaKeyring.java" },
    command: (folder) => ["java", "-jar", join(folder, "target/judge.jar")],
    async build(cwd) {
      await run("mvn", ["-q", "-B", "package"], { cwd }).catch((error) => {
        // Whatever else goes wrong lies in the installed Java or in the network.
        if (error.stdout.includes("COMPILATION ERROR")) throw error;
        throw new CannotBuild(error.stdout || error.message);
      });
    },
  },
  go: {
    needs: "go",
    command: (folder) => [join(folder, "judge")],
    async build(cwd) {
      const env = { ...process.env, GOTOOLCHAIN: "local" };
      await run("go", ["mod", "download"], { cwd, env }).catch((error) => {
        throw new CannotBuild(error.stderr);
      });
      await run("go", ["build", "-o", "judge", "."], { cwd, env });
    },
  },
};

/** The judge cannot be had here, for a reason other than a fault of its sources. */
class CannotBuild extends Error {}

/**
 * @param {"java" | "go"} name
 * @returns {Promise<{ command: string[] } | { unavailable: string }>}
 */
export async function buildJudge(name) {
  const { needs, command, build, also = {} } = JUDGES[name];
  if (!(await installed(needs))) return { unavailable: `${needs} is not installed` };

  const sources = await sourcesOf(join(here, name), also);
  const built = join(toolsFolder, "judges", `${name}-${await fingerprint(sources)}`);
  if (!existsSync(built)) {
    await mkdir(join(toolsFolder, "judges"), { recursive: true });
    const draft = await mkdtemp(`${built}.`);
    try {
      for (const [name, file] of sources) await cp(file, join(draft, name));
      await build(draft);
      // Another run may have been faster: then its folder stays.
      await rename(draft, built).catch((error) => {
        if (!existsSync(built)) throw error;
      });
    } catch (error) {
      if (!(error instanceof CannotBuild)) throw error;
      return { unavailable: `cannot be built here: ${firstLine(error.message)}` };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return { command: command(built) };
}

function installed(command) {
  return run("sh", ["-c", `command -v ${command}`]).then(
    () => true,
    () => false,
  );
}

/** Every file of the judge: its name there, and where it comes from. */
async function sourcesOf(folder, also) {
  const names = await readdir(folder, { recursive: true });
  const own = names.map((name) => [name, join(folder, name)]);
  const others = Object.entries(also).map(([name, path]) => [name, join(root, path)]);
  const files = [];
  for (const [name, file] of [...own, ...others]) {
    if ((await stat(file)).isFile()) files.push([name, file]);
  }
  return files.sort();
}

async function fingerprint(sources) {
  const hash = createHash("sha256");
  for (const [name, file] of sources) hash.update(`${name}\0`).update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

function firstLine(text) {
  return text.split("\n").find((line) => line.trim() !== "") ?? "no reason given";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(JUDGES)) {
    const { unavailable } = await buildJudge(name);
    console.log(`${name} judge: ${unavailable ?? "ready"}`);
  }
}
