/** `planwright tools [list|show NAME]`: what plans can call. With --json a list of descriptions, or that one. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import type { JsonSchema, JsonValue } from "../../shared/json.ts";
import { isJsonObject } from "../../shared/json.ts";
import { describeTool } from "../../tool/describe-tool.ts";
import type { Tool } from "../../tool/tool.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { withSession } from "../open-session.ts";
import { renderTable } from "../render/render-table.ts";
import type { Style } from "../render/style.ts";
import { visibleLine, visibleText } from "../render/visible-text.ts";
import { refuseExtra } from "./refuse-extra.ts";

export async function toolsListCommand(call: Call): Promise<number> {
  const { report } = call;
  refuseExtra(call, { command: "tools", words: ["list", "show"] });
  return withSession(call, async ({ runtime }) => {
    if (report.isJson) report.printJson(runtime.tools.map(describeTool));
    else {
      const rows = runtime.tools.map(({ name, version, effect, description }) => [
        visibleLine(name),
        version,
        effect,
        visibleLine(firstSentence(description)),
      ]);
      const columns = ["tool", "version", "effect", "what it does"];
      report.print(renderTable({ columns, rows }, { style: report.style, width: report.columns() }).join("\n"));
    }
    return EXIT.ok;
  });
}

export async function toolsShowCommand(call: Call): Promise<number> {
  const { report, args } = call;
  const [name = ""] = args;
  return withSession(call, async ({ runtime }) => {
    const tool = runtime.tools.find((one) => one.name === name);
    if (tool === undefined) throw unknownTool(name, runtime.tools);
    if (report.isJson) report.printJson(describeTool(tool));
    else report.print(renderTool(tool, { style: report.style, width: report.columns() }).join("\n"));
    return EXIT.ok;
  });
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

function unknownTool(name: string, tools: readonly Tool[]): PlanwrightError {
  const names = tools.map((tool) => tool.name);
  const near = didYouMean(name, names);
  return new PlanwrightError("NOT_FOUND", `There is no tool '${name.slice(0, 80)}'.${meantName(near)}`, {
    hint: `Registered: ${names.join(", ")}. Your own need --tools FILE.`,
  });
}

function renderTool(tool: Tool, options: { style: Style; width: number | null }): string[] {
  const { style } = options;
  const intents = tool.planning?.intents ?? [];
  return [
    `${style.bold(visibleLine(tool.name))} ${tool.version}  ${style.dim(`effect ${tool.effect} · idempotency ${tool.idempotency}${tool.uses.length > 0 ? ` · uses ${tool.uses.join(", ")}` : ""}`)}`,
    visibleText(tool.description),
    "",
    style.bold("Input"),
    ...fieldLines(tool.inputSchema, options),
    "",
    style.bold("Output"),
    ...fieldLines(tool.outputSchema, options),
    ...(intents.length === 0 ? [] : ["", `${style.bold("Asked for as")}  ${intents.map(visibleLine).join(", ")}`]),
  ];
}

function fieldLines(schema: JsonSchema, { style, width }: { style: Style; width: number | null }): string[] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return [`  ${typeText(schema)}`];
  const needed = new Set(Array.isArray(required) ? required : []);
  const rows = Object.entries(properties).map(([name, field]) => [
    `${visibleLine(name)}${needed.has(name) ? "" : "?"}`,
    typeText(field),
    isJsonObject(field) && typeof field.description === "string" ? visibleLine(field.description) : "",
  ]);
  if (rows.length === 0) return ["  (nothing)"];
  const table = renderTable(
    { columns: ["", "", ""], rows },
    { style, width: width === null ? null : width - 2, isBare: true },
  );
  return table.map((line) => `  ${line}`);
}

/** A type in a few words: `string`, `"a" | "b"`, `list of {topic, score}`. */
function typeText(schema: JsonValue | undefined): string {
  if (!isJsonObject(schema)) return "anything";
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => visibleLine(JSON.stringify(value))).join(" | ");
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return [...new Set(union.map(typeText))].join(" | ");
  if (schema.type === "array") return `list of ${typeText(schema.items)}`;
  if (isJsonObject(schema.properties)) return `{${Object.keys(schema.properties).map(visibleLine).join(", ")}}`;
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  return typeof schema.type === "string" ? schema.type : "anything";
}
