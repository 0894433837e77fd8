/** Prompt files for tests, as text. */

import { parsePrompt } from "../../src/prompt/parse-prompt.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";

export interface Sketch {
  name?: string;
  version?: number;
  /** Lines below `inputs:`, without indent. */
  inputs?: string[];
  body?: string;
}

export function promptText({ name = "greet", version = 1, inputs = [], body = "--- user ---\nHello" }: Sketch = {}) {
  const declared = inputs.length === 0 ? [] : ["inputs:", ...inputs.map((line) => `  ${line}`)];
  return ["---", `name: ${name}`, `version: ${version}`, "description: For tests.", ...declared, "---", body].join(
    "\n",
  );
}

export function prompt(sketch: Sketch = {}): Prompt {
  const { name = "greet", version = 1 } = sketch;
  return parsePrompt(promptText(sketch), { file: `${name}/v${version}.md`, source: "shipped" });
}
