/**
 * JSON as readable Markdown. Owns: which shape becomes what (paragraph, bullets, table, named values).
 * Must not: trust content; every text goes through `escape-markdown.ts`.
 */
import { isJsonObject, type JsonObject, type JsonScalar, type JsonValue } from "../../src/shared/json.ts";
import { escapeInline, escapeParagraphs } from "./escape-markdown.ts";

const NOTHING = "—";
/** Deeper content is written as JSON. */
const MAX_DEPTH = 5;

/** Markdown blocks for a value. Null and empty values become "—". */
export function renderMarkdown(value: JsonValue): string {
  if (typeof value === "string") return escapeParagraphs(value) || NOTHING;
  if (isScalar(value)) return scalarText(value);
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : renderList(value);
  return Object.keys(value).length === 0 ? NOTHING : renderFields(value, 0);
}

function renderList(items: readonly JsonValue[]): string {
  const rows = items.filter(isFlatObject);
  if (rows.length === items.length && rows.length > 0 && !isTooWide(rows)) return renderTable(rows);
  return items.map((item) => renderItem(item, 0)).join("\n");
}

/** Rows of unlike fields make a table with a column for each of them, most of it empty. */
const MOST_CELLS = 500_000;

function isTooWide(rows: readonly JsonObject[]): boolean {
  return columnsOf(rows).length * rows.length > MOST_CELLS;
}

function columnsOf(rows: readonly JsonObject[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function renderTable(rows: readonly JsonObject[]): string {
  const columns = columnsOf(rows);
  if (columns.length === 0) return NOTHING;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const body = rows.map((row) =>
    line(columns.map((column) => cellText(Object.hasOwn(row, column) ? row[column] : null))),
  );
  return [line(columns.map((column) => escapeInline(column) || NOTHING)), line(columns.map(() => "---")), ...body].join(
    "\n",
  );
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined) return NOTHING;
  if (isScalar(value)) return scalarText(value);
  return Array.isArray(value) && value.every(isScalar) ? value.map(scalarText).join(", ") || NOTHING : jsonText(value);
}

/** `- **name:** value`, with nested objects and lists below, indented. */
function renderFields(value: JsonObject, depth: number): string {
  return Object.entries(value)
    .map(([name, field]) => renderNamed({ name: escapeInline(name) || NOTHING, field, depth }))
    .join("\n");
}

function renderNamed({ name, field, depth }: { name: string; field: JsonValue; depth: number }): string {
  const start = `${"  ".repeat(depth)}- **${name}:**`;
  if (isScalar(field)) return `${start} ${scalarText(field)}`;
  const isEmpty = Object.keys(field).length === 0;
  if (isEmpty) return `${start} ${NOTHING}`;
  if (depth >= MAX_DEPTH) return `${start} ${jsonText(field)}`;
  if (!Array.isArray(field)) return `${start}\n${renderFields(field, depth + 1)}`;
  return `${start}\n${field.map((item) => renderItem(item, depth + 1)).join("\n")}`;
}

function renderItem(item: JsonValue, depth: number): string {
  const start = `${"  ".repeat(depth)}-`;
  if (isScalar(item)) return `${start} ${scalarText(item)}`;
  if (isFlatObject(item) && Object.keys(item).length > 0) {
    const fields = Object.entries(item).map(
      ([name, field]) => `**${escapeInline(name) || NOTHING}:** ${cellText(field)}`,
    );
    return `${start} ${fields.join("; ")}`;
  }
  return `${start} ${jsonText(item)}`;
}

/** An object whose fields fit into table cells: scalars, or lists of scalars. */
function isFlatObject(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  return Object.values(value).every((field) => isScalar(field) || (Array.isArray(field) && field.every(isScalar)));
}

function isScalar(value: JsonValue): value is JsonScalar {
  return value === null || typeof value !== "object";
}

function scalarText(value: JsonScalar): string {
  if (value === null) return NOTHING;
  return typeof value === "string" ? escapeInline(value) || NOTHING : String(value);
}

function jsonText(value: JsonValue): string {
  return escapeInline(JSON.stringify(value));
}
