/**
 * Checks values against a JSON Schema with ajv. ajv is loaded at the first check of the process and each schema is
 * compiled at its own first check: defining tools costs neither. Owns: ajv's options, and what of ajv takes longer than
 * its values are long. Must not: follow remote references.
 */
import { createRequire } from "node:module";
import type { Ajv, ErrorObject, Options, ValidateFunction } from "ajv";
import { jsonPointer } from "../error/issue.ts";
import { canonicalJson, type JsonSchema } from "../shared/json.ts";
import { linearPattern, loadEngine } from "./linear-pattern.ts";
import { plainSchemaFits } from "./plain-schema.ts";
import { describeKind, describeType, notAllowed, type SchemaFinding } from "./schema-finding.ts";
import type { Examined } from "./schema-reading.ts";

type Compiler = Pick<Ajv, "compile" | "formats" | "removeKeyword" | "addKeyword">;
type Draft = "2020-12" | "2019-09" | "draft-07";

/** Schemas are other people's: unknown keywords and formats are let through, silently. Defaults are not filled in. */
const OPTIONS: Options = {
  strict: false,
  allErrors: true,
  verbose: true,
  addUsedSchema: false,
  validateFormats: true,
  logger: false,
  code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
};

/** The format `url` tries every pair of colons in front of an @. */
const LONGEST_URL = 2_048;

/**
 * ajv remembers everything it ever compiled (SAFETY R13), and requests may each bring a schema of their own: after this
 * many a new one takes its place. Making one costs about as much as compiling a few schemas.
 */
const SCHEMAS_PER_COMPILER = 100;

const compilers = new Map<Draft, { compiler: Compiler; uses: number }>();

/**
 * A check for one schema. It never changes the value. A schema that ajv can't compile makes every check fail with one
 * finding that says why.
 */
export function jsonSchemaCheck(schema: JsonSchema): (value: unknown) => Examined {
  let validate: ValidateFunction | null = null;
  const fits = plainSchemaFits(schema);
  return (value) => {
    if (fits?.(value) === true) return { ok: true, value };
    try {
      validate ??= compile(schema);
    } catch (thrown) {
      return unchecked(`cannot be checked, its schema is invalid: ${reasonOf(thrown)}`, "Correct the JSON Schema.");
    }
    try {
      if (validate(value)) return { ok: true, value };
    } catch (thrown) {
      return unchecked(`cannot be checked: it ${reasonOf(thrown)}`, "Make the value smaller, or the schema plainer.");
    }
    return { ok: false, findings: (validate.errors ?? []).map(findingOf) };
  };
}

function unchecked(problem: string, hint: string): Examined {
  return { ok: false, findings: [{ path: "", problem, hint }] };
}

function reasonOf(thrown: unknown): string {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return reason.includes("call stack") ? "is nested too deeply for it" : reason;
}

/** Why the schema can't be used at all, or null: for schemas that come as data. */
export function schemaProblem(schema: JsonSchema): string | null {
  try {
    compile(schema);
    return null;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/** Loads whatever checking the schema takes, so that nothing is loaded while it is compiled. */
export function prepareCheck({ $schema }: JsonSchema): void {
  compilerFor(draftOf($schema));
  loadEngine();
}

/** After a schema was broken off while it was compiled: what ajv has of it is half done. */
export function forgetSchemas(): void {
  compilers.clear();
}

function compile(schema: JsonSchema): ValidateFunction {
  // An asynchronous check answers with a promise, which would count as yes.
  const { $schema, $async: _, ...rest } = schema;
  return compilerFor(draftOf($schema)).compile(rest);
}

function draftOf($schema: unknown): Draft {
  const name = typeof $schema === "string" ? $schema : "";
  if (name.includes("draft-0")) return "draft-07";
  return name.includes("2019-09") ? "2019-09" : "2020-12";
}

function compilerFor(draft: Draft): Compiler {
  const known = compilers.get(draft);
  if (known !== undefined && known.uses < SCHEMAS_PER_COMPILER) {
    known.uses += 1;
    return known.compiler;
  }
  const require = createRequire(import.meta.url);
  const compiler = newAjv(require, draft);
  const addFormats = require("ajv-formats") as typeof import("ajv-formats");
  addFormats.default(compiler as Ajv);
  keepLinear(compiler);
  compilers.set(draft, { compiler, uses: 1 });
  return compiler;
}

/** ajv compares each item with each other one. */
function keepLinear(compiler: Compiler): void {
  const { url } = compiler.formats;
  if (url instanceof RegExp) compiler.formats.url = (text: string) => text.length <= LONGEST_URL && url.test(text);
  compiler.removeKeyword("uniqueItems");
  compiler.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    error: { message: "must NOT have duplicate items" },
    validate: (isWanted: boolean, items: unknown[]) => !isWanted || areUnique(items),
  });
}

function areUnique(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => canonicalJson(item))).size === items.length;
}

/** The classes have names of their own here: TypeScript 7.0 drops the brackets of `new (require(…) as T).Class()`. */
function newAjv(require: NodeJS.Require, draft: Draft) {
  if (draft === "2020-12") {
    const { Ajv2020 } = require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
    return new Ajv2020(OPTIONS);
  }
  if (draft === "2019-09") {
    const { Ajv2019 } = require("ajv/dist/2019.js") as typeof import("ajv/dist/2019.js");
    return new Ajv2019(OPTIONS);
  }
  const { Ajv } = require("ajv") as typeof import("ajv");
  return new Ajv(OPTIONS);
}

function findingOf(error: ErrorObject): SchemaFinding {
  const { keyword, instancePath: path, params } = error;
  if (keyword === "required") {
    return { path: path + jsonPointer([params.missingProperty]), problem: "is missing", hint: "Give it a value." };
  }
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    const key = String(params.additionalProperty ?? params.unevaluatedProperty);
    return {
      path: path + jsonPointer([key]),
      problem: "is not known here",
      hint: `Remove '${key}', or correct its name.`,
    };
  }
  if (keyword === "type") {
    const wanted = [params.type].flat().map(describeType).join(" or ");
    return { path, problem: `must be ${wanted}, but is ${describeKind(error.data)}`, hint: `Give it ${wanted}.` };
  }
  if (keyword === "enum") {
    return { path, ...notAllowed(error.data, params.allowedValues as unknown[]) };
  }
  return { path, problem: error.message ?? `fails '${keyword}'`, hint: "" };
}
