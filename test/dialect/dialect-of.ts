/** Dialects by name, for tests: of a server that can do anything and limits nothing that these tools reach. */
import { chooseDialects } from "../../src/dialect/choose-dialects.ts";
import { DIALECTS, type Dialect, type DialectName } from "../../src/dialect/dialect.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonSchema } from "../../src/shared/json.ts";

export const ALL_FORMATS = ["schema", "tool", "text"] as const;

/** Of each dialect one, in the order of DIALECTS. */
export function allDialects(tools: readonly ToolDescription[], outputSchema: JsonSchema | null = null): Dialect[] {
  const { dialects, rows } = chooseDialects(tools, { provider: "openai", formats: ALL_FORMATS, outputSchema });
  if (dialects.length !== DIALECTS.length) throw new Error(`left out: ${JSON.stringify(rows)}`);
  return dialects;
}

export function dialectOf(name: DialectName, tools: readonly ToolDescription[]): Dialect {
  return allDialects(tools).find((dialect) => dialect.name === name)!;
}
