/** Approvals of single calls (SAFETY, security rule 4). Owns: what they are bound to, and when they expire. */
import { jsonPointer } from "../error/issue.ts";
import { errorShape } from "../error/planwright-error.ts";
import type { Approval } from "../journal/entries.ts";
import { resolveValue } from "../plan/resolve-value.ts";
import type { Label } from "../policy/label.ts";
import { isoTime } from "../shared/clock.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import { newId } from "../shared/random.ts";
import type { Tool } from "../tool/tool.ts";
import { append, type DriverCore, failCallNow, post, setTimer } from "./driver-core.ts";
import { address, type Call } from "./ledger.ts";
import { scopeOf } from "./ledger-scope.ts";

/** A call with its resolved input, as the gate judged it. */
export interface JudgedCall {
  tool: Tool;
  value: JsonValue;
  label: Label;
  inputHash: string;
}

/** True where a granted approval for exactly this call is at hand; else one is asked for, or the call is refused. */
export function requestApproval(core: DriverCore, call: Call, judged: JudgedCall & { rule: string }): boolean {
  const { ledger } = core.state;
  const hash = approvalHash(ledger.run, call, judged);
  const known = call.approval === null ? undefined : ledger.approvals.get(call.approval);
  if (known?.status === "granted" && known.approval.hash === hash) return true;
  if (ledger.accepted.denyApprovals) {
    const error = errorShape(
      "APPROVAL_DENIED",
      `Step '${call.step.id}' needs an approval (rule ${judged.rule}), and this run denies all.`,
      { hint: 'Start a run without approve: "none", or grant the call in approve.' },
    );
    failCallNow(core, call, error);
    return false;
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
    input: judged.value,
    hash,
    rule: judged.rule,
    provenance: provenanceOf(core, call),
    expiresAt: isoTime(clock.now() + limits.approvalTtlMs),
  };
  append(core, { kind: "approval.requested", ...address(call), data: { approval } });
  watchExpiry(core, approval);
  return false;
}

/** Hash of run, step, index, tool, tool version and input. */
function approvalHash(run: string, call: Call, judged: JudgedCall): string {
  return hashJson([run, call.step.id, call.index, judged.tool.name, judged.tool.version, judged.value]);
}

export function watchExpiry(core: DriverCore, approval: Approval): void {
  const delayMs = Math.max(0, Date.parse(approval.expiresAt) - core.environment.clock.now());
  const { step, index } = approval;
  const at = { ...(step === null ? {} : { step }), ...(index === null ? {} : { index }) };
  const fire = (): void => post(core, { kind: "approval.expired", ...at, data: { approval: approval.id } });
  setTimer(core, `approval ${approval.id}`, { delayMs, fire });
}

/** Where each argument came from. */
function provenanceOf(core: DriverCore, call: Call): Approval["provenance"] {
  const scope = scopeOf(core.state.ledger, call.step, call.index);
  return call.step.compiled.input.fields.flatMap(([name, value]) => {
    const resolved = resolveValue(value, scope);
    return resolved.kind === "value" ? [{ path: jsonPointer([name]), ...resolved.label }] : [];
  });
}
