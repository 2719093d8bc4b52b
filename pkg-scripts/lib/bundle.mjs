// Bundles the modules of the package, which tsc made, into the files that runtimes and pages without a bundler load.
//
//   bundle.mjs FOLDER      FOLDER/js becomes FOLDER/dist; the sources that its maps name become FOLDER/src
//
// Which entries there are the `exports` of FOLDER/package.json say: each points to files of dist/ for some platforms.
// Bundlers get the modules themselves (condition `module`), from which they leave out what an application does not use.

import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(process.argv[2]);
const modules = join(root, "js");
const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

const PLATFORMS = {
  /** Pages and workers. */
  default: { platform: "browser", outdir: "dist", entry: (name) => name },
  /** Node, and whoever takes its entries. The command line is an entry of its own. */
  node: {
    platform: "node",
    outdir: "dist/node",
    entry: (name) => (name === "index" ? "node" : name),
    others: { cli: "cli/main" },
  },
};

await pointMapsToSources();
for (const [condition, platform] of Object.entries(PLATFORMS)) {
  await bundle(platform, { ...entriesFor(condition, platform), ...platform.others });
}

/** Names of files in the output, each with the module that it is made of. */
function entriesFor(condition, { outdir, entry }) {
  const targets = Object.values(exports).map((target) => target[condition] ?? "");
  const names = targets.flatMap(
    (target) => new RegExp(`^\\./${outdir}/(\\w+)\\.js$`).exec(target)?.[1] ?? [],
  );
  return Object.fromEntries(names.map((name) => [name, entry(name)]));
}

/**
 * Whatever is imported lazily, or by several entries, would be scattered over many small files, by who shares what.
 * So all that is shared is imported by all, and is one file: a page makes two requests before it can seal.
 */
async function bundle({ platform, outdir }, entries) {
  const options = {
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, module]) => [name, join(modules, `${module}.js`)]),
    ),
    absWorkingDir: root,
    outdir,
    platform,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    external: ["@aws-sdk/client-kms"],
    chunkNames: "[name]-[hash]",
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "warning",
    // What all are to share is kept though an entry may not use it.
    ignoreAnnotations: true,
  };
  const { metafile } = await build({ ...options, write: false });
  const outputs = Object.values(metafile.outputs);
  const starts = outputs.flatMap(({ entryPoint }) => entryPoint ?? []);
  const shared = outputs
    .filter(({ entryPoint }) => entryPoint === undefined)
    .flatMap(({ inputs = {} }) => Object.keys(inputs));
  await build({ ...options, plugins: [importing(shared, starts)] });
}

/** Lets the modules `starts` import those of `shared` too. */
function importing(shared, starts) {
  const imports = shared.map((path) => `import ${JSON.stringify(join(root, path))};`).join("");
  const files = new Set(starts.map((path) => join(root, path)));
  return {
    name: "shared",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        // In its first line, so that its map still fits.
        return files.has(path) ? { contents: imports + (await readFile(path, "utf8")) } : undefined;
      });
    },
  };
}

/** tsc names the sources by where it found them; in the package they are in src/. */
async function pointMapsToSources() {
  for (const name of await readdir(modules, { recursive: true })) {
    if (!name.endsWith(".map")) continue;
    const file = join(modules, name);
    const map = JSON.parse(await readFile(file, "utf8"));
    const sources = map.sources.map((source) => relative("js", resolve(dirname(file), source)));
    for (const source of sources) await cp(join("js", source), join(root, "src", source));
    map.sources = sources.map((source) => relative(dirname(file), join(root, "src", source)));
    await writeFile(file, JSON.stringify(map));
  }
}
