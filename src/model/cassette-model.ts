/**
 * A model that was recorded: it gives the answers, and the failures, that another model gave to the same requests.
 * Owns: which recorded call belongs to a request, and what is written down. Must not: answer what was not recorded.
 *
 * Equal requests are told apart by trial and by number: the nth equal request that one cassette model gets in a trial is
 * the nth that was recorded. Of two recordings of the same call the later one counts.
 */
import { resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import type { FileSystem } from "../shared/file-system.ts";
import { createMasker, type Masker } from "../shared/mask-secrets.ts";
import { nodeFileSystem } from "../shared/node-file-system.ts";
import {
  type CassetteContent,
  type CassetteWriter,
  createCassetteWriter,
  readCassette,
} from "./cassette/cassette-file.ts";
import type { CassetteCall, CassetteHeader, CassetteLine } from "./cassette/cassette-line.ts";
import { missError } from "./cassette/explain-miss.ts";
import { callLine, replayCall } from "./cassette/recorded-call.ts";
import { keyOf, type ReadRequest, readRequest, textLines } from "./cassette/request-parts.ts";
import { type AttemptOptions, type Model, type ModelAnswer, ModelError, type ModelRequest } from "./model.ts";

/** `replay`: only what is recorded; `record`: ask and write down; `auto`: what is recorded, else ask and write down. */
export const CASSETTE_MODES = ["replay", "record", "auto"] as const;
export type CassetteMode = (typeof CASSETTE_MODES)[number];

export interface CassetteOptions {
  /** JSON Lines file; recording makes it, with its folder, and only ever appends to it. */
  file: string;
  mode: CassetteMode;
  /** Who is asked; required for `record` and `auto`. */
  inner?: Model;
  /** Values that must not be written, such as the inner model's key; those under 8 characters are not looked for. */
  secrets?: readonly string[];
  fileSystem?: FileSystem;
  clock?: Clock;
}

export interface CassetteModel extends Model {
  readonly mode: CassetteMode;
  readonly file: string;
  /** What a person should know of the file, such as a torn last line. */
  readonly notes: readonly string[];
  /** How many calls are recorded by now. */
  recorded(): number;
}

/**
 * Opens a cassette. Name, price, formats and limits are those of the recorded model; `provider` is `cassette`. Throws
 * CONFIG_INVALID where the file is missing, damaged or of another model. The model throws CASSETTE_MISS that says what
 * changed, and STORE_IO where an answer could not be written down.
 */
export async function createCassetteModel(options: CassetteOptions): Promise<CassetteModel> {
  const { file, mode, inner, secrets = [], fileSystem = nodeFileSystem, clock = systemClock } = options;
  if (mode !== "replay" && inner === undefined) throw withoutInner(file, mode);
  const content = (await readCassette({ file, fileSystem })) ?? emptyContent();
  const header = content.header ?? (inner === undefined || mode === "replay" ? null : headerOf(inner));
  if (header === null) throw nothingRecorded(file);
  if (inner !== undefined && inner.name !== header.model.name) throw otherModel(file, inner.name, header.model.name);
  const deck: Deck = {
    ...{ file, header, content, clock, mode, inner: inner ?? null },
    writer: createCassetteWriter({ file, fileSystem }, content.tail),
    masker: createMasker({ secrets, hasNames: true }),
    byKey: new Map(content.calls.map((line) => [line.key, line])),
    counts: new Map(),
  };
  const { provider, ...facts } = header.model;
  return {
    ...facts,
    price: inner === undefined ? facts.price : inner.price,
    provider: "cassette",
    rulesOf: provider,
    mode,
    file,
    notes: content.notes,
    recorded: () => deck.byKey.size,
    generate: (request, attempt) => generate(deck, request, attempt),
  };
}

const PREFIX = "cassette:";

/**
 * Opens `cassette:FILE` for replay, or as `options` say; relative files start from `folder`. Throws CONFIG_INVALID.
 */
export async function openCassette(
  spec: string,
  options: Partial<Omit<CassetteOptions, "file">> & { folder?: string } = {},
): Promise<CassetteModel> {
  const { folder = ".", mode = "replay", ...others } = options;
  const file = spec.startsWith(PREFIX) ? spec.slice(PREFIX.length) : "";
  if (file === "") {
    throw new PlanwrightError("CONFIG_INVALID", `'${spec.slice(0, 200)}' names no cassette.`, {
      hint: "Write cassette:FILE, such as cassette:./answers.jsonl.",
    });
  }
  return createCassetteModel({ ...others, mode, file: resolve(folder, file) });
}

interface Deck {
  file: string;
  mode: CassetteMode;
  header: CassetteHeader;
  content: CassetteContent;
  inner: Model | null;
  writer: CassetteWriter;
  masker: Masker;
  clock: Clock;
  byKey: Map<string, CassetteCall>;
  /** How often each request was asked so far. */
  counts: Map<string, number>;
}

async function generate(deck: Deck, request: ModelRequest, attempt: AttemptOptions): Promise<ModelAnswer> {
  const { name: model, provider } = deck.header.model;
  const read = readRequest(request, { provider, model, masker: deck.masker });
  const { trial = 1 } = attempt;
  const equal = keyOf(read.parts, { trial, call: 0 });
  const call = (deck.counts.get(equal) ?? 0) + 1;
  deck.counts.set(equal, call);
  try {
    return await answerOf(deck, {
      read,
      request,
      attempt,
      place: { key: keyOf(read.parts, { trial, call }), trial, call },
    });
  } catch (thrown) {
    // What is not kept must not count either, or a replay without the interruption would miss.
    if (!isWorthKeeping(thrown) && deck.counts.get(equal) === call) deck.counts.set(equal, call - 1);
    throw thrown;
  }
}

async function answerOf(deck: Deck, asked: Asked): Promise<ModelAnswer> {
  const { file, content, inner, mode, byKey } = deck;
  const { request, attempt, place, read } = asked;
  const line = mode === "record" ? undefined : byKey.get(place.key);
  if (line !== undefined) return replayCall(line, request, attempt);
  if (inner !== null && mode !== "replay") return record(deck, inner, asked);
  const textOf = (hash: string): string | undefined => read.texts.get(hash) ?? content.texts.get(hash);
  const { trial, call } = place;
  throw missError({ file, parts: read.parts, trial, call, recorded: content.calls, textOf });
}

interface Asked {
  read: ReadRequest;
  request: ModelRequest;
  attempt: AttemptOptions;
  place: { key: string; trial: number; call: number };
}

async function record(deck: Deck, inner: Model, asked: Asked): Promise<ModelAnswer> {
  const { read, place } = asked;
  const { attempt, told } = listenTo(asked.attempt);
  const startedAt = deck.clock.monotonic();
  const facts = () => ({
    ...{ ...place, parts: read.parts, masker: deck.masker, ...told() },
    latencyMs: Math.round(deck.clock.monotonic() - startedAt),
  });
  let answer: ModelAnswer;
  try {
    answer = await inner.generate(asked.request, attempt);
  } catch (thrown) {
    if (isWorthKeeping(thrown)) await keep(deck, read, callLine({ ...facts(), error: thrown }));
    throw thrown;
  }
  await keep(deck, read, callLine({ ...facts(), answer }));
  return answer;
}

/** The same attempt, whose pieces and signs of life are noted on their way. */
function listenTo(attempt: AttemptOptions) {
  const { onText, onActivity } = attempt;
  const pieces: string[] = [];
  let wasHeard = false;
  const heard: AttemptOptions = {
    ...attempt,
    onActivity: () => {
      wasHeard = true;
      onActivity?.();
    },
  };
  if (onText !== undefined) {
    heard.onText = (piece) => {
      pieces.push(piece);
      onText(piece);
    };
  }
  const told = () => ({ pieces: onText === undefined ? null : pieces, wasHeard: wasHeard || pieces.length > 0 });
  return { attempt: heard, told };
}

/** What the model did; not that the caller went away, and not our own faults. */
function isWorthKeeping(thrown: unknown): thrown is PlanwrightError {
  return thrown instanceof PlanwrightError && thrown.category === "model" && thrown.code !== "CASSETTE_MISS";
}

async function keep(deck: Deck, { texts }: ReadRequest, line: CassetteCall): Promise<void> {
  const { content, header, byKey, file } = deck;
  const lines = (): CassetteLine[] => [
    ...(content.header === null ? [header] : []),
    ...textLines(texts, content.texts),
    line,
  ];
  try {
    await deck.writer.append(lines);
  } catch (thrown) {
    const usage = line.answer?.usage ?? line.error?.usage ?? null;
    throw new ModelError("STORE_IO", `Cassette '${file}' could not take an answer: ${describeThrown(thrown)}.`, {
      hint: "Free some space or choose another file; the answer was paid for, but is not kept.",
      ...{ usage, cause: thrown },
    });
  }
  content.header = header;
  for (const [hash, text] of texts) content.texts.set(hash, text);
  content.calls.push(line);
  byKey.set(line.key, line);
}

function headerOf({ name, provider, rulesOf = provider, price, maxOutputTokens, formats }: Model): CassetteHeader {
  return { v: 1, kind: "cassette", model: { name, provider: rulesOf, price, maxOutputTokens, formats: [...formats] } };
}

function emptyContent(): CassetteContent {
  const tail = { keepBytes: null, needsLineEnd: false };
  return { header: null, texts: new Map(), calls: [], notes: [], tail };
}

function withoutInner(file: string, mode: CassetteMode): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Cassette '${file}' can't ${mode}: there is no model to ask.`, {
    hint: "Give the model as `inner`, or open the cassette with mode 'replay'.",
  });
}

function nothingRecorded(file: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Cassette '${file}' is missing or empty.`, {
    hint: "Check the name, or record it first with mode 'record' or 'auto' and a model.",
  });
}

function otherModel(file: string, asked: string, recorded: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Cassette '${file}' is of '${recorded}', not of '${asked}'.`, {
    hint: "One cassette holds one model: name another file for this one.",
  });
}
