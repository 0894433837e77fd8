import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, test } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import type { JsonSchema } from "../../src/shared/json.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { allDialects } from "./dialect-of.ts";
import { schemaOf } from "./encode-decision.ts";

/** Every request gets a refusal; its body is what counts. */
function recording(bodies: string[]): typeof fetch {
  return async (_url, init) => {
    bodies.push(String(init?.body));
    return new Response('{"error":{"message":"recorded","type":"invalid_request_error"}}', {
      status: 400,
      headers: { "content-type": "application/json" },
    });
  };
}

async function bodyOf(call: (fetch: typeof globalThis.fetch) => PromiseLike<unknown>): Promise<string> {
  const bodies: string[] = [];
  await expect(call(recording(bodies))).rejects.toThrow(/recorded/);
  expect(bodies).toHaveLength(1);
  return bodies[0]!;
}

const ENFORCED = allDialects(builtInTools).filter(({ format }) => format.kind === "schema");
const SETTING = { apiKey: "none", maxRetries: 0 };
const MESSAGES = [{ role: "user" as const, content: "Plan." }];

test.each(ENFORCED.map((dialect) => [dialect.name, dialect] as const))(
  "both SDKs send the schema of %s byte for byte",
  async (_name, dialect: Dialect) => {
    const schema: JsonSchema = schemaOf(dialect)!;
    const text = JSON.stringify(schema);
    const request = { model: "some-model", messages: MESSAGES };
    const anthropic = await bodyOf((fetch) =>
      new Anthropic({ ...SETTING, fetch }).messages.create({
        ...request,
        max_tokens: 100,
        output_config: { format: { type: "json_schema", schema } },
      }),
    );
    const strict = { name: "decision", strict: true, schema };
    const responses = await bodyOf((fetch) =>
      new OpenAI({ ...SETTING, fetch }).responses.create({
        model: "some-model",
        input: "Plan.",
        text: { format: { type: "json_schema", ...strict } },
      }),
    );
    const chat = await bodyOf((fetch) =>
      new OpenAI({ ...SETTING, fetch }).chat.completions.create({
        ...request,
        response_format: { type: "json_schema", json_schema: strict },
      }),
    );
    for (const body of [anthropic, responses, chat]) expect(body).toContain(`"schema":${text}`);
  },
);

test("both SDKs send the schema of submit_plan byte for byte", async () => {
  const dialect = allDialects(builtInTools).find(({ name }) => name === "tool")!;
  if (dialect.format.kind !== "tool") throw new Error("no tool");
  const { name, description, schema } = dialect.format;
  const request = { model: "some-model", messages: MESSAGES };
  const anthropic = await bodyOf((fetch) =>
    new Anthropic({ ...SETTING, fetch }).messages.create({
      ...request,
      max_tokens: 100,
      tools: [{ name, description, input_schema: schema as Anthropic.Tool.InputSchema }],
      tool_choice: { type: "tool", name },
    }),
  );
  expect(anthropic).toContain(`"input_schema":${JSON.stringify(schema)}`);
  const chat = await bodyOf((fetch) =>
    new OpenAI({ ...SETTING, fetch }).chat.completions.create({
      ...request,
      tools: [{ type: "function", function: { name, description, parameters: schema } }],
    }),
  );
  expect(chat).toContain(`"parameters":${JSON.stringify(schema)}`);
});
