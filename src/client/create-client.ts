/**
 * A typed client of the HTTP interface, for browsers and Node. Owns: paths and bodies, which a test holds against the
 * OpenAPI document. Must not: import anything of Node.
 */
import type { Grant } from "../goal/run-request.ts";
import type { DecisionLogEntry } from "../journal/decision-log-entry.ts";
import type { DryRun } from "../run/dry-run.ts";
import type { RunEvent, RunListItem, RunResult, RunStatus } from "../run/run-result.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import { readJson, type Sending, type Server } from "./call-server.ts";
import { type FollowOptions, followRun } from "./follow-run.ts";
import { bodyOf, type StartRequest } from "./start-request.ts";

export interface ClientOptions {
  /** Where the server is: what `planwright serve` prints. */
  url: string;
  token: string;
  /** The global one by default. */
  fetch?: typeof fetch;
  /** Times the pauses before the stream of events is opened again. */
  clock?: Clock;
}

export interface RunReference {
  id: string;
  status: RunStatus;
}

export interface ListQuery {
  status?: RunStatus;
  q?: string;
  workflow?: string;
  /** 1 to 1,000; 50 by default. */
  limit?: number;
  cursor?: string;
}

export interface CallOptions {
  signal?: AbortSignal;
}

/** Every method throws ClientError with the server's code, such as NOT_FOUND or RUN_NOT_WAITING. */
export interface Client {
  /** Resolves once the run is accepted and durable. With a key the same call again gives the same run. */
  start(request: StartRequest, options?: CallOptions & { idempotencyKey?: string }): Promise<RunReference>;
  /** Resolves once the run has ended, or waits for a person (`status: "waiting"`). */
  wait(id: string, options?: CallOptions): Promise<RunResult>;
  /** `start`, then `wait`. */
  run(request: StartRequest, options?: CallOptions & { idempotencyKey?: string }): Promise<RunResult>;
  /** Every event once, in order, until the run has ended; a broken connection is made again. */
  events(id: string, options?: FollowOptions): AsyncIterable<RunEvent>;
  get(id: string, options?: CallOptions): Promise<RunResult>;
  /** Newest first; `next` is the cursor of the next page. */
  list(query?: ListQuery, options?: CallOptions): Promise<{ items: RunListItem[]; next: string | null }>;
  decisions(id: string, options?: CallOptions): Promise<DecisionLogEntry[]>;
  /** Plans and checks; nothing runs. */
  plan(request: StartRequest, options?: CallOptions): Promise<DryRun>;
  approve(id: string, answer?: { approval?: string; hash?: string; plan?: JsonValue }): Promise<RunReference>;
  reject(id: string, answer?: { approval?: string; reason?: string }): Promise<RunReference>;
  answer(id: string, answer: JsonValue): Promise<RunReference>;
  cancel(id: string): Promise<RunReference>;
  resume(id: string): Promise<RunReference>;
  /** Another run from what this one had settled before decision `atDecision`; that decision is asked again, or is `plan`. */
  fork(
    id: string,
    from: { atDecision: number; goal?: string; plan?: JsonValue; approve?: Grant[] | "none" },
  ): Promise<RunReference>;
}

/**
 * Makes a client.
 *
 * ```ts
 * const client = createClient({ url, token });
 * const result = await client.run({ goal: "Summarise this.", document: { name: "note.md", text } });
 * ```
 */
export function createClient({ url, token, fetch = globalThis.fetch, clock = systemClock }: ClientOptions): Client {
  const server: Server = { url, token, fetch: (...given) => fetch(...given) };
  const read = <T>(path: string, sending: Sending): Promise<T> => readJson<T>(server, path, sending);
  const tell = (id: string, word: string, body: object): Promise<RunReference> =>
    read(`${pathOf(id)}/${word}`, { method: "POST", body });
  const get: Client["get"] = (id, { signal } = {}) => read(pathOf(id), { signal });
  const events: Client["events"] = (id, options) => followRun({ server, clock }, id, options);
  const start: Client["start"] = (request, { idempotencyKey, signal } = {}) =>
    read("/v1/runs", {
      method: "POST",
      body: bodyOf(request),
      headers: idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
      signal,
    });
  const wait: Client["wait"] = async (id, options) => {
    const now = await get(id, options);
    return isSettled(now) ? now : settled({ get, events }, id, options);
  };
  return {
    start,
    wait,
    run: async (request, options) => wait((await start(request, options)).id, options),
    events,
    get,
    list: (query = {}, { signal } = {}) => read(`/v1/runs${queryOf(query)}`, { signal }),
    decisions: (id, { signal } = {}) => read(`${pathOf(id)}/decisions`, { signal }),
    plan: (request, { signal } = {}) => read("/v1/plans", { method: "POST", body: bodyOf(request), signal }),
    approve: (id, answer = {}) => tell(id, "approve", answer),
    reject: (id, answer = {}) => tell(id, "reject", answer),
    answer: (id, answer) => tell(id, "answer", { answer }),
    cancel: (id) => tell(id, "cancel", {}),
    resume: (id) => tell(id, "resume", {}),
    fork: (id, from) => tell(id, "fork", from),
  };
}

const LOOK_AT: ReadonlySet<string> = new Set(["run.waiting", "run.ended"]);

async function settled(
  { get, events }: Pick<Client, "get" | "events">,
  id: string,
  options: CallOptions = {},
): Promise<RunResult> {
  for await (const { kind } of events(id, options)) {
    if (!LOOK_AT.has(kind)) continue;
    const result = await get(id, options);
    if (isSettled(result)) return result;
  }
  options.signal?.throwIfAborted();
  return get(id, options);
}

/** Nothing happens any more without a person. */
function isSettled({ endedAt, waiting }: RunResult): boolean {
  return endedAt !== null || (waiting !== null && waiting.reason !== "retry-at");
}

function pathOf(id: string): string {
  return `/v1/runs/${encodeURIComponent(id)}`;
}

function queryOf(query: ListQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}
