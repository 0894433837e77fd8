/** A prompt as plain data: what `prompts list --json` and GET /v1/prompts show. Owns: which fields those are. */
import { z } from "zod";
import type { Prompt } from "./prompt.ts";

export const promptDescriptionSchema = z.strictObject({
  name: z.string(),
  version: z.int(),
  hash: z.string(),
  description: z.string(),
  inputs: z.array(z.string()),
  /** `shipped`, or the file that overlays it. */
  source: z.string(),
});

/** Without the text. */
export function describePrompt({ name, version, hash, description, inputs, source }: Prompt): Record<string, unknown> {
  return { name, version, hash, description, inputs, source };
}
