/**
 * Recognises that a provider refused the schema of a request rather than the rest of it. Owns: in which words they say
 * so. Whoever asked may ask again in a looser format.
 */
import type { PlanwrightError } from "../error/planwright-error.ts";

/** Said by servers of any kind about a schema, a grammar made of it, or a format that they cannot do. */
const WORDS: readonly RegExp[] = [
  // Anthropic: "The compiled grammar is too large", "Schema is too complex", "output_config.format.schema: …"
  /grammar/i,
  /output_config\.format/i,
  /(?:json[_ ]?)?schema (?:is )?too (?:large|complex)/i,
  /too many (?:union|optional|strict)/i,
  // OpenAI: "Invalid schema for response_format 'plan'", "Invalid schema for function 'x'"
  /invalid[_ ](?:json[_ ])?schema/i,
  /text\.format/i,
  // Compatible servers: "response_format is not supported", "'response_format.type' must be …", "guided_json"
  /response_format/i,
  /json_schema/i,
  /structured output/i,
  /guided (?:decoding|json)|guided_(?:decoding|json)/i,
  // Tools: "input_schema: …", "tools are not supported", "does not support tools", "tool_choice …"
  /input_schema/i,
  /(?:not|n't) support (?:\w+ )?(?:tools|tool[_ ]choice|function calling)/i,
  /(?:tools|tool[_ ]choice|function calling) (?:is|are) not supported/i,
  /tool_choice/i,
];

/** Whether the provider says that the schema, or the way of asking for it, is what it refuses. */
export function speaksOfSchema(providerMessage: string): boolean {
  return WORDS.some((pattern) => pattern.test(providerMessage));
}

/** True for a refused request (it cost nothing) that may go through in another format. */
export function isSchemaRejection(error: Pick<PlanwrightError, "code" | "message">): boolean {
  return error.code === "MODEL_BAD_REQUEST" && speaksOfSchema(error.message);
}
