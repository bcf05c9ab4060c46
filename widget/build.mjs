// One command, one loader and its parts: `node build.mjs` writes dist/, `--check` only compares,
// `--tests` bundles test/*.test.ts into dist-test/. The same source gives the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";
import { minify } from "terser";
import { css } from "./build/css.mjs";
import { words } from "./build/words.mjs";

const here = (path) => new URL(path, import.meta.url).pathname;
const target = "es2022";
/** Parts that the chat fetches when there is a use for them. */
const RARE = ["alert", "colour", "detour", "edit", "form", "line", "menu", "page", "phone", "talk"];
const options = { bundle: true, minify: true, write: false, target, charset: "utf8", legalComments: "none", plugins: [css] };

async function bundle(entry, more) {
  const { outputFiles } = await build({ ...options, entryPoints: [here(entry)], ...more });
  // A second pass over the whole bundle: 3 % smaller.
  const squeezed = await minify(outputFiles[0].text, { ecma: 2022, module: more.format === "esm", compress: { passes: 3, unsafe_arrows: true }, format: { ascii_only: false } });
  return squeezed.code;
}

const digest = (code) => createHash("sha256").update(code).digest("hex").slice(0, 8);

function part(files, name, code, hash = digest(code)) {
  const path = `parts/${name}-${hash}.js`;
  files[path] = code;
  return path;
}

const hashOf = (path) => path.slice(-11, -3);

async function everything() {
  const files = {};
  const manifest = { chat: "", words: {} };
  const spoken = {};
  for (const locale of ["en", "de", "ar"]) {
    const made = words(await readFile(here(`../server/locales/${locale}/widget.ftl`), "utf8"), locale);
    const { code } = await transform(made.code, { minify: true, charset: "utf8", target });
    manifest.words[locale] = part(files, `words-${locale}`, code);
    spoken[locale] = [hashOf(manifest.words[locale]), made.plain("bubble-open")];
    if (locale === "en") files["../src/generated/words.ts"] = `// Made from server/locales/en/widget.ftl by build.mjs; do not edit.\nexport type Key =\n${made.keys.map((key) => `  | "${key}"`).join("\n")};\n`;
  }
  const rare = {};
  for (const name of RARE) rare[name] = await bundle(`src/${name}/index.ts`, { format: "esm" });
  // One hash for all of them: they are made for one another, and the chat carries it once.
  const hash = digest(Object.values(rare).join());
  for (const name of RARE) manifest[name] = part(files, name, rare[name], hash);
  manifest.chat = part(files, "chat", await bundle("src/chat/index.ts", { format: "esm", define: { PARTS: JSON.stringify(hash) } }));
  const define = { CHAT: JSON.stringify(hashOf(manifest.chat)), WORDS: JSON.stringify(spoken) };
  files["widget.js"] = await bundle("src/loader/index.ts", { format: "iife", define });
  files["manifest.json"] = `${JSON.stringify(manifest, null, 2)}\n`;
  return files;
}

if (process.argv[2] === "--tests") {
  const tests = (await readdir(here("test"))).filter((name) => name.endsWith(".test.ts")).map((name) => here(`test/${name}`));
  await build({ ...options, entryPoints: tests, minify: false, write: true, outdir: here("dist-test"), outExtension: { ".js": ".mjs" }, format: "esm", platform: "node", sourcemap: "inline" });
} else if (process.argv[2] === "--check") {
  for (const [path, code] of Object.entries(await everything())) if (await readFile(here(`dist/${path}`), "utf8").catch(() => "") !== code) throw new Error(`${path} is not what the source builds: npm run build`);
} else {
  const files = await everything();
  await rm(here("dist"), { recursive: true, force: true });
  await mkdir(here("dist/parts"), { recursive: true });
  await Promise.all(Object.entries(files).map(([path, code]) => writeFile(here(`dist/${path}`), code)));
}
