/** What runs may use: tools, prompts, workflows. */
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { describePrompt } from "../../prompt/describe-prompt.ts";
import { createPromptLibrary } from "../../prompt/prompt-library.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import { describeTool } from "../../tool/describe-tool.ts";
import { describeWorkflow, viewWorkflow } from "../../workflow/describe-workflow.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";

const namePathSchema = z.strictObject({ name: z.string() });

export function catalogueRoutes(parts: ServerParts): Route[] {
  return [...toolRoutes(parts), ...promptRoutes(parts), ...workflowRoutes(parts)];
}

function toolRoutes({ runtime: { tools } }: ServerParts): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/tools",
      operation: "listTools",
      summary: "The registered tools.",
      answers: { 200: { description: "By name.", schema: "ToolList" } },
      handle: () => jsonResponse(200, tools.map(describeTool)),
    }),
    defineRoute({
      method: "GET",
      path: "/v1/tools/{name}",
      operation: "getTool",
      summary: "One tool.",
      params: namePathSchema,
      answers: { 200: { description: "The tool.", schema: "Tool" } },
      errors: ["NOT_FOUND"],
      handle({ params: { name } }) {
        const tool = tools.find((one) => one.name === name);
        if (tool !== undefined) return jsonResponse(200, describeTool(tool));
        const names = tools.map((one) => one.name);
        const near = meantName(didYouMean(name.slice(0, 80), names));
        throw new PlanwrightError("NOT_FOUND", `There is no tool '${name.slice(0, 80)}'.${near}`, {
          hint: "GET /v1/tools lists them.",
        });
      },
    }),
  ];
}

function promptRoutes({ prompts }: ServerParts): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/prompts",
      operation: "listPrompts",
      summary: "The prompts that models are asked with, with their versions.",
      answers: { 200: { description: "By name, then version.", schema: "PromptList" } },
      handle: () => jsonResponse(200, prompts().map(describePrompt)),
    }),
    defineRoute({
      method: "GET",
      path: "/v1/prompts/{name}",
      operation: "getPrompt",
      summary: "One prompt with its text: NAME for the highest version, or NAME@VERSION.",
      params: namePathSchema,
      answers: { 200: { description: "The prompt.", schema: "Prompt" } },
      errors: ["PROMPT_NOT_FOUND"],
      handle({ params: { name } }) {
        const prompt = createPromptLibrary(prompts()).get(name.slice(0, 200));
        return jsonResponse(200, { ...describePrompt(prompt), text: prompt.text });
      },
    }),
  ];
}

function workflowRoutes({ runtime }: ServerParts): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/workflows",
      operation: "listWorkflows",
      summary: "The workflows that runs may name; those that are not right say what is wrong.",
      answers: { 200: { description: "By name.", schema: "WorkflowList" } },
      async handle() {
        const library = await runtime.workflows();
        return jsonResponse(
          200,
          library.list().map((entry) => describeWorkflow(entry, library)),
        );
      },
    }),
    defineRoute({
      method: "GET",
      path: "/v1/workflows/{name}",
      operation: "getWorkflow",
      summary: "One workflow, with the plan that it compiles to.",
      params: namePathSchema,
      answers: { 200: { description: "The workflow.", schema: "Workflow" } },
      errors: ["NOT_FOUND", "PLAN_SCHEMA"],
      async handle({ params: { name } }) {
        const library = await runtime.workflows();
        return jsonResponse(200, viewWorkflow(library.get(name.slice(0, 200)), library));
      },
    }),
  ];
}
