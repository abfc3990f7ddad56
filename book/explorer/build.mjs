// Bundle the explorer into dist/, or the folder named: a page, a script and a style sheet; the data comes beside them as data.js.
import { copyFile } from "node:fs/promises";
import { build } from "esbuild";

const out = process.argv[2] ?? "dist";

await build({
  entryPoints: { explorer: "src/main.jsx" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
});
await copyFile("src/index.html", `${out}/index.html`);
