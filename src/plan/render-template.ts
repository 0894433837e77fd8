/** How a value reads inside a template's text (DESIGN, "Forms"). */
import type { JsonValue } from "../shared/json.ts";

/** Strings raw, other scalars as JSON, lists of scalars joined by ", ", anything else compact JSON, null "". */
export function renderInTemplate(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return renderScalar(value);
  if (!Array.isArray(value)) return JSON.stringify(value);
  const isFlat = value.every((item) => typeof item !== "object" || item === null);
  return isFlat ? value.map(renderScalar).join(", ") : JSON.stringify(value);
}

function renderScalar(value: JsonValue): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
