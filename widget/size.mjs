// Says what each built file weighs after gzip -9, and fails if one is over its budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("dist/", import.meta.url);
const budget = JSON.parse(readFileSync(new URL("size-budget.json", import.meta.url), "utf8"));
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));
let over = false;
for (const name of ["widget.js", ...manifest.parts.map((part) => `parts/${part}-${manifest.build}.js`)]) {
  const limit = budget[Object.keys(budget).find((start) => name.startsWith(start))];
  const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  over ||= !(bytes <= limit);
  console.log(`${bytes <= limit ? "ok  " : "OVER"} ${String(bytes).padStart(6)} of ${String(limit).padStart(6)}  ${name}`);
}
process.exitCode = over ? 1 : 0;
