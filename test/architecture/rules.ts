/**
 * The rules that no linter holds (STYLE.md, "Shape"): pure functions from the facts of all files to violations, one
 * sentence each. What biome holds (function length, parameters, nesting, cognitive complexity) is in biome.json.
 */
import { basename } from "node:path";
import { layerOf, whyForbidden } from "./layers.ts";
import type { SourceFile } from "./source-file.ts";

const CODE_LINES_PER_FILE = 250;
const LINES_PER_TEST_FILE = 400;

/** What reaches outside, and the only files that may (STYLE 12, 17); an entry ending in `/` is a folder. */
const SUPPLIERS: readonly (readonly [use: RegExp, suppliers: readonly string[]])[] = [
  [/^(Date\.now|performance\.now|new Date\(\)|Date\(\)|process\.hrtime)$/, ["src/shared/clock.ts"]],
  [/^(globalThis\.)?(setTimeout|setInterval)(\(\))?$/, ["src/shared/clock.ts"]],
  // Not time, but a turn of the event loop: lets other work go on during a long computation.
  [
    /^(globalThis\.)?setImmediate(\(\))?$/,
    ["src/shared/clock.ts", "src/testing/manual-clock.ts", "tools/text/in-turns.ts"],
  ],
  [/^(Math\.random|crypto\.\w*random\w*)$/i, ["src/shared/random.ts"]],
  [/^(import )?random(UUID|Bytes|Int|Fill|FillSync)(\(\))?$/, ["src/shared/random.ts"]],
  [/^AbortSignal\.timeout$/, ["src/shared/clock.ts"]],
  [/^console\./, ["src/cli/"]],
  // Keys of models that an application names by a word.
  // Optional suites say themselves where their data are.
  [/^process\.env$/, ["src/cli/", "src/server/", "src/create-runtime.ts", "evals/data/suites/"]],
  [/^process\.(argv|exit|stdout|stderr|stdin)$/, ["src/cli/", "src/server/"]],
  [/^any$/, []],
  [/^empty catch$/, []],
  [/^export \*$/, []],
];

/** Node's modules that reach outside, and who may import them. */
const OUTSIDE_MODULES: readonly (readonly [module: RegExp, importers: readonly string[]])[] = [
  [
    /^(node:)?fs(\/promises)?$/,
    [
      "src/shared/node-file-system.ts",
      "src/journal/process-table.ts",
      "src/prompt/load-prompts.ts",
      "src/cli/",
      "src/server/",
    ],
  ],
  [/^(node:)?(timers|timers\/promises)$/, ["tools/text/in-turns.ts"]],
  [/^(node:)?child_process$/, ["src/cli/"]],
];

const EMPTY_NAMES = /^(utils?|helpers?|types|common|misc|index)\.ts$/;
const INDEX_FILES = ["src/index.ts", "src/testing/index.ts", "src/client/index.ts"];

export function filesWithoutLayer(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => layerOf(file.path) === null)
    .map((file) => `${file.path} has no layer: give it one in test/architecture/layers.ts`);
}

export function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap((imported) => {
      const why = whyForbidden(path, imported);
      return why === null ? [] : [`${path} imports ${imported}: ${why}`];
    }),
  );
}

/** Import cycles, types included; each is reported once, from its first file by name. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map((file) => [file.path, file.imports]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const place = trail.indexOf(path);
    if (place >= 0) cycles.push([...trail.slice(place), path].join(" → "));
    if (place >= 0 || finished.has(path)) return;
    for (const imported of importsOf.get(path) ?? []) visit(imported, [...trail, path]);
    finished.add(path);
  };
  for (const path of [...importsOf.keys()].sort()) visit(path, []);
  return cycles;
}

export function forbiddenUses(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, uses, packages }) => [
    ...uses.flatMap(({ name, line }) => {
      const rule = SUPPLIERS.find(([use]) => use.test(name));
      return rule === undefined || isAmong(path, rule[1]) ? [] : [`${path}:${line} uses ${name}`];
    }),
    ...packages.flatMap((name) => {
      const rule = OUTSIDE_MODULES.find(([module]) => module.test(name));
      return rule === undefined || isAmong(path, rule[1]) ? [] : [`${path} imports ${name}`];
    }),
  ]);
}

/** Linters and the compiler are not silenced in place. */
export function silencedChecks(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, comments }) =>
    comments
      .filter(({ name }) => /@ts-(ignore|expect-error|nocheck)|biome-ignore|v8 ignore|istanbul ignore/.test(name))
      .map(({ line }) => `${path}:${line} silences a check`),
  );
}

export function oversizedFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.codeLines > CODE_LINES_PER_FILE)
    .map((file) => `${file.path} has ${file.codeLines} code lines, more than ${CODE_LINES_PER_FILE}`);
}

export function oversizedTests(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.lines > LINES_PER_TEST_FILE)
    .map((file) => `${file.path} has ${file.lines} lines, more than ${LINES_PER_TEST_FILE}`);
}

export function emptyNames(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => EMPTY_NAMES.test(basename(path)) && !INDEX_FILES.includes(path))
    .map(({ path }) => `${path} is named after nothing: name it by its concept`);
}

export function filesWithoutOpeningComment(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ comments }) => (comments[0]?.line ?? 99) > 2)
    .map(({ path }) => `${path} lacks an opening comment: purpose, what it owns, what it must not do`);
}

function isAmong(path: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
}
