/**
 * Takes secrets out of whatever is kept or shown (SAFETY R16). Owns: what counts as one, and what stands in its place.
 * The one place that knows: the journal, cassettes and model adapters all ask here. Must not: be the only guard; keys
 * belong in headers, which nothing records.
 */
import type { JsonObject, JsonValue } from "./json.ts";

/** What stands where a secret stood. */
export const MASKED = "[secret]";

export interface Masker {
  text(text: string): string;
  /** All texts, keys included; the value itself where there is nothing to mask. */
  json(value: JsonValue): JsonValue;
}

export interface MaskOptions {
  /** Values that are known to be secret, such as keys in use. Shorter ones than eight characters are no secrets. */
  secrets?: readonly string[];
  /** Whether what looks like a token or a key is one; true by default. */
  hasShapes?: boolean;
  /** Whether what stands under the name of a secret header or field goes altogether; false by default. */
  hasNames?: boolean;
}

/** Known secrets shorter than this would tear ordinary words apart; no provider's keys are that short. */
const SHORTEST_SECRET = 8;

/** Lists and objects inside each other; deeper ones go altogether where anything in the value is masked. */
const DEEPEST = 512;

/** Keys of providers and services by their prefixes, authorization headers, tokens, private keys. Linear, each of them. */
const SHAPES: readonly RegExp[] = [
  /\bsk-[\w-]{12,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|xapp-|hf_|npm_|gsk_|[rs]k_(?:live|test)_)[\w-]{12,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{4,}/g,
  /(?<=\b(?:bearer|basic)[ \t]{1,4})(?=[a-z._~+/=-]{0,200}\d)[\w.~+/=-]{12,}/gi,
  /(?<=(?:\b|_)(?:x-api-key|api[-_]?key|authorization|secret|password|passwd|token)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)(?=[a-z._~+/=-]{0,200}\d)[\w.~+/=-]{12,}/gi,
  // A header of PEM may hold dashes; five of them begin its end.
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
];

/**
 * Found in every text that one of the shapes is found in; looked for first, since hardly any text has it. Letters in
 * both cases are spelled out: the flag for that makes it half as fast.
 */
const HINT =
  /sk-|A[KS]IA|AIza|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|xapp-|hf_|npm_|gsk_|k_live_|k_test_|eyJ|PRIVATE KEY|[bB][eE][aA][rR][eE]|[bB][aA][sS][iI][cC]|[aA][pP][iI][-_]?[kK]|[aA][uU][tT][hH][oO]|[sS][eE][cC][rR][eE]|[pP][aA][sS][sS][wW]|[tT][oO][kK][eE][nN]/;

/** No shape is shorter. */
const SHORTEST_SHAPE = 15;

const SECRET_NAMES =
  /^(?:(?:proxy-)?authorization|(?:x-)?api[-_]?key|x-goog-api-key|(?:set-)?cookie|password|client[-_]?secret|access[-_]?token|refresh[-_]?token)$/i;

/**
 * Our own hashes and ids of blobs, under the names that entries give them: chance alone makes one of millions look like
 * a token.
 */
const HASH_NAMES: ReadonlySet<string> = new Set(["hash", "inputHash", "requestHash", "definition", "schemas", "blob"]);
const HASH = /^(?:sha256:)?[\w-]{43,64}$/;

export function createMasker({ secrets = [], hasShapes = true, hasNames = false }: MaskOptions = {}): Masker {
  const known = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings))];
  known.sort((left, right) => right.length - left.length);
  const text = (given: string): string => {
    let masked = given;
    for (const secret of known) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASKED);
    if (!hasShapes || masked.length < SHORTEST_SHAPE || !HINT.test(masked)) return masked;
    return SHAPES.reduce((left, shape) => left.replace(shape, MASKED), masked);
  };
  const isClean = (name: string | null, value: JsonValue): boolean => {
    if (hasNames && name !== null && value !== null && SECRET_NAMES.test(name)) return false;
    return typeof value !== "string" || isOwnHash(name, value) || text(value) === value;
  };
  const masked = (name: string | null, value: JsonValue, depth: number): JsonValue => {
    if (hasNames && name !== null && value !== null && SECRET_NAMES.test(name)) return MASKED;
    if (typeof value === "string") return isOwnHash(name, value) ? value : text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > DEEPEST) return MASKED;
    if (Array.isArray(value)) return value.map((part) => masked(null, part, depth + 1));
    const fields = Object.entries(value).map(([key, part]) => [text(key), masked(key, part, depth + 1)] as const);
    return Object.fromEntries(fields);
  };
  return {
    text,
    json: (value) => (isCleanJson(value, { isClean, text }) ? value : masked(null, value, 0)),
  };
}

function isOwnHash(name: string | null, value: string): boolean {
  return name !== null && HASH_NAMES.has(name) && HASH.test(value);
}

interface Judge {
  isClean: (name: string | null, value: JsonValue) => boolean;
  text: (text: string) => string;
}

type Named = readonly [name: string | null, value: JsonValue];

/** Without recursion, so that any depth can be looked through. */
function isCleanJson(root: JsonValue, { isClean, text }: Judge): boolean {
  const open: Named[] = [[null, root]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, value] = next;
    if (!isClean(name, value) || (name !== null && text(name) !== name)) return false;
    if (typeof value === "object" && value !== null) pushParts(open, value);
  }
  return true;
}

function pushParts(open: Named[], value: JsonValue[] | JsonObject): void {
  if (Array.isArray(value)) for (const part of value) open.push([null, part]);
  else for (const name of Object.keys(value)) open.push([name, value[name] ?? null]);
}

/** As it is, in JSON text and in JSON in JSON, in addresses and forms, in hex, and in base64 with whatever is around it. */
function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inAddress = encodeURIComponent(secret);
  const lowerCase = inAddress.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const inForm = new URLSearchParams({ "": secret }).toString().slice(1);
  return [
    ...[secret, inJson, JSON.stringify(inJson).slice(1, -1), inAddress, lowerCase, inForm],
    ...[Buffer.from(secret).toString("hex"), ...base64Spellings(secret)],
  ];
}

/** Which letters stand for a text in base64 depends on what is before it, up to two bytes: those that don't, in both alphabets. */
function base64Spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const cores = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // A letter holds six bits: the first ones may hold bits of what is before, the last one of what follows.
    const isLastShared = ((before + bytes.length) * 8) % 6 !== 0;
    return text.slice(Math.ceil((before * 8) / 6), isLastShared ? -1 : undefined);
  });
  const both = cores.flatMap((core) => [core, core.replaceAll("+", "-").replaceAll("/", "_")]);
  return both.filter((core) => core.length >= SHORTEST_SECRET);
}

/** Variables that hold keys in use. */
const SECRET_VARIABLES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "OPENAI_API_KEY",
  "PLANWRIGHT_API_KEY",
  "PLANWRIGHT_TOKEN",
];

/** Values of the variables that hold keys, and of further ones by name. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>, names: readonly string[] = []): string[] {
  return [...SECRET_VARIABLES, ...names].flatMap((name) => env[name] || []);
}
