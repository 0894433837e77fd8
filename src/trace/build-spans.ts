/**
 * Spans of a run from its journal: run → plan (one decision) → chat (one answer of a model), and run → tool (one
 * attempt). Pure; entries are added in their order, live or when read. Owns: names, parents and times.
 * Must not: put content into a span (goals, texts, inputs, outputs, messages of errors): codes, names and numbers only.
 */
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import {
  answerAttributes,
  describeChat,
  describePlan,
  describeRun,
  describeTool,
  type SpanDescription,
  usageAttributes,
} from "./describe-span.ts";
import { callKey, createToolNames, type ToolNames } from "./name-tools.ts";
import { type SpanAttributes, type SpanChange, type SpanStart, spanIdOf, traceIdOf } from "./span.ts";

export interface SpanBuilder {
  /** What begins and ends with this entry. */
  add(entry: JournalEntry): SpanChange[];
  /** Spans that have begun and not ended. */
  open(): SpanStart[];
}

interface Asked {
  n: number;
  spanId: string;
  chatId: string;
  atMs: number;
  isStandIn: boolean;
}

interface OpenCall {
  seq: number;
  atMs: number;
}

interface Build {
  run: string;
  tools: ToolNames;
  model: string | null;
  open: Map<string, SpanStart>;
  /** The decision that has no verdict yet, and its newest request. */
  asked: Asked | null;
  /** The check of success criteria that a model has still to judge. */
  judging: OpenCall | null;
  calls: Map<string, OpenCall>;
  fanOuts: Set<string>;
  usage: { inputTokens: number; outputTokens: number };
  /** Time of the entry before. */
  lastMs: number;
}

/** `toolOf` tells the tool of a step by its id; it is asked when a step's outcome is added. */
export function createSpanBuilder(toolOf: (step: string) => string): SpanBuilder {
  const build: Build = {
    run: "",
    tools: createToolNames(toolOf),
    model: null,
    open: new Map(),
    asked: null,
    judging: null,
    calls: new Map(),
    fanOuts: new Set(),
    usage: { inputTokens: 0, outputTokens: 0 },
    lastMs: 0,
  };
  return {
    add(entry) {
      const changes = addEntry(build, entry);
      build.lastMs = Date.parse(entry.at);
      for (const change of changes) {
        if (change.kind === "start") build.open.set(change.spanId, change);
        else build.open.delete(change.spanId);
      }
      return changes;
    },
    open: () => [...build.open.values()],
  };
}

function addEntry(build: Build, entry: JournalEntry): SpanChange[] {
  switch (entry.kind) {
    case "run.accepted":
      return startRun(build, entry);
    case "run.resumed":
      return entry.data.seal === null ? [] : cutOff(build);
    case "run.ended":
      return endRun(build, entry);
    case "decision.requested":
      return startPlan(build, entry);
    case "decision.received":
      return chat(build, entry);
    case "decision.rejected":
      return entry.data.error === null ? [] : endPlan(build, entry, entry.data.error.code);
    case "decision.accepted":
      return endPlan(build, entry, null);
    case "recovery.applied":
      build.tools.see(entry);
      return [];
    case "success.checked":
      return judge(build, entry);
    case "step.started":
      if (entry.data.items === undefined)
        build.calls.set(callKey(entry), { seq: entry.seq, atMs: Date.parse(entry.at) });
      else build.fanOuts.add(entry.step ?? "");
      return [];
    case "step.completed":
    case "step.failed":
    case "step.unknown":
      return toolCall(build, entry);
    default:
      return [];
  }
}

function startRun(build: Build, { run, at, data }: EntryOf<"run.accepted">): SpanChange[] {
  build.run = run;
  build.model = data.model;
  return [begin(build, { seq: 0, atMs: Date.parse(at), parentId: null, ...describeRun(run, data) })];
}

function begin(
  { run }: Build,
  start: SpanDescription & { seq: number; atMs: number; parentId: string | null },
): SpanStart {
  const { seq, atMs, ...rest } = start;
  return {
    kind: "start",
    traceId: traceIdOf(run),
    spanId: spanIdOf(run, seq),
    isClient: false,
    startMs: atMs,
    ...rest,
  };
}

function endRun(build: Build, { at, data }: EntryOf<"run.ended">): SpanChange[] {
  const endMs = Date.parse(at);
  const left = [...build.open.values()].filter(({ parentId }) => parentId !== null);
  const ended = left.map(
    ({ spanId }): SpanChange => ({ kind: "end", spanId, endMs, attributes: {}, errorType: "CANCELLED" }),
  );
  const attributes = {
    "planwright.run.status": data.status,
    ...usageAttributes(build.usage),
  };
  return [...ended, { kind: "end", spanId: runId(build), endMs, attributes, errorType: data.error?.code ?? null }];
}

function runId({ run }: Build): string {
  return spanIdOf(run, 0);
}

/** A repair, and a request that a later owner makes again, belong to the span of their decision's first request. */
function startPlan(build: Build, { seq, at, data }: EntryOf<"decision.requested">): SpanChange[] {
  const atMs = Date.parse(at);
  const isFirst = build.asked?.n !== data.n;
  const known = isFirst ? spanIdOf(build.run, seq) : (build.asked?.spanId ?? "");
  build.asked = {
    n: data.n,
    spanId: known,
    chatId: chatIdOf(build.run, seq),
    atMs,
    isStandIn: data.planner !== undefined,
  };
  if (!isFirst) return [];
  return [begin(build, { seq, atMs, parentId: runId(build), ...describePlan(data) })];
}

/** The request's entry begins two spans: the decision's, and that of the answer. */
function chatIdOf(run: string, seq: number): string {
  return spanIdOf(run, seq + 0.5);
}

function endPlan(
  build: Build,
  { at, data }: EntryOf<"decision.accepted" | "decision.rejected">,
  errorType: string | null,
): SpanChange[] {
  const { asked } = build;
  if (asked === null) return [];
  const verdict = "decision" in data ? (asked.isStandIn ? "fallback" : "accepted") : "rejected";
  const attributes: SpanAttributes = {
    "planwright.decision.verdict": verdict,
    "planwright.decision.tries": data.attempt,
  };
  if ("decision" in data) attributes["planwright.decision.revision"] = data.revision;
  return [{ kind: "end", spanId: asked.spanId, endMs: Date.parse(at), attributes, errorType }];
}

/** One answer of a model; rules answer without one. A model that failed has no name in its answer. */
function chat(build: Build, { at, data }: EntryOf<"decision.received">): SpanChange[] {
  const { asked } = build;
  const model = data.model ?? (asked?.isStandIn === false && data.error !== null ? build.model : null);
  if (asked === null || model === null) return [];
  addUsage(build, data.usage);
  const start: SpanStart = {
    ...begin(build, { seq: 0, atMs: asked.atMs, parentId: asked.spanId, ...describeChat(model) }),
    spanId: asked.chatId,
    isClient: true,
  };
  const attributes = answerAttributes(data);
  const errorType = data.error?.code ?? null;
  return [start, { kind: "end", spanId: start.spanId, endMs: Date.parse(at), attributes, errorType }];
}

/** A model that judges whether the goal was met; it is asked with one entry, and has answered with the next. */
function judge(build: Build, { seq, at, data }: EntryOf<"success.checked">): SpanChange[] {
  const asked = build.judging;
  build.judging = data.met === null ? { seq, atMs: Date.parse(at) } : null;
  const { models = [], usage } = data;
  if (asked === null || data.met === null || usage === undefined || models[0] === undefined) return [];
  addUsage(build, usage);
  const start = { ...begin(build, { ...asked, parentId: runId(build), ...describeChat(models[0]) }), isClient: true };
  const attributes = { ...usageAttributes(usage), "planwright.success.met": data.met };
  return [start, { kind: "end", spanId: start.spanId, endMs: Date.parse(at), attributes, errorType: null }];
}

function addUsage({ usage }: Build, more: Build["usage"] | undefined): void {
  usage.inputTokens += more?.inputTokens ?? 0;
  usage.outputTokens += more?.outputTokens ?? 0;
}

type Outcome = EntryOf<"step.completed" | "step.failed" | "step.unknown">;

function toolCall(build: Build, entry: Outcome): SpanChange[] {
  const { step = "", index, attempt, seq, at, data } = entry;
  if (index === undefined && build.fanOuts.has(step)) return [];
  const endMs = Date.parse(at);
  // What was refused before its tool was called has no start of its own.
  const started = build.calls.get(callKey(entry)) ?? { seq, atMs: endMs };
  build.calls.delete(callKey(entry));
  addUsage(build, data.usage);
  const attributes = usageAttributes(data.usage);
  const errorType = "error" in data ? data.error.code : null;
  const start = startTool(build, { ...started, step, index, attempt: attempt ?? 1 });
  return [start, { kind: "end", spanId: start.spanId, endMs, attributes, errorType }];
}

function startTool(
  build: Build,
  { seq, atMs, step, index, attempt }: OpenCall & { step: string; index: number | undefined; attempt: number },
): SpanStart {
  const described = describeTool(build.tools.of({ step, ...(index === undefined ? {} : { index }) }), {
    run: build.run,
    step,
    index,
    attempt,
  });
  return begin(build, { seq, atMs, parentId: runId(build), ...described });
}

/** Attempts that the process before did not see the end of: they ended at the latest with its last word. */
function cutOff(build: Build): SpanChange[] {
  const changes = [...build.calls].flatMap(([key, call]): SpanChange[] => {
    const [step = "", index = ""] = key.split(" ");
    const start = startTool(build, { ...call, step, index: index === "" ? undefined : Number(index), attempt: 1 });
    const end: SpanChange = {
      kind: "end",
      spanId: start.spanId,
      endMs: build.lastMs,
      attributes: {},
      errorType: "interrupted",
    };
    return [start, end];
  });
  build.calls.clear();
  return changes;
}
