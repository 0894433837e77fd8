/**
 * Fills a prompt in: the one function that makes text for a model out of a prompt file. Owns: how each kind of input is
 * put in. Must not: look for placeholders in what it put in; a value cannot ask for another one.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { ModelText } from "../model/model.ts";
import { frameData } from "./frame-data.ts";
import type { InputKind, Prompt } from "./prompt.ts";
import { type BodyPart, parseBody } from "./prompt-body.ts";

export type PromptValue = string | readonly string[];

export interface RenderedPrompt {
  system: string;
  user: string;
  /** The same as `system`, cut where the prompt has cache lines and between the elements of lists. */
  systemParts: ModelText[];
  userParts: ModelText[];
}

/** Throws CONFIG_INVALID where an input is missing, is none of the prompt's, or is of another kind. */
export function renderPrompt(prompt: Prompt, values: Readonly<Record<string, PromptValue>>): RenderedPrompt {
  checkValues(prompt, values);
  const body = parseBody(prompt.text);
  const [problem] = body.problems;
  if (problem !== undefined) throw refuse(prompt, `${problem.message} (line ${problem.line})`, problem.hint);
  const textsOf = (name: string): readonly string[] => {
    const value = values[name] ?? "";
    if (typeof value !== "string") return value;
    return [kindOf(prompt, name) === "data" ? frameData(value) : value];
  };
  const isList = (name: string): boolean => kindOf(prompt, name) === "list";
  const systemParts = body.system.flatMap((part) => renderPart(part, { isList, textsOf }));
  const userParts = body.user.flatMap((part) => renderPart(part, { isList, textsOf }));
  return { system: joined(systemParts), user: joined(userParts), systemParts, userParts };
}

function kindOf({ kinds = {} }: Prompt, name: string): InputKind {
  return Object.hasOwn(kinds, name) ? (kinds[name] ?? "text") : "text";
}

interface Values {
  isList(name: string): boolean;
  textsOf(name: string): readonly string[];
}

/** Each element of a list ends a part, followed by a blank line; so a longer list begins with the same parts. */
function renderPart({ pieces, isStable }: BodyPart, { isList, textsOf }: Values): ModelText[] {
  const texts: string[] = [];
  let current = "";
  let isAfterList = false;
  for (const piece of pieces) {
    if ("text" in piece) {
      current += isAfterList ? piece.text.replace(/^\n+/, "") : piece.text;
      isAfterList &&= current === "";
    } else if (isList(piece.input)) {
      const elements = textsOf(piece.input);
      for (const element of elements) {
        texts.push(`${current}${element}\n\n`);
        current = "";
      }
      isAfterList = elements.length > 0;
    } else {
      current += textsOf(piece.input).join("");
      isAfterList = false;
    }
  }
  if (current !== "") texts.push(current);
  return texts.map((text, place) => (isStable && place === texts.length - 1 ? { text, isStable } : { text }));
}

function joined(parts: readonly ModelText[]): string {
  return parts.map(({ text }) => text).join("");
}

function checkValues(prompt: Prompt, values: Readonly<Record<string, PromptValue>>): void {
  const given = Object.keys(values);
  const missing = prompt.inputs.find((name) => !given.includes(name));
  if (missing !== undefined) throw refuse(prompt, `its input '${missing}' is not given`, inputsHint(prompt));
  const extra = given.find((name) => !prompt.inputs.includes(name));
  if (extra !== undefined) throw refuse(prompt, `it has no input '${extra}'`, inputsHint(prompt));
  for (const name of prompt.inputs) {
    const isList = kindOf(prompt, name) === "list";
    if (isList === (typeof values[name] === "string")) {
      throw refuse(prompt, `its input '${name}' must be ${isList ? "a list of texts" : "one text"}`, "");
    }
  }
}

function inputsHint({ inputs }: Prompt): string {
  return `Its inputs: ${inputs.join(", ") || "none"}. A version for other inputs needs other code to call it.`;
}

function refuse({ name, version, source }: Prompt, problem: string, hint: string): PlanwrightError {
  const from = source === "shipped" ? "" : ` (${source})`;
  return new PlanwrightError("CONFIG_INVALID", `Prompt ${name}@${version}${from} can't be used: ${problem}.`, { hint });
}
