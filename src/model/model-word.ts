/**
 * The words that name a model: `offline`, `anthropic:NAME`, `openai:NAME`, `compatible:NAME@URL`, `cassette:FILE`. Owns:
 * how they are written, so that whoever judges a word and whoever opens it never read it differently. Must not: open.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { didYouMean } from "../shared/did-you-mean.ts";

export type ModelWord =
  | { kind: "offline" }
  | { kind: "anthropic" | "openai"; name: string }
  | { kind: "compatible"; name: string; url: string }
  | { kind: "cassette"; file: string };

const KINDS = ["anthropic", "openai", "compatible", "cassette", "offline"];
export const MODEL_FORMS = "anthropic:NAME, openai:NAME, compatible:NAME@URL or cassette:FILE";

/** Throws CONFIG_INVALID for whatever is none of the forms. Blanks around a word don't count. */
export function readModelWord(text: string): ModelWord {
  const word = text.trim();
  if (word === "offline") return { kind: "offline" };
  const [, kind = "", rest = ""] = /^([a-z]+):(.+)$/s.exec(word) ?? [];
  switch (kind) {
    case "anthropic":
    case "openai":
      return { kind, name: rest };
    case "compatible":
      return readCompatible(rest);
    case "cassette":
      return { kind, file: rest };
    default: {
      const guess = didYouMean(kind === "" ? text : kind, KINDS);
      const meant = guess === null ? "" : ` (did you mean '${guess}'?)`;
      const hint = `Write ${MODEL_FORMS}; the word offline plans without a model.`;
      throw unusableModel(text, `no such kind of model is known${meant}`, hint);
    }
  }
}

/** Names may hold `@`, so that the address begins at the last one before `http`. */
function readCompatible(rest: string): ModelWord {
  const [, name = "", url = ""] = /^(.+)@(https?:\/\/.+)$/s.exec(rest) ?? [];
  const word = `compatible:${rest}`;
  const example = "Write compatible:NAME@URL, such as compatible:llama3.3@http://127.0.0.1:11434/v1.";
  if (name === "") throw unusableModel(word, "it has no name, or no http or https address", example);
  return { kind: "compatible", name, url: checkedAddress(url, word, example) };
}

/** The address as it is written. Throws CONFIG_INVALID; `where` names what holds it. */
export function checkedAddress(text: string, where: string, hint: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw unusableModel(where, "the address is not an http or https URL", hint);
  if (url.username !== "" || url.password !== "") {
    throw new PlanwrightError("CONFIG_INVALID", "The address of a model must not hold a name or password.", {
      hint: "Put the key into PLANWRIGHT_API_KEY.",
    });
  }
  return text;
}

export function unusableModel(word: string, what: string, hint: string): PlanwrightError {
  const shown = word.slice(0, 200).replaceAll(/\/\/[^/@]*@/g, "//");
  return new PlanwrightError("CONFIG_INVALID", `The model '${shown}' cannot be used: ${what}.`, { hint });
}
