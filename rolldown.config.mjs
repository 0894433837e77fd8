/**
 * How the compiled modules of each entry point are joined into few files: Node takes about half a millisecond for every
 * module it loads, and there are some 250. Packages stay outside; what the code imports late stays in files of its own.
 * Reads and writes below `dist`, as scripts/build.mjs runs it. Must not: change what the compiler made (no minifying).
 */
const ENTRIES = ["src/index", "src/client/index", "src/testing/index", "src/evals", "src/cli/main"];

export default {
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `./dist/${entry}.js`])),
  external: (id) => /^[^./]/.test(id) && !/^[A-Za-z]:[\\/]/.test(id),
  platform: "node",
  treeshake: { moduleSideEffects: false },
  logLevel: "silent",
  output: {
    dir: "dist/joined",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  },
};
