/**
 * A result for people: each part of an object is a headed section; strings are text, lists bullets, lists of flat
 * objects tables. Owns: that layout. All text is made safe to print here.
 */
import { isJsonObject, type JsonObject, type JsonScalar, type JsonValue } from "../../shared/json.ts";
import { renderTable } from "./render-table.ts";
import type { Style } from "./style.ts";
import { textWidth, wrapText } from "./text-width.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

export interface ValueOptions {
  style: Style;
  /** Columns of the line; null for lines of any length. */
  width: number | null;
}

/** Longest line of running text, on however wide a terminal: longer ones are hard to read. */
const TEXT_WIDTH = 100;
const MOST_COLUMNS = 6;

/** The whole output: an object's parts under headings, anything else as it is. */
export function renderOutput(output: JsonValue, options: ValueOptions): string[] {
  if (!isJsonObject(output)) return renderValue(output, options);
  const sections = Object.entries(output).map(([name, value]) => [
    ...heading(name, options.style),
    ...renderValue(value, options),
  ]);
  return sections.flatMap((lines, place) => (place === 0 ? lines : ["", ...lines]));
}

/** `people_and_organisations` → `People and organisations`, underlined. */
function heading(name: string, style: Style): string[] {
  const words = visibleLine(name.replaceAll("_", " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2"));
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return [style.bold(text), style.dim("─".repeat(Math.max(1, textWidth(text))))];
}

export function renderValue(value: JsonValue, options: ValueOptions): string[] {
  if (typeof value === "string") return renderText(value, options);
  if (Array.isArray(value)) return renderList(value, options);
  if (isJsonObject(value)) return renderFields(value, options);
  return [scalarText(value)];
}

function renderText(text: string, { style, width }: ValueOptions): string[] {
  const safe = visibleText(text).replaceAll("\t", "    ").trimEnd();
  if (safe === "") return [style.dim("(empty)")];
  return width === null ? safe.split("\n") : wrapText(safe, Math.min(width, TEXT_WIDTH));
}

function renderList(list: readonly JsonValue[], options: ValueOptions): string[] {
  if (list.length === 0) return [options.style.dim("(none)")];
  const columns = tableColumns(list);
  if (columns !== null) {
    const rows = (list as JsonObject[]).map((row) => columns.map((name) => cellText(row[name])));
    return renderTable({ columns: columns.map(visibleLine), rows }, options);
  }
  return list.flatMap((item) => hanging("• ", renderValue(item, inner(options))));
}

/** Names of the columns where all elements are flat objects with few fields between them; else null. */
function tableColumns(list: readonly JsonValue[]): string[] | null {
  const names = new Set<string>();
  for (const item of list) {
    if (!isJsonObject(item) || !Object.values(item).every(isCell)) return null;
    for (const name of Object.keys(item)) names.add(name);
  }
  return names.size > 0 && names.size <= MOST_COLUMNS ? [...names] : null;
}

function isCell(value: JsonValue): boolean {
  if (typeof value === "string") return !value.includes("\n");
  return typeof value !== "object" || value === null || (Array.isArray(value) && value.every(isScalar));
}

function isScalar(value: JsonValue): value is JsonScalar {
  return typeof value !== "object" || value === null;
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return visibleLine(
    Array.isArray(value)
      ? value.map((one) => scalarText(one as JsonScalar)).join(", ")
      : scalarText(value as JsonScalar),
  );
}

function renderFields(object: JsonObject, options: ValueOptions): string[] {
  const entries = Object.entries(object);
  if (entries.length === 0) return [options.style.dim("(empty)")];
  return entries.flatMap(([name, value]) => {
    const label = `${options.style.dim(`${visibleLine(name)}:`)} `;
    if (isScalar(value) && (typeof value !== "string" || (!value.includes("\n") && fits(name, value, options)))) {
      return [label + (typeof value === "string" ? visibleText(value) : scalarText(value))];
    }
    return [label.trimEnd(), ...renderValue(value, inner(options)).map((line) => `  ${line}`)];
  });
}

function fits(name: string, text: string, { width }: ValueOptions): boolean {
  return textWidth(name) + 2 + textWidth(text) <= Math.min(width ?? Number.POSITIVE_INFINITY, TEXT_WIDTH);
}

function inner(options: ValueOptions): ValueOptions {
  return options.width === null ? options : { ...options, width: Math.max(20, options.width - 2) };
}

function hanging(mark: string, lines: readonly string[]): string[] {
  return lines.map((line, place) => (place === 0 ? mark : " ".repeat(mark.length)) + line);
}

function scalarText(value: JsonScalar): string {
  return value === null ? "–" : typeof value === "boolean" ? (value ? "yes" : "no") : visibleText(String(value));
}
