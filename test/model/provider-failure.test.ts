/** What providers say, in the shapes and words in which they say it. */
import { describe, expect, test } from "vitest";
import { codeOf, failureOfStatus, wordsOf } from "../../src/model/provider-failure.ts";
import { isSchemaRejection } from "../../src/model/schema-rejection.ts";

const openai = (type: string, message: string, code: string | null = null) => ({ error: { type, code, message } });
const anthropic = (type: string, message: string, errorCode?: string) => ({
  type: "error",
  error: { type, message, ...(errorCode === undefined ? {} : { details: { error_code: errorCode } }) },
});

test.each([
  ["an error object", openai("a", "b", "c"), "a c", "b"],
  ["Anthropic's", anthropic("a", "b", "c"), "a c", "b"],
  ["a text", { error: "b" }, "", "b"],
  ["vLLM's", { object: "error", type: "BadRequestError", code: 400, message: "b" }, "BadRequestError", "b"],
  ["FastAPI's", { detail: "b" }, "", "b"],
  ["a list of details", { detail: [{ loc: ["body"], msg: "b" }] }, "", '[{"loc":["body"],"msg":"b"}]'],
  ["anything else", { oops: 1 }, "", '{"oops":1}'],
  ["plain text", " b ", "", "b"],
  ["nothing", null, "", ""],
])("%s is understood", (...[, body, kind, message]) => {
  expect(wordsOf(body)).toMatchObject({ kind, message });
});

test("long words are cut", () => {
  expect(failureOfStatus(400, { error: "x".repeat(1e6) }, { model: "m" }).message.length).toBeLessThan(700);
});

describe("accounts without money", () => {
  test.each([
    [429, openai("insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")],
    [429, openai("insufficient_quota", "No credit.", "credit_balance_exhausted")],
    [429, openai("requests", "The project is at its limit.", "project_spend_limit_exceeded")],
    [429, anthropic("rate_limit_error", "The limit of your tier is reached.", "enforced_spend_limit_reached")],
    [400, anthropic("invalid_request_error", "Your credit balance is too low to access the Anthropic API.")],
    [400, anthropic("invalid_request_error", "You have reached your specified API usage limits.")],
    [402, { error: "pay" }],
    [403, openai("billing_hard_limit_reached", "Billing hard limit has been reached")],
  ])("%i %o", (status, body) => expect(codeOf(status, wordsOf(body))).toBe("MODEL_QUOTA"));

  test("are told from rate limits that mention a billing page", () => {
    const message =
      "Rate limit reached for gpt-6 on requests per min. Add a payment method at https://x.test/account/billing.";
    expect(codeOf(429, wordsOf(openai("requests", message, "rate_limit_exceeded")))).toBe("MODEL_RATE_LIMITED");
  });
});

test.each([
  openai("invalid_request_error", "Your input exceeds the context window of this model.", "context_length_exceeded"),
  anthropic("invalid_request_error", "prompt is too long: 215000 tokens > 200000 maximum"),
  anthropic("invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
  openai("BadRequestError", "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."),
  openai("exceed_context_size_error", "the request exceeds the available context size, try increasing it"),
])("too long a request: %o", (body) => expect(codeOf(400, wordsOf(body))).toBe("MODEL_CONTEXT_OVERFLOW"));

test("a filter that refuses the prompt is a refusal", () => {
  expect(codeOf(400, wordsOf(openai("invalid_request_error", "The prompt was filtered.", "content_filter")))).toBe(
    "MODEL_REFUSED",
  );
});

describe("a refused schema", () => {
  test.each([
    [400, "output_config.format.schema: The compiled grammar is too large, which would cause performance issues."],
    [400, "Schema is too complex for structured outputs."],
    [400, "Invalid schema for response_format 'plan': In context=(), 'additionalProperties' is required."],
    [400, "Invalid schema for function 'submit_plan': schema must be a JSON Schema of type object."],
    [400, "'response_format.type' must be 'json_object' or 'text'"],
    [400, "This response_format type is unavailable now"],
    [400, "Failed to initialize samplers: failed to parse grammar"],
    [500, "Failed to initialize samplers: failed to parse grammar"],
    [400, "registry.ollama.ai/library/gemma does not support tools"],
    [400, "tools.0.custom.input_schema: Field required"],
    [400, "tool_choice: forced tool use is not supported by this model"],
    [422, "json_schema is not supported"],
  ])("%i %s", (status, message) => {
    const error = failureOfStatus(status, openai("invalid_request_error", message), { model: "m" });
    expect([error.code, isSchemaRejection(error)]).toEqual(["MODEL_BAD_REQUEST", true]);
  });

  test.each([
    [400, "temperature: must be at most 1"],
    [400, "model: no such model"],
    [400, "messages: text content blocks must be non-empty"],
    [401, "invalid key for response_format"],
    [429, "too many requests with json_schema"],
  ])("but not: %i %s", (status, message) => {
    expect(isSchemaRejection(failureOfStatus(status, openai("x", message), { model: "m" }))).toBe(false);
  });
});
