/**
 * The published rules for schemas that a provider is to enforce. Owns: the rules with their sources, and each limit's
 * number. Must not: look at schemas (check-provider-rules.ts), or choose a dialect.
 *
 * Sources, as they read in 2026-11:
 * - OpenAI: Structured model outputs, "Supported schemas"
 *   (developers.openai.com/api/docs/guides/structured-outputs#supported-schemas).
 * - Anthropic: Structured outputs, "JSON Schema limitations" and "Schema complexity limits"
 *   (platform.claude.com/docs/en/build-with-claude/structured-outputs).
 * Compatible servers publish none of their own and are held to OpenAI's. Strict tools (Anthropic: at most 20 a
 * request) are not used. Beyond its numbers Anthropic compiles a grammar with a ceiling that it does not publish.
 */
import type { ProviderName } from "../model/model.ts";
import type { SchemaSize } from "./schema-size.ts";

export interface Violation {
  /** JSON Pointer into the schema. */
  path: string;
  rule: string;
  /** What is wrong there, as a sentence. */
  message: string;
}

/** A limit on a whole schema. */
interface Limit {
  measure: Exclude<keyof SchemaSize, "isRecursive">;
  most: number;
  /** As in "at most 16 …". */
  words: string;
}

export interface ProviderRules {
  limits: readonly Limit[];
  /** Keywords that a schema may hold. */
  keywords: ReadonlySet<string>;
  /** Every property must be required. */
  requiresAll: boolean;
  /** The root must be an object and no `anyOf`. */
  requiresObjectRoot: boolean;
  /** Objects of one `anyOf` must differ in their first key, or in the one value that it may have. */
  requiresFirstKeys: boolean;
  /** `$ref` takes no other keyword beside it. */
  requiresLoneReferences: boolean;
  /** A definition may contain itself. */
  allowsRecursion: boolean;
  /** Values of `minItems`; null: any. */
  minItems: readonly number[] | null;
  formats: ReadonlySet<string>;
  /** Characters of all values of one enum with more than 250 values; null: any. */
  largeEnumCharacters: number | null;
}

const SHARED_KEYWORDS = ["type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const"];
const MORE_KEYWORDS = ["$ref", "$defs", "definitions", "description", "title", "pattern", "format", "minItems"];
const SHARED_FORMATS = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

const OPENAI: ProviderRules = {
  limits: [
    { measure: "properties", most: 5_000, words: "object properties" }, // "up to 5000 object properties total
    { measure: "depth", most: 10, words: "levels of nesting" }, // with up to 10 levels of nesting"
    { measure: "enumValues", most: 1_000, words: "enum values" }, // "up to 1000 enum values across all enum properties"
    // "total string length of all property names, definition names, enum values, and const values"
    { measure: "characters", most: 120_000, words: "characters of names and values" },
  ],
  // "Supported properties"; "allOf, not, dependentRequired, dependentSchemas, if, then, else" are not.
  keywords: new Set([
    ...SHARED_KEYWORDS,
    ...MORE_KEYWORDS,
    ...["maxItems", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ]),
  requiresAll: true, // "All fields must be required"
  requiresObjectRoot: true, // "Root objects must not be anyOf and must be an object"
  // Error 400: "Objects provided via 'anyOf' must not share identical first keys. Consider adding a discriminator key"
  requiresFirstKeys: true,
  requiresLoneReferences: true, // error 400: "$ref cannot have keywords"
  allowsRecursion: true, // "Recursive schemas are supported"
  minItems: null,
  formats: new Set(SHARED_FORMATS),
  largeEnumCharacters: 15_000, // "cannot exceed 15,000 characters when there are more than 250 enum values"
};

const ANTHROPIC: ProviderRules = {
  limits: [
    { measure: "unions", most: 16, words: "parameters with union types" }, // "that use anyOf or type arrays"
    { measure: "optional", most: 24, words: "optional parameters" }, // "each parameter not listed in required"
  ],
  // "Numerical constraints", "String constraints" and array constraints beyond minItems are not supported.
  keywords: new Set([...SHARED_KEYWORDS, ...MORE_KEYWORDS, "allOf", "default"]),
  requiresAll: false,
  requiresObjectRoot: false,
  requiresFirstKeys: false,
  requiresLoneReferences: false,
  allowsRecursion: false, // "Recursive schemas" are among what is not supported
  minItems: [0, 1], // "Array minItems (only values 0 and 1 supported)"
  formats: new Set([...SHARED_FORMATS, "uri"]),
  largeEnumCharacters: null,
};

/** What a provider demands; for those that publish nothing, what OpenAI does. */
export function rulesOf(provider: ProviderName): ProviderRules {
  return provider === "anthropic" ? ANTHROPIC : OPENAI;
}
