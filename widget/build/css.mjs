// Style sheets become text in the script: a part is one file.
import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

export const css = {
  name: "css",
  setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, async ({ path }) => {
    const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: "es2022" });
    return { contents: code.trim(), loader: "text" };
  }),
};
