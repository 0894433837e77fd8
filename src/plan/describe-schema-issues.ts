/**
 * Puts what the schema found wrong with a decision into words and fixes. Owns: the sentences.
 * PLAN_SCHEMA: a field is missing or of the wrong kind; PLAN_BAD_VALUE: of the right kind with a wrong value;
 * PLAN_UNKNOWN_FIELD; PLAN_BAD_CONDITION: a `when` that is no object. Must not: know tools or references.
 */
import type { z } from "zod";
import { type Issue, jsonPointer, type PatchOperation } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import type { Decision } from "./decision.ts";
import {
  DECISION_FIELDS,
  FOR_EACH_FIELDS,
  fieldMeant,
  kindInWords,
  STEP_FIELDS,
  WORKFLOW_FIELDS,
} from "./known-fields.ts";

type Finding = z.core.$ZodIssue;
type Keys = readonly (string | number)[];

/** Further findings help nobody. */
const MOST_ISSUES = 50;

/** Issues for a decision of this kind, in the order found, at most 50. */
export function describeSchemaIssues(
  findings: readonly Finding[],
  decision: JsonObject,
  kind: Decision["kind"],
): Issue[] {
  const issues = findings.flatMap((finding): Issue[] => {
    const keys = finding.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    const place: Place = { keys, value: valueAt(decision, keys), decision, kind };
    if (finding.code !== "unrecognized_keys") return [describeFinding(finding, place)];
    return finding.keys.slice(0, MOST_ISSUES).map((key) => unknownField(key, place));
  });
  return issues.slice(0, MOST_ISSUES);
}

interface Place {
  keys: Keys;
  value: JsonValue | undefined;
  decision: JsonObject;
  kind: Decision["kind"];
}

function describeFinding(finding: Finding, place: Place): Issue {
  const { keys, value } = place;
  const owner = ownerName(place);
  const field = String(keys.at(-1) ?? "");
  if (value === undefined) return missingField(field, owner, keys);
  if (finding.code === "invalid_value") return wrongChoice(finding.values.map(String), { ...place, owner, field });
  if (finding.code === "invalid_type") {
    return wrongKind(finding.expected, { ...place, owner, field });
  }
  const message = `${capital(owner)} has ${shown(value)} as '${field}'.`;
  return issue("PLAN_BAD_VALUE", keys, { message, hint: boundHint(finding, field), fix: null });
}

function boundHint(finding: Finding, field: string): string {
  if (finding.code === "too_small" && finding.origin === "string") return `Say something in '${field}'.`;
  if (finding.code === "too_small") return `'${field}' is at least ${finding.minimum}.`;
  return finding.code === "too_big" ? `'${field}' is at most ${finding.maximum}.` : `Write another '${field}'.`;
}

const DEFAULTS: Readonly<Record<string, JsonValue>> = { input: {}, rationale: "", steps: [] };

function missingField(field: string, owner: string, keys: Keys): Issue {
  const value = DEFAULTS[field];
  const fix = value === undefined || field === "steps" ? null : [patch("add", keys, value)];
  const message = `${capital(owner)} has no '${field}'.`;
  return issue("PLAN_SCHEMA", keys, { message, hint: `Add '${field}': ${MEANING[field] ?? "it is required"}.`, fix });
}

const MEANING: Readonly<Record<string, string>> = {
  rationale: "why this decision, in a sentence or two",
  steps: "the list of steps to run",
  output: "the result, as JSON that may hold references",
  question: "what the person is asked",
  reason: "why the goal can't or must not be reached",
  id: "a short unique name of letters, digits and underscores that starts with a letter",
  tool: "the name of one of the registered tools",
  input: "an object with one entry per input of the tool ({} for none)",
  items: "a reference to the list to go through",
  after: "a list of step ids",
  when: 'an object such as {"ref": "mood.label", "is": "negative"}',
  forEach: 'an object such as {"items": {"ref": "topics.items"}, "max": 20}',
  max: "a whole number from 1 up",
};

interface FieldPlace extends Place {
  owner: string;
  field: string;
}

function wrongChoice(choices: readonly string[], place: FieldPlace): Issue {
  const { keys, value, owner, field } = place;
  const list = choices.map((choice) => `'${choice}'`).join(", ");
  const meant = typeof value === "string" ? didYouMean(value, choices) : null;
  const hint = meant === null ? `Write one of ${list}.` : `Did you mean '${meant}'? It is one of ${list}.`;
  const fix = meant === null ? null : [patch("replace", keys, meant)];
  return issue("PLAN_BAD_VALUE", keys, { message: `${capital(owner)} has ${shown(value)} as '${field}'.`, hint, fix });
}

function wrongKind(expected: string, place: FieldPlace): Issue {
  const { keys, value, owner, field } = place;
  const code = field === "when" ? "PLAN_BAD_CONDITION" : expected === "int" ? "PLAN_BAD_VALUE" : "PLAN_SCHEMA";
  const wanted = kindInWords(expected);
  const isElement = typeof keys.at(-1) === "number";
  const subject =
    isElement && keys.length === 2
      ? `Step ${Number(keys[1]) + 1} of the plan`
      : `The '${isElement ? keys.at(-2) : field}' of ${owner}`;
  const meaning = MEANING[field];
  const hint = meaning === undefined ? `Write ${wanted}.` : `'${field}' is ${meaning}.`;
  const fix =
    expected === "array" && field === "after" && typeof value === "string" ? [patch("replace", keys, [value])] : null;
  const words = isElement && keys.length > 2 ? `${subject} holds ${shown(value)}` : `${subject} is ${shown(value)}`;
  return issue(code, keys, { message: `${words}, not ${wanted}.`, hint, fix });
}

function unknownField(key: string, place: Place): Issue {
  const { keys, value } = place;
  const owner = ownerName({ ...place, keys: [...keys, key] });
  const fields = fieldsAt(place);
  const taken = isJsonObject(value) ? value : {};
  const meant = fieldMeant(
    key,
    fields.filter((field) => !Object.hasOwn(taken, field)),
  );
  const path = [...keys, key];
  const remove: PatchOperation = { op: "remove", path: jsonPointer(path) };
  const rename: PatchOperation | null =
    meant === null ? null : { op: "move", from: jsonPointer(path), path: jsonPointer([...keys, meant]) };
  const list = `It has: ${fields.join(", ")}.`;
  const hint = meant === null ? `${foreignHint(key)}${list}` : `Did you mean '${meant}'? ${list}`;
  return issue("PLAN_UNKNOWN_FIELD", path, {
    message: `${capital(owner)} has no field '${key}'.`,
    hint,
    fix: [rename ?? remove],
  });
}

function foreignHint(key: string): string {
  if (WORKFLOW_FIELDS.has(key)) return "Only a workflow that a person wrote may set it; leave it out. ";
  return "Leave it out. ";
}

function fieldsAt({ keys, kind }: Place): readonly string[] {
  if (keys[0] !== "steps") return DECISION_FIELDS[kind];
  return keys[2] === "forEach" ? FOR_EACH_FIELDS : STEP_FIELDS;
}

const KIND_NAMES = {
  plan: "the plan",
  finish: "the finish decision",
  ask: "the ask decision",
  abandon: "the abandon decision",
};

/** Whose field the last key is: the decision, a step by its id, or a step's forEach. */
function ownerName({ keys, decision, kind }: Place): string {
  if (keys[0] !== "steps" || keys.length < 3) return KIND_NAMES[kind];
  const id = valueAt(decision, ["steps", keys[1] ?? 0, "id"]);
  const step = typeof id === "string" && id !== "" ? `step '${id.slice(0, 64)}'` : `step ${Number(keys[1]) + 1}`;
  return keys.length > 3 && keys[2] === "forEach" ? `the forEach of ${step}` : step;
}

function valueAt(root: JsonValue, keys: Keys): JsonValue | undefined {
  let current: JsonValue | undefined = root;
  for (const key of keys) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, JsonValue>)[key];
  }
  return current;
}

function shown(value: JsonValue | undefined): string {
  if (isJsonObject(value)) return "an object";
  return Array.isArray(value) ? "a list" : JSON.stringify(value ?? null).slice(0, 60);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function patch(op: "add" | "replace", keys: Keys, value: JsonValue): PatchOperation {
  return { op, path: jsonPointer(keys), value };
}

function issue(code: Issue["code"], keys: Keys, words: Pick<Issue, "message" | "hint" | "fix">): Issue {
  return { severity: "error", code, path: jsonPointer(keys), ...words };
}
