/**
 * Reads one prompt file. Owns: the front matter, and that it agrees with the text and with the file's name.
 * Must not: open files, or fill prompts in. The YAML package is loaded with the first prompt of the process.
 */
import { createRequire } from "node:module";
import type { Document as YamlDocument } from "yaml";
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import { sha256 } from "../shared/hash.ts";
import { INPUT_KINDS, type InputKind, type Prompt } from "./prompt.ts";
import { inputsUsed, parseBody } from "./prompt-body.ts";

/** A prompt's name: what its folder is called. */
export const PROMPT_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const FRONT_MATTER = /^---\n([\s\S]*?\n)?---(?:\n|$)/;

const headSchema = z.strictObject({
  name: z.string().regex(PROMPT_NAME, "a name has small letters, digits and single hyphens"),
  version: z.int().min(1),
  description: z.string().min(1).max(300),
  inputs: z.record(z.string(), z.enum(INPUT_KINDS)).default({}),
});
type Head = z.infer<typeof headSchema>;

export interface PromptFile {
  /** Path for messages; its last two names say what the prompt is called: `planning/v1.md`. */
  file: string;
  /** `shipped`, or the path; what `Prompt.source` tells. */
  source: string;
}

/** Throws CONFIG_INVALID that names the file and the line. */
export function parsePrompt(content: string, { file, source }: PromptFile): Prompt {
  // The same prompt has the same hash, whatever an editor or a checkout makes of line ends.
  const whole = content.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const matter = FRONT_MATTER.exec(whole);
  if (matter === null) {
    throw refuse([file, 1], "it has no front matter", "It starts with '---', YAML lines and another '---'.");
  }
  const text = whole.slice(matter[0].length);
  const { head, lineOf } = parseHead(matter[1] ?? "", file);
  checkName(head, file, lineOf);
  checkBody(head, text, { file, lineOf, linesAbove: matter[0].split("\n").length - 1 });
  const { name, version, description, inputs } = head;
  return { name, version, hash: sha256(whole), description, inputs: Object.keys(inputs), kinds: inputs, text, source };
}

type LineOf = (...keys: string[]) => number;

function loadYaml(): typeof import("yaml") {
  return createRequire(import.meta.url)("yaml") as typeof import("yaml");
}

function parseHead(text: string, file: string): { head: Head; lineOf: LineOf } {
  const { LineCounter, parseDocument } = loadYaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const line = (broken.linePos?.[0].line ?? 1) + 1;
    throw refuse([file, line], `its front matter is not YAML: ${broken.message.split("\n")[0]}`);
  }
  const lineOf: LineOf = (...keys) => counter.linePos(offsetOf(document, keys)).line + 1;
  const parsed = headSchema.safeParse(plainValue(document, file));
  if (parsed.success) return { head: parsed.data, lineOf };
  // A key that is not known may be the mistyped one that is missing.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const keys = (issue?.path ?? []).map(String);
  const known = `Front matter has name, version, description and inputs (name: ${INPUT_KINDS.join(" | ")}).`;
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    throw refuse([file, lineOf(key)], `'${key}' is no part of the front matter`, known);
  }
  throw refuse([file, lineOf(...keys)], `${keys.join(".") || "front matter"}: ${issue?.message ?? "not right"}`, known);
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function plainValue(document: YamlDocument.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw refuse([file, 2], "its front matter uses aliases", "Write each value out.");
  }
}

/** Where a key stands; the nearest one above where it is missing. */
function offsetOf(document: YamlDocument.Parsed, keys: readonly string[]): number {
  const { isMap, isScalar } = loadYaml();
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of keys) {
    const pair = isMap(node) ? node.items.find((one) => isScalar(one.key) && String(one.key.value) === key) : undefined;
    if (pair === undefined || !isScalar(pair.key)) break;
    offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

function checkName({ name, version }: Head, file: string, lineOf: LineOf): void {
  const [folder = "", base = ""] = file.split(/[\\/]/).slice(-2);
  if (folder !== name) {
    throw refuse([file, lineOf("name")], `it calls itself '${name}' but lies in '${folder}'`, "Make the two equal.");
  }
  if (base !== `v${version}.md`) {
    const hint = "Version N is the file vN.md; a changed text is a new version.";
    throw refuse([file, lineOf("version")], `it says version ${version} but is called '${base}'`, hint);
  }
}

interface Place {
  file: string;
  lineOf: LineOf;
  /** Lines of the front matter. */
  linesAbove: number;
}

function checkBody(head: Head, text: string, { file, lineOf, linesAbove }: Place): void {
  const body = parseBody(text);
  const [problem] = body.problems;
  if (problem !== undefined) throw refuse([file, problem.line + linesAbove], problem.message, problem.hint);
  if (body.system.length + body.user.length === 0) {
    throw refuse([file, linesAbove], "it has no text", "Write it below a line '--- system ---' or '--- user ---'.");
  }
  const declared: Record<string, InputKind> = head.inputs;
  const used = inputsUsed(body);
  const unknown = used.find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) {
    const line = text.split("\n").findIndex((one) => one.includes(`{{${unknown}}}`)) + 1 + linesAbove;
    throw refuse([file, line], `'{{${unknown}}}' is not among its inputs`, "Declare it under inputs.");
  }
  const unused = Object.keys(declared).find((name) => !used.includes(name));
  if (unused !== undefined) {
    const hint = `Use it as '{{${unused}}}', or don't declare it.`;
    throw refuse([file, lineOf("inputs", unused)], `its input '${unused}' is used nowhere`, hint);
  }
}

type At = readonly [file: string, line: number];

function refuse([file, line]: At, problem: string, hint = ""): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Prompt file '${file}', line ${line}: ${problem}.`, { hint });
}
