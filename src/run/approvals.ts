/** Approvals of single calls (SAFETY, security rule 4). Owns: what they are bound to, and when they expire. */
import { jsonPointer } from "../error/issue.ts";
import { errorShape } from "../error/planwright-error.ts";
import type { Approval } from "../journal/entries.ts";
import { traceValue } from "../plan/trace-value.ts";
import { joinLabels, TRUSTED, trusted } from "../policy/label.ts";
import { isoTime } from "../shared/clock.ts";
import { hashJson } from "../shared/hash.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { MASKED } from "../shared/mask-secrets.ts";
import { newId } from "../shared/random.ts";
import { isSameJson } from "../shared/same-json.ts";
import type { BoundCall } from "./bind-call.ts";
import { append, type DriverCore, failCallNow, post, setTimer } from "./driver-core.ts";
import { address, type Call } from "./ledger.ts";
import { scopeOf } from "./ledger-scope.ts";

/** What an approval allows: the input that was shown. */
interface Approved {
  approval: string;
  input: unknown;
}

/** The granted approval for exactly this call; null where one is asked for now, or the call is refused. */
export function requestApproval(core: DriverCore, call: Call, judged: BoundCall & { rule: string }): Approved | null {
  const { ledger } = core.state;
  const known = call.approval === null ? undefined : ledger.approvals.get(call.approval);
  const kept = keptInput(core, judged);
  const granted = known?.status === "granted" ? approvedInput(known.approval, call, { ...judged, kept }) : null;
  if (known !== undefined && granted !== null) return { approval: known.approval.id, ...granted };
  if (ledger.accepted.denyApprovals) {
    const error = errorShape(
      "APPROVAL_DENIED",
      `Step '${call.step.id}' needs an approval (rule ${judged.rule}), and this run denies all.`,
      { hint: 'Start a run without approve: "none", or grant the call in approve.' },
    );
    failCallNow(core, call, error);
    return null;
  }
  const { clock, random, limits } = core.environment;
  const approval: Approval = {
    id: newId("apr", { nowMs: clock.now(), random }),
    kind: "step",
    run: ledger.run,
    step: call.step.id,
    index: call.index,
    tool: judged.tool.name,
    toolVersion: judged.tool.version,
    input: kept,
    hash: approvalHash(call, judged, { run: ledger.run, input: kept }),
    rule: judged.rule,
    provenance: provenanceOf(core, call, judged),
    expiresAt: isoTime(clock.now() + limits.approvalTtlMs),
  };
  append(core, { kind: "approval.requested", ...address(call), data: { approval } });
  watchExpiry(core, approval);
  return null;
}

/** The shown input as the journal keeps it, and a person sees it: without what looks like a secret (SAFETY R16). */
function keptInput({ journal }: DriverCore, { shown }: BoundCall): JsonValue {
  return journal.mask?.(shown) ?? shown;
}

/**
 * What the tool is given under an approval, or null where it is for another call. Where a default differs each time it
 * is made (a time, a random id), the tool gets the one that was shown.
 */
function approvedInput(
  approval: Approval,
  call: Call,
  judged: BoundCall & { kept: JsonValue },
): { input: unknown } | null {
  const { run, input } = approval;
  const { raw, bound, isWhole, ...now } = judged;
  if (approvalHash(call, judged, { run, input }) !== approval.hash) return null;
  if (isSameJson(input, now.kept)) return { input: bound };
  const approved = isWhole && !isSameJson(input, raw) ? restored(input, now) : undefined;
  return approved === undefined ? null : { input: structuredClone(approved) };
}

/** What was approved, with what the journal does not keep of it; undefined where that cannot be told any more. */
function restored(approved: JsonValue, now: { shown: JsonValue; kept: JsonValue }): JsonValue | undefined {
  if (isSameJson(approved, now.kept)) return now.shown;
  if (!isJsonObject(approved)) return JSON.stringify(approved).includes(MASKED) ? undefined : approved;
  const [shown, kept] = [fieldsOf(now.shown), fieldsOf(now.kept)];
  const fields = Object.entries(approved).map(([name, value]): [string, JsonValue | undefined] => [
    name,
    restored(value, { shown: shown[name] ?? null, kept: kept[name] ?? null }),
  ]);
  if (fields.some(([name, value]) => value === undefined || name.includes(MASKED))) return undefined;
  return Object.fromEntries(fields) as JsonObject;
}

/** Hash of run, step, index, tool, tool version and the input shown; and of the plan's own, where that is another. */
function approvalHash(call: Call, { tool, raw }: BoundCall, { run, input }: Pick<Approval, "run" | "input">): string {
  const made = isSameJson(input, raw) ? [] : [hashJson(raw)];
  return hashJson([run, call.step.id, call.index, tool.name, tool.version, input, ...made]);
}

export function watchExpiry(core: DriverCore, approval: Approval): void {
  const delayMs = Math.max(0, Date.parse(approval.expiresAt) - core.environment.clock.now());
  const { step, index } = approval;
  const at = { ...(step === null ? {} : { step }), ...(index === null ? {} : { index }) };
  const fire = (): void => post(core, { kind: "approval.expired", ...at, data: { approval: approval.id } });
  setTimer(core, `approval ${approval.id}`, { delayMs, fire });
}

/** Where each argument came from; what the tool's schema made of it, or added, has the tool as an origin. */
function provenanceOf(core: DriverCore, call: Call, { tool, raw, shown }: BoundCall): Approval["provenance"] {
  const scope = scopeOf(core.state.ledger, call.step, call.index);
  const { fields } = call.standIn?.input ?? call.step.compiled.input;
  const labels = new Map(fields.map(([name, value]) => [name, traceValue(value, scope).label]));
  const given = fieldsOf(raw);
  return Object.entries(fieldsOf(shown)).map(([name, value]) => {
    const isAsGiven = Object.hasOwn(given, name) && isSameJson(value, given[name]);
    const own = labels.get(name) ?? TRUSTED;
    const label = isAsGiven ? own : joinLabels(own, trusted(`tool:${tool.name}`));
    return { path: jsonPointer([name]), ...label };
  });
}

function fieldsOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
