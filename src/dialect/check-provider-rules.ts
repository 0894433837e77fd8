/** Says what a provider would refuse a schema for (provider-rules.ts). Owns: the order of the findings. */
import type { ProviderName } from "../model/model.ts";
import type { JsonSchema } from "../shared/json.ts";
import { type ProviderRules, rulesOf, type Violation } from "./provider-rules.ts";
import { firstKeyViolations, type SchemaPlace, schemaPlaces } from "./schema-places.ts";
import { keywordViolations, objectViolations, referenceViolations, valueViolations } from "./schema-rules.ts";
import { computeSize, type SchemaSize } from "./schema-size.ts";

/** Everything that a provider would refuse the schema for, in the order of its places; none where it may be sent. */
export function checkProviderRules(schema: JsonSchema, provider: ProviderName): Violation[] {
  const rules = rulesOf(provider);
  const size = computeSize(schema);
  const places = schemaPlaces(schema);
  const judge = (place: SchemaPlace): Violation[] => [
    ...keywordViolations(place, rules),
    ...objectViolations(place, rules),
    ...valueViolations(place, rules),
    ...referenceViolations(place, schema, rules),
    ...(rules.requiresFirstKeys ? firstKeyViolations(place, schema) : []),
  ];
  return [...rootViolations(schema, rules), ...places.flatMap(judge), ...limitViolations(size, rules)];
}

function rootViolations(schema: JsonSchema, rules: ProviderRules): Violation[] {
  if (!rules.requiresObjectRoot || (schema.type === "object" && !("anyOf" in schema))) return [];
  return [{ path: "", rule: "root", message: "The root is no object, or a union." }];
}

function limitViolations(size: SchemaSize, rules: ProviderRules): Violation[] {
  const isRefused = size.isRecursive && !rules.allowsRecursion;
  const recursion = { path: "", rule: "recursion", message: "A definition contains itself." };
  const exceeded = rules.limits
    .filter(({ measure, most }) => size[measure] > most)
    .map(({ measure, most, words }) => ({
      path: "",
      rule: measure,
      message: `${size[measure]} ${words}; at most ${most} are allowed.`,
    }));
  return isRefused ? [recursion, ...exceeded] : exceeded;
}
