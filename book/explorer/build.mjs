// Bundle the explorer into dist/: a page, a script and a style sheet; the data comes beside them as data.js.
import { copyFile } from "node:fs/promises";
import { build } from "esbuild";

await build({
  entryPoints: { explorer: "src/main.jsx" },
  outdir: "dist",
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "eof",
});
await copyFile("src/index.html", "dist/index.html");
