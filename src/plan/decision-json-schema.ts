/** The plan language as JSON Schema (draft 2020-12), for models, editors and documentation. */
import { z } from "zod";
import type { JsonSchema } from "../shared/json.ts";
import { decisionSchema } from "./decision.ts";

let made: JsonSchema | null = null;

/** Schema of what a planner writes (fields with a default are optional). Made once; don't change the result. */
export function decisionJsonSchema(): JsonSchema {
  made ??= z.toJSONSchema(decisionSchema, { io: "input" }) as JsonSchema;
  return made;
}
