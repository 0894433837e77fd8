/**
 * Cases from files: JSON Lines and CSV. Owns: how a row becomes a case, and the ids of cases that have none.
 * Must not: read documents.
 */
import { createRequire } from "node:module";
import { extname } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "../../shared/json.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { type EvalCase, evalCaseSchema } from "../case.ts";
import { describeFinding } from "./describe-finding.ts";

/** Hex digits of a derived id: 48 bits, so that twenty thousand cases meet by chance once in a million suites. */
const ID_DIGITS = 12;

/** Throws CONFIG_INVALID that names the line. */
export async function readCaseFile(path: string, file: string): Promise<EvalCase[]> {
  const bytes = await nodeFileSystem.read(path).catch((thrown: unknown) => {
    throw unusable(file, `can't be read: ${describeThrown(thrown)}`);
  });
  const text = new TextDecoder().decode(bytes);
  const kind = extname(path).toLowerCase();
  if (kind === ".jsonl") return readLines(text, file);
  if (kind === ".csv") return readTable(text, file);
  throw unusable(file, "is neither .jsonl nor .csv");
}

/** A case with its id: the one that it has, or one derived from its content. Throws CONFIG_INVALID. */
export function checkCase(value: JsonValue, place: string): EvalCase {
  const named = isJsonObject(value) ? withId(value) : value;
  const parsed = evalCaseSchema.safeParse(named);
  if (parsed.success) return parsed.data;
  const { keys, problem } = describeFinding(parsed.error, { schema: evalCaseSchema, value: named });
  throw unusable(place, `is no case: '${keys.join(".") || "the top"}': ${problem}`);
}

/** The same content has the same id, so that a case copied by mistake is found. */
export function withId(value: JsonObject): JsonObject {
  if (value["id"] !== undefined && value["id"] !== "") return value;
  const { id: _, ...content } = value;
  return { ...content, id: `case-${sha256Hex(canonicalJson(content)).slice(0, ID_DIGITS)}` };
}

function readLines(text: string, file: string): EvalCase[] {
  const cases: EvalCase[] = [];
  for (const [place, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${file}, line ${place + 1}`;
    cases.push(checkCase(parseJson(line, where), where));
  }
  return cases;
}

/** Columns that hold text; every other cell is JSON. `tags` may be words with spaces between them, too. */
const TEXT_COLUMNS = new Set(["id", "goal", "document", "cluster", "reference"]);

function readTable(text: string, file: string): EvalCase[] {
  const { parse } = createRequire(import.meta.url)("csv-parse/sync") as typeof import("csv-parse/sync");
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: onceEach, bom: true, skip_empty_lines: true, trim: true });
  } catch (thrown) {
    throw unusable(file, `is no CSV: ${describeThrown(thrown)}`);
  }
  return rows.map((row, place) => {
    const where = `${file}, row ${place + 1}`;
    const cells = Object.entries(row).filter(([, cell]) => cell !== "");
    return checkCase(Object.fromEntries(cells.map(([name, cell]) => [name, readCell(name, cell, where)])), where);
  });
}

/** Of two columns with one name the later would win. */
function onceEach(names: string[]): string[] {
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new Error(`two columns are called '${twice}'`);
  return names;
}

function readCell(name: string, cell: string, where: string): JsonValue {
  if (TEXT_COLUMNS.has(name)) return cell;
  if (/^(tags|tools|forbidden)$/.test(name) && !cell.startsWith("[")) return cell.split(/[\s,;]+/).filter(Boolean);
  return parseJson(cell, `${where}, column ${name}`);
}

function parseJson(text: string, where: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    throw unusable(where, `is not JSON: ${describeThrown(thrown)}`);
  }
}

function unusable(where: string, problem: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Cases '${where}' ${problem}.`, {
    hint: "docs/evals.md says what a case may hold.",
  });
}
