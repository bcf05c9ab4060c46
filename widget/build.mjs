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
const options = { bundle: true, minify: true, write: false, target, charset: "utf8", legalComments: "none", tsconfigRaw: { compilerOptions: { target: "es2022", alwaysStrict: false } }, plugins: [css] };

async function bundle(entry, more) {
  const { outputFiles } = await build({ ...options, entryPoints: [here(entry)], ...more });
  // A second pass saves 3 %, and the budgets are tight.
  const { code } = await minify(outputFiles[0].text, { module: more.format === "esm", ecma: 2022, compress: { passes: 3, unsafe_arrows: true } });
  return code;
}

/** Stands for the build's hash until everything that it is drawn from is there. */
const UNKNOWN = "________";
const LOCALES = ["en", "de", "ar"];
/** The parts that talk to the server, or write what is read again. */
const SOUND = ["chat", "detour", "talk"];
const PARTS = ["alert", "ask", "bot", "colour", "detour", "edit", "form", "guard", "line", "menu", "page", "phone", "talk"];

/** One hash names every part of a build: the loader and the chat carry it once. */
async function everything() {
  const parts = {};
  const labels = {};
  const files = {};
  for (const locale of LOCALES) {
    const made = words(await readFile(here(`../server/locales/${locale}/widget.ftl`), "utf8"), locale);
    parts[`words-${locale}`] = (await transform(made.code, { minify: true, charset: "utf8", target })).code;
    labels[locale] = made.plain("bubble-open");
    if (locale === "en") files["../src/generated/words.ts"] = `// Made from server/locales/en/widget.ftl by build.mjs; do not edit.\nexport type Key =\n${made.keys.map((key) => `  | "${key}"`).join("\n")};\n`;
  }
  const define = { BUILD: JSON.stringify(UNKNOWN), LABELS: JSON.stringify(labels) };
  for (const name of ["chat", ...PARTS]) parts[name] = await bundle(`src/${name}/index.ts`, { format: "esm", define, ...(SOUND.includes(name) && { inject: [here("src/sound.ts")] }) });
  const loader = await bundle("src/loader/index.ts", { format: "iife", define });
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
  const whole = (code) => code.replaceAll(UNKNOWN, hash);
  for (const [name, code] of Object.entries(parts)) files[`parts/${name}-${hash}.js`] = whole(code);
  files["widget.js"] = whole(loader);
  files["widget.d.ts"] = await readFile(here("deskbell.d.ts"), "utf8");
  files["manifest.json"] = `${JSON.stringify({ build: hash, parts: Object.keys(parts) }, null, 2)}\n`;
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
