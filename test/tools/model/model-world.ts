/**
 * Model-backed tools over a scripted model, with prompt doubles that have the inputs of the shipped prompts and show
 * plainly what went where. A run goes the runtime's way: input check, execute, output check.
 */
import type { Prompt, PromptLibrary } from "../../../src/prompt/prompt.ts";
import type { JsonValue } from "../../../src/shared/json.ts";
import { normaliseOutput } from "../../../src/step/normalise-output.ts";
import {
  createDirectCaller,
  createScriptedModel,
  createToolContext,
  type ScriptedModelAnswer,
  type ScriptedModelOptions,
} from "../../../src/testing/index.ts";
import type { ModelUse, Tool, ToolContext } from "../../../src/tool/tool.ts";
import { createModelTools, type ModelToolParts } from "../../../tools/model-tools.ts";

const INPUTS: Record<string, string[]> = {
  generate: ["instruction", "text"],
  extract: ["schema", "text"],
  classify: ["labels", "text"],
  "summarize-part": ["sentences", "text"],
  "summarize-whole": ["sentences", "text"],
  "answer-question": ["question", "text"],
  "answer-repair": ["findings"],
};

const prompts: PromptLibrary = {
  get: (name) => promptOf(name),
  list: () => Object.keys(INPUTS).map(promptOf),
};

function promptOf(name: string): Prompt {
  const inputs = INPUTS[name];
  if (inputs === undefined) throw new Error(`no prompt '${name}'`);
  return { name, version: 1, hash: `sha256:${name}`, description: "", inputs, text: "", source: "shipped" };
}

/** Refuses what the real one refuses: inputs that are missing, or not the prompt's. */
const render: ModelToolParts["render"] = ({ name, inputs }, values) => {
  const given = Object.keys(values).sort();
  if (given.join() !== [...inputs].sort().join()) throw new Error(`'${name}' got ${given.join()}`);
  const { text = "", ...others } = values;
  return { system: `prompt ${name}`, user: `${JSON.stringify(others)}\n<data>${text}</data>` };
};

export function createModelWorld(answers: readonly ScriptedModelAnswer[], options: ScriptedModelOptions = {}) {
  const model = createScriptedModel(answers, options);
  const tools = createModelTools({ caller: createDirectCaller(model), prompts, render });
  const uses: ModelUse[] = [];
  const tool = (name: string): Tool => {
    const found = tools.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no tool '${name}'`);
    return found;
  };
  const input = (name: string, given: JsonValue): unknown => {
    const checked = tool(name).checkInput(given);
    if (!checked.ok) throw Object.assign(new Error(checked.issues[0]?.message), { issues: checked.issues });
    return checked.value;
  };
  return {
    model,
    tools,
    tool,
    uses,
    input,
    async run(name: string, given: JsonValue, context: Partial<ToolContext> = {}): Promise<Record<string, JsonValue>> {
      const report = (use: ModelUse) => void uses.push(use);
      const returned = await tool(name).execute(input(name, given), createToolContext({ report, ...context }));
      const output = normaliseOutput(tool(name), returned);
      if (!output.ok) throw new Error(output.error.message);
      return output.value as Record<string, JsonValue>;
    },
  };
}
