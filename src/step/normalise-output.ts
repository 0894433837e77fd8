/** Turns what a tool returned into JSON that can be journalled. Owns: the size caps and what is refused. */
import { describeThrown, type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";

/** Largest output at all. */
export const BLOB_BYTES = 16 * 1024 * 1024;

/** Lists and objects inside each other; whoever walks an output may do so recursively. */
export const OUTPUT_DEPTH = 256;

export type Normalised = { ok: true; value: JsonValue; text: string; bytes: number } | { ok: false; error: ErrorShape };

/**
 * Copies the output as JSON, so that nothing the tool keeps can change it, and checks it against the tool's schema;
 * one that is only hearsay refuses nothing.
 */
export function normaliseOutput(tool: Tool, returned: unknown): Normalised {
  const copied = copyAsJson(tool, returned);
  if (!copied.ok) return copied;
  const checked = tool.checkOutput(copied.value);
  if (!checked.ok && tool.schemaTrust === "advisory") return copied;
  if (!checked.ok) {
    const first = checked.issues[0];
    return refuse(
      "TOOL_INVALID_OUTPUT",
      `The output of tool '${tool.name}' does not fit its schema: ${first?.message ?? ""}`,
      {
        hint: "Correct the tool's output or its outputSchema.",
        issues: checked.issues,
      },
    );
  }
  return checked.value === copied.value ? copied : copyAsJson(tool, checked.value);
}

function copyAsJson(tool: Tool, returned: unknown): Normalised {
  let text: string;
  try {
    text = JSON.stringify(returned ?? null) ?? "null";
  } catch (thrown) {
    const message = `Tool '${tool.name}' returned something that is not JSON: ${describeThrown(thrown).split("\n")[0]}`;
    return refuse("TOOL_INVALID_OUTPUT", message, { hint: "Return plain data without cycles, BigInt or functions." });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > BLOB_BYTES) {
    const message = `Tool '${tool.name}' returned ${bytes} bytes; at most ${BLOB_BYTES} are kept.`;
    return refuse("TOOL_OUTPUT_TOO_LARGE", message, {
      hint: "Return less, or write it to a file and return its path.",
    });
  }
  const value = JSON.parse(text) as JsonValue;
  if (text.length > 2 * OUTPUT_DEPTH && isDeeper(value, OUTPUT_DEPTH)) {
    const message = `Tool '${tool.name}' returned lists or objects nested over ${OUTPUT_DEPTH} deep.`;
    return refuse("TOOL_INVALID_OUTPUT", message, { hint: "Return flatter data." });
  }
  return { ok: true, value, text, bytes };
}

function isDeeper(value: JsonValue, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((part) => isDeeper(part, depth - 1));
}

function refuse(
  code: "TOOL_INVALID_OUTPUT" | "TOOL_OUTPUT_TOO_LARGE",
  message: string,
  details: { hint: string; issues?: ErrorShape["issues"] },
): Normalised {
  return { ok: false, error: errorShape(code, message, details) };
}
