// Bundles the modules of the package, which tsc made, into the files that runtimes and pages without a bundler load.
//
//   bundle.mjs FOLDER      FOLDER/js becomes FOLDER/dist; the sources that its maps name become FOLDER/src
//
// Which entries there are the `exports` of FOLDER/package.json say: each points to files of dist/ for some platforms.
// Bundlers get the modules themselves (condition `module`), from which they leave out what an application does not use.

import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(process.argv[2]);
const modules = join(root, "js");
const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

/** How the files of a platform carry a module of WebAssembly: the text of a module of JavaScript. */
const CARRIED = {
  /** `bongtu/slim` is given it. */
  slim: (name) =>
    `import { slot } from "${modules}/modules/init.js"; export const inlined = slot("${name}");`,
  /** Quicker than text that works everywhere. */
  base64: async (name) => {
    const bytes = await readFile(join(root, `dist/wasm/${name}.wasm`));
    return `const text = "${bytes.toString("base64")}";
      export const inlined = {
        name: "${name}",
        get module() { return new WebAssembly.Module(Buffer.from(text, "base64")); },
      };`;
  },
  /** workerd compiles nothing but what is imported. */
  imported: (name) =>
    `import module from "../wasm/${name}.wasm"; export const inlined = { name: "${name}", module };`,
};

const PLATFORMS = {
  /** Pages and workers. */
  default: { platform: "browser", outdir: "dist", entry: (name) => name },
  slim: { platform: "browser", outdir: "dist", splitting: false, carried: CARRIED.slim },
  /** Service workers and extensions, which may not import(): nothing is fetched later. */
  static: { platform: "browser", outdir: "dist", splitting: false },
  /** Node, and whoever takes its entries. The command line is an entry of its own. */
  node: {
    platform: "node",
    outdir: "dist/node",
    entry: (name) => (name === "index" ? "node" : name),
    others: { cli: "cli/main" },
    carried: CARRIED.base64,
  },
  /** Cloudflare Workers. */
  workerd: {
    platform: "browser",
    outdir: "dist/workerd",
    entry: (name) => name,
    carried: CARRIED.imported,
  },
};

await pointMapsToSources();
await addFolders();
for (const [condition, platform] of Object.entries(PLATFORMS)) {
  await bundle(platform, entriesFor(condition, platform));
}

/** Names of files in the output, each with the module that it is made of. */
function entriesFor(condition, { outdir, entry, others }) {
  if (condition === "slim") return { slim: "slim" };
  if (condition === "static") return { static: "index" };
  const targets = JSON.stringify(exports).matchAll(new RegExp(`"\\./${outdir}/(\\w+)\\.js"`, "g"));
  const names = [...targets]
    .map(([, name]) => name)
    .filter((name) => name !== "slim" && name !== "static");
  return { ...Object.fromEntries(names.map((name) => [name, entry(name)])), ...others };
}

/**
 * Whatever is imported lazily, or by several entries, would be scattered over many small files, by who shares what.
 * So all that is shared is imported by all, and is one file: a page makes two requests before it can seal.
 */
async function bundle({ platform, outdir, splitting = true, carried }, entries) {
  const options = {
    entryPoints: Object.fromEntries(
      Object.entries(entries).map(([name, module]) => [name, join(modules, `${module}.js`)]),
    ),
    absWorkingDir: root,
    outdir,
    platform,
    bundle: true,
    splitting,
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
  const carrying = carried === undefined ? [] : [carryingBy(carried)];
  const { metafile } = await build({ ...options, plugins: carrying, write: false });
  const starts = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const shared = sharedWith(metafile.outputs, `${outdir}/index.js`);
  await build({ ...options, plugins: [...carrying, importing(shared, starts)] });
}

/** The modules that an entry shares with others, which are not in its own file. */
function sharedWith(outputs, entry) {
  const files = new Set([entry]);
  for (const file of files) {
    for (const { kind, path } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) files.add(path);
    }
  }
  files.delete(entry);
  return [...files].flatMap((file) => Object.keys(outputs[file].inputs));
}

function carryingBy(carried) {
  return {
    name: "carried",
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /-inline\.js$/ }, async ({ path }) => ({
        contents: await carried(/(\w+)-inline\.js$/.exec(path)[1]),
      }));
      onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
    },
  };
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

/** For resolvers that ignore `exports`: folders of the names that people import. */
async function addFolders() {
  for (const [name, { types, module, default: file }] of Object.entries(exports)) {
    if (!/^\.\/\w+$/.test(name)) continue;
    const up = (path) => path && `.${path}`;
    const manifest = { main: up(file), module: up(module), types: up(types), sideEffects: false };
    await mkdir(join(root, name));
    await writeFile(join(root, name, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }
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
