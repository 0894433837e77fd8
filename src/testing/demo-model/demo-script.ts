/** Answers of the demo model that somebody else wrote. Owns: what a script file may hold. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { isJsonObject, type JsonValue } from "../../shared/json.ts";

/** What one request gets: a text, or a refusal as a server would send it. */
export type ScriptedReply = { text: string } | { status: number; message: string };

/**
 * A list, one element per request: a text as it is; `{"status": 429, "message": …}` as an error; any other JSON value,
 * such as a decision of the plan language, as its JSON text. Throws CONFIG_INVALID.
 */
export function readScript(value: JsonValue, file: string): ScriptedReply[] {
  if (Array.isArray(value) && value.length > 0) return value.map(readReply);
  throw new PlanwrightError("CONFIG_INVALID", `The script '${file.slice(0, 200)}' is no list of answers.`, {
    hint: 'Write a JSON list: texts, decisions, or errors such as {"status": 503, "message": "Busy."}.',
  });
}

function readReply(value: JsonValue): ScriptedReply {
  if (typeof value === "string") return { text: value };
  if (!isJsonObject(value) || !isErrorStatus(value.status)) return { text: JSON.stringify(value) };
  const { message } = value;
  return { status: value.status, message: typeof message === "string" ? message : "Refused, as the script says." };
}

function isErrorStatus(status: JsonValue | undefined): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}

/** What the nth request gets, from 1; a request too many is a mistake of the asker, so that nobody asks again. */
export function scriptedReply(script: readonly ScriptedReply[], n: number): ScriptedReply {
  const answers = script.length === 1 ? "one answer" : `${script.length} answers`;
  return script[n - 1] ?? { status: 400, message: `The script has ${answers} and was asked once more.` };
}
