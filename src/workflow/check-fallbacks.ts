/** Tools that recovery rules fall back on: they have to be registered. They are no steps, so the plan checker sees none. */
import type { Issue } from "../error/issue.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { CompiledWorkflow } from "./compile-workflow.ts";

export function checkFallbacks({ rules }: CompiledWorkflow, tools: Pick<ToolRegistry, "get" | "names">): Issue[] {
  const unknown = new Set(
    rules.recovery.flatMap(({ tool }) => (tool === undefined || tools.get(tool) !== undefined ? [] : [tool])),
  );
  return [...unknown].map((tool) => {
    const message = `A recovery rule falls back on the tool '${tool.slice(0, 64)}', which is not registered.${meantName(didYouMean(tool, tools.names()))}`;
    return {
      severity: "error",
      code: "PLAN_UNKNOWN_TOOL",
      path: "/recovery",
      message,
      hint: "Name a registered tool.",
      fix: null,
    };
  });
}
