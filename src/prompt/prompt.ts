/** Prompts are files, `prompts/<name>/v<N>.md`. Owns: what a loaded prompt is, and who looks prompts up. */

/** What a decision or a call remembers of the prompt that it came of. */
export interface PromptMark {
  name: string;
  version: number;
  /** `sha256:…` of the file's text. */
  hash: string;
}

/**
 * How an input is put in. `text`: as it is; `data`: untrusted, between fences that it cannot close; `list`: several
 * texts, each a piece of its own, so that a longer list begins with the same pieces.
 */
export const INPUT_KINDS = ["text", "data", "list"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

export interface Prompt extends PromptMark {
  description: string;
  /** Names that the text may use as `{{name}}`; all must be given when it is rendered. */
  inputs: readonly string[];
  /** Kind of each input; `text` where it is not told. */
  kinds?: Readonly<Record<string, InputKind>>;
  /** The text below the front matter, as it stands in the file. */
  text: string;
  /** `shipped`, or the file of a user's folder that overlays it. */
  source: string;
}

export interface PromptLibrary {
  /** `planning` (its highest version) or `planning@2`. Throws PROMPT_NOT_FOUND that lists what there is. */
  get(reference: string): Prompt;
  /** By name, then version. */
  list(): readonly Prompt[];
}
