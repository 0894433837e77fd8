/** Looks prompts up by reference. Owns: what `planning` and `planning@2` mean. Must not: read files. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { Prompt, PromptLibrary } from "./prompt.ts";

const REFERENCE = /^([a-z][a-z0-9-]*)(?:@([1-9]\d{0,5}))?$/;

export interface PromptReference {
  name: string;
  /** Null: the highest version. */
  version: number | null;
}

/** `planning` or `planning@2`; null for anything else. */
export function parseReference(text: string): PromptReference | null {
  const [, name, version] = REFERENCE.exec(text) ?? [];
  return name === undefined ? null : { name, version: version === undefined ? null : Number(version) };
}

/** Later prompts take the place of earlier ones with the same name and version. */
export function createPromptLibrary(prompts: readonly Prompt[]): PromptLibrary {
  const byMark = new Map(prompts.map((prompt) => [`${prompt.name}@${prompt.version}`, prompt]));
  const sorted = [...byMark.values()].sort(byNameThenVersion);
  return {
    list: () => sorted,
    get(reference) {
      const wanted = parseReference(reference);
      const found = sorted.filter(({ name }) => name === wanted?.name);
      const version = wanted?.version ?? null;
      const prompt = version === null ? found.at(-1) : found.find((one) => one.version === version);
      if (prompt === undefined) throw notFound(reference, found, sorted);
      return prompt;
    },
  };
}

/**
 * The same library, in which a name alone means the version that `references` gives it, such as `["planning@2"]`. Throws
 * PROMPT_NOT_FOUND for one that is not there.
 */
export function pinPrompts(library: PromptLibrary, references: readonly string[]): PromptLibrary {
  const pinned = new Map(references.map((reference) => library.get(reference)).map((prompt) => [prompt.name, prompt]));
  return { list: library.list, get: (reference) => pinned.get(reference) ?? library.get(reference) };
}

function byNameThenVersion(left: Prompt, right: Prompt): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.version - right.version;
}

function notFound(reference: string, found: readonly Prompt[], all: readonly Prompt[]): PlanwrightError {
  const shown = reference.slice(0, 80);
  const names = [...new Set(all.map(({ name }) => name))];
  if (found.length > 0) {
    const versions = found.map(({ name, version }) => `${name}@${version}`).join(", ");
    return new PlanwrightError("PROMPT_NOT_FOUND", `There is no prompt '${shown}'.`, {
      hint: `There are ${versions}.`,
    });
  }
  const guess = meantName(didYouMean(reference.split("@")[0] ?? "", names));
  return new PlanwrightError("PROMPT_NOT_FOUND", `There is no prompt '${shown}'.${guess}`, {
    hint: `Write NAME or NAME@VERSION. There are ${names.join(", ") || "none"}.`,
  });
}
