/**
 * `planwright.config.{json,js,ts}` (CONTRACTS 12). Owns: which keys this version takes, and saying so of the others.
 * A key of a later version is refused, never ignored: whoever wrote it counts on it.
 */
import { z } from "zod";
import { type Issue, jsonPointer } from "../../error/issue.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { budgetSchema } from "../../goal/run-request.ts";
import { priceSchema } from "../../model/price.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import { isJsonObject } from "../../shared/json.ts";

const configSchema = z.strictObject({
  model: z.string().min(1).optional(),
  store: z.string().min(1).optional(),
  tools: z.array(z.string().min(1)).optional(),
  prompts: z.string().min(1).optional(),
  workflows: z.string().min(1).optional(),
  limits: z.strictObject(budgetSchema.partial().shape).optional(),
  policy: z.strictObject({ visibility: z.enum(["preview", "shape"]).optional() }).optional(),
  /** By model name, such as `anthropic:NAME`; USD per million tokens. */
  prices: z.record(z.string().min(1), priceSchema).optional(),
  /** Names of environment variables whose values must be kept nowhere. */
  secrets: z.array(z.string().min(1)).optional(),
  /** Who stands in where the model has no good answer. */
  fallback: z.enum(["rule", "none"]).optional(),
});
export type Config = z.infer<typeof configSchema>;

const KEYS = Object.keys(configSchema.shape);
const LIMITS = Object.keys(budgetSchema.shape);

/** In CONTRACTS 12, but without anything behind them yet. */
const LATER_KEYS = ["mcpServers"];

/** Throws CONFIG_INVALID with one issue per problem. */
export function checkConfig(value: unknown, file: string): Config {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = isJsonObject(value)
    ? parsed.error.issues.flatMap((issue) => describe(issue))
    : [finding("", `A configuration is one object with any of ${KEYS.join(", ")}.`, "")];
  throw new PlanwrightError("CONFIG_INVALID", `Configuration '${file}' is not right.`, {
    issues,
    hint: "Correct or remove what is listed; flags and environment variables can stand in for it.",
  });
}

function describe(issue: z.core.$ZodIssue): Issue[] {
  const at = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(at, key));
  return [finding(jsonPointer(at), `${at.join(".")} is not right: ${issue.message}.`, "")];
}

function unknownKey(at: readonly (string | number)[], key: string): Issue {
  const path = jsonPointer([...at, key]);
  if (at.length === 0 && LATER_KEYS.includes(key)) {
    return finding(path, `'${key}' is not supported in this version.`, "Remove it; nothing would come of it yet.");
  }
  const known = at.length === 0 ? KEYS : LIMITS;
  const near = didYouMean(key, known);
  return finding(path, `Unknown key '${[...at, key].join(".")}'.${meantName(near)}`, `Known: ${known.join(", ")}.`);
}

function finding(path: string, message: string, hint: string): Issue {
  return { severity: "error", code: "CONFIG_INVALID", path, message, hint, fix: null };
}
