// A project outside the repository that has the packed package installed, as npm would hand it over.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const run = promisify(execFile);

/** Packs pkg/ and installs the tarball. Returns the folder, the tarball, the packed files and `remove()`. */
export async function createProject() {
  const folder = await mkdtemp(join(tmpdir(), "bongtu-consumer-"));
  const packed = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    { cwd: join(ROOT, "pkg") },
  );
  const [{ filename, files }] = JSON.parse(packed.stdout);

  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await cp(join(ROOT, "tests/packaging/consumer"), folder, { recursive: true });
  await cp(join(ROOT, "tests/harness/kms.mjs"), join(folder, "kms.mjs"));
  // The package depends on nothing, so nothing has to be fetched.
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], {
    cwd: folder,
  });
  return {
    folder,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
    installed: await readdir(join(folder, "node_modules")),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Adds the optional peer, from this repository's own development dependencies. */
export async function addAwsSdk(folder) {
  await mkdir(join(folder, "node_modules/@aws-sdk"), { recursive: true });
  await symlink(
    join(ROOT, "node_modules/@aws-sdk/client-kms"),
    join(folder, "node_modules/@aws-sdk/client-kms"),
  );
}
