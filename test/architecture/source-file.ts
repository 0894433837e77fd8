/** Reads source files into the facts that the architecture rules judge. Must not: know any rule. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor } from "oxc-parser";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Something that a file uses at a line, such as `Date.now` or `any`. */
export interface Use {
  name: string;
  line: number;
}

export interface SourceFile {
  /** Relative to the project, with `/`. */
  path: string;
  /** Project files, with all that is only a type; relative to the project. */
  imports: string[];
  /** Everything else: packages and Node's modules. */
  packages: string[];
  uses: Use[];
  /** Texts of all comments. */
  comments: Use[];
  lines: number;
  /** Lines that hold something besides blanks and comments. */
  codeLines: number;
}

/** All TypeScript files below these folders of the project; folders that don't exist yet hold none. */
export function readSourceFiles(folders: readonly string[]): SourceFile[] {
  return folders.flatMap(listFiles).map((path) => parseSourceFile(path, readFileSync(join(ROOT, path), "utf8")));
}

/** The facts of one file; `path` decides what its relative imports mean. */
export function parseSourceFile(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const fault = parsed.errors[0];
  if (fault !== undefined) throw new Error(`${path} cannot be parsed: ${fault.message}`);
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const sources = importSources(parsed);
  const comments = parsed.comments.map(({ value, start }) => ({ name: value, line: lineAt(start) }));
  return {
    path,
    imports: sources
      .filter((source) => source.startsWith("."))
      .map((source) => posix.join(posix.dirname(path), source)),
    packages: sources.filter((source) => !source.startsWith(".")),
    uses: findUses(parsed.program, text).map(({ name, start }) => ({ name, line: lineAt(start) })),
    comments,
    lines: text.split("\n").length,
    codeLines: withoutComments(text, parsed.comments)
      .split("\n")
      .filter((line) => line.trim() !== "").length,
  };
}

type Parsed = ReturnType<typeof parseSync>;

function importSources({ module, program }: Parsed): string[] {
  const sources = module.staticImports.map((statement) => statement.moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) sources.push(moduleRequest.value);
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === "Literal" && typeof source.value === "string") sources.push(source.value);
    },
    TSImportType: ({ source }) => {
      sources.push(source.value);
    },
  }).visit(program);
  return [...new Set(sources)];
}

/** Members (`Date.now`), bare calls (`setTimeout()`), `new Date()` without arguments, named imports, `any`, `export *`, `catch {}`. */
function findUses(program: Parsed["program"], text: string): { name: string; start: number }[] {
  const uses: { name: string; start: number }[] = [];
  const add = (name: string, start: number): void => {
    uses.push({ name, start });
  };
  new Visitor({
    MemberExpression: ({ object, property, computed, start }) => {
      if (object.type !== "Identifier") return;
      if (!computed && property.type === "Identifier") add(`${object.name}.${property.name}`, start);
      if (computed && property.type === "Literal") add(`${object.name}.${property.value}`, start);
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === "Identifier") add(`${callee.name}()`, start);
    },
    NewExpression: ({ callee, arguments: values, start }) => {
      if (callee.type === "Identifier" && values.length === 0) add(`new ${callee.name}()`, start);
    },
    ImportSpecifier: ({ imported, start }) => {
      if (imported.type === "Identifier") add(`import ${imported.name}`, start);
    },
    CatchClause: ({ body, start }) => {
      if (/^\{\s*\}$/.test(text.slice(body.start, body.end))) add("empty catch", start);
    },
    TSAnyKeyword: ({ start }) => add("any", start),
    ExportAllDeclaration: ({ start }) => add("export *", start),
  }).visit(program);
  return uses;
}

function withoutComments(text: string, comments: readonly { start: number; end: number }[]): string {
  let kept = "";
  let at = 0;
  for (const { start, end } of comments) {
    kept += text.slice(at, start) + text.slice(start, end).replaceAll(/[^\n]/g, " ");
    at = end;
  }
  return kept + text.slice(at);
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
      .filter((path) => path.endsWith(".ts"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
