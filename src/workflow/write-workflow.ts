/** A workflow as the text of a file. Owns: how it is laid out. */
import { createRequire } from "node:module";
import type { Workflow } from "./workflow.ts";

/** Columns after which long texts are folded. */
const LINE_WIDTH = 120;

/** YAML that reads back as the same workflow. */
export function writeWorkflow(workflow: Workflow): string {
  const { stringify } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return stringify(workflow, { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false });
}
