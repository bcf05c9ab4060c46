// One script and one style sheet for every page of the console: `node build.mjs` writes dist/, `--check` only compares,
// `--tests` bundles test/*.test.ts into dist-test/. The same source gives the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const here = (path) => new URL(path, import.meta.url).pathname;
const options = { bundle: true, minify: true, write: false, target: "es2022", charset: "utf8", legalComments: "none" };

async function everything() {
  const script = await build({ ...options, entryPoints: [here("src/console.ts")], format: "iife" });
  const style = await build({ ...options, target: "es2022", entryPoints: [here("style/console.css")], external: ["*.woff2"] });
  const built = { "console.js": script.outputFiles[0].text, "console.css": style.outputFiles[0].text };
  const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);
  const hashes = Object.fromEntries(Object.entries(built).map(([name, text]) => [name, hash(text)]));
  return { ...built, "manifest.json": `${JSON.stringify(hashes, null, 2)}\n` };
}

if (process.argv[2] === "--tests") {
  const tests = (await readdir(here("test"))).filter((name) => name.endsWith(".test.ts")).map((name) => here(`test/${name}`));
  await rm(here("dist-test"), { recursive: true, force: true });
  await build({ ...options, entryPoints: tests, minify: false, write: true, outdir: here("dist-test"), outExtension: { ".js": ".mjs" }, format: "esm", platform: "node", sourcemap: "inline" });
} else if (process.argv[2] === "--check") {
  for (const [path, text] of Object.entries(await everything()))
    if ((await readFile(here(`dist/${path}`), "utf8").catch(() => "")) !== text) throw new Error(`dist/${path} is not what the source builds: npm run build`);
} else {
  const files = await everything();
  await rm(here("dist"), { recursive: true, force: true });
  await mkdir(here("dist"), { recursive: true });
  await Promise.all(Object.entries(files).map(([path, text]) => writeFile(here(`dist/${path}`), text)));
}
