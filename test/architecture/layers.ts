/**
 * Which layer each file belongs to (DESIGN.md, "Layout"). A file imports only from its own or a lower layer.
 * First match wins; a file that no line matches has no place, and the architecture test says so.
 */
import { matchesGlob } from "node:path";

/** Number of a layer, or `plugin` for `planners/`, `tools/` and `evals/`. */
export type Layer = 0 | 1 | 2 | 3 | 4 | 5 | 6 | "plugin";

export const LAYER_NAMES: Record<Layer, string> = {
  0: "shared",
  1: "contracts",
  2: "logic",
  3: "effects",
  4: "composition",
  5: "surfaces",
  6: "public list",
  plugin: "planners, tools and evals",
};

const LAYERS: readonly (readonly [glob: string, layer: Layer])[] = [
  ["src/shared/**", 0],
  ["src/error/**", 0],

  ["src/goal/**", 1],
  ["src/tool/**", 1],
  ["src/planner/**", 1],

  ["src/plan/{decision,compiled}.ts", 1],
  ["src/plan/**", 2],

  ["src/policy/label.ts", 1],
  ["src/policy/**", 2],

  ["src/step/{step-factory,normalise-output,retry}.ts", 2],
  ["src/step/execute-call.ts", 3],

  ["src/journal/{entries,store,stored-value,fork-data}.ts", 1],
  ["src/journal/{fork-prefix,cut-prefix,entry-values}.ts", 2],
  ["src/journal/{export-run,decision-log*,chain,verify-journal,known-journal,validate-entry}.ts", 2],
  ["src/journal/{journal-head,journal-limits,blob-limit,names,store-errors}.ts", 2],
  [
    "src/journal/{move-runs,mask-store,run-cache,memory-store,file-store,store-disk,journal-file,read-journal,run-folder}.ts",
    3,
  ],
  ["src/journal/{blob-store,blob-cache,store-value,signal-files,idempotency-keys,store-lock}.ts", 3],
  ["src/journal/{owner-file,claim-epoch,process-table,group-commit,share-work,release-all,wake-list}.ts", 3],

  ["src/run/{forecast,tool-statistics,measure-plan}.ts", 2],
  ["src/run/{run-result,dry-run,replay-report,inherit,forked-decision,may-repeat}.ts", 2],
  ["src/run/{new-ledger,recovery-rules,check-success}.ts", 2],
  ["src/run/{run-machine,counters,phase,run-state,run-status,describe-machine}.ts", 2],
  ["src/run/{ledger*,tallies,apply-*,settle-step,step-table,reservations,ready-queue,mailbox}.ts", 2],
  ["src/run/{bind-call,build-planning-request,check-proposal,check-run-output,commands,project-result}.ts", 2],
  [
    "src/run/{run-driver,driver-core,take-up-run,start-calls,settle-call,reserve-call,approvals,decide,call-planner,early-steps,handle-message,ask-planner,finish-run,stop-run}.ts",
    3,
  ],
  [
    "src/run/{recover-call,given-input,compensate,repair-call,reconcile-call,review-plan,record-observations,ask-judge}.ts",
    3,
  ],
  ["src/run/{driver-commands,listen-for-signals,let-go,journal-room,entry-listeners}.ts", 3],

  ["src/model/{model,account,usage,price}.ts", 1],
  ["src/model/schema-rejection.ts", 2],
  ["src/model/**", 3],

  ["src/prompt/prompt.ts", 1],
  ["src/prompt/load-prompts.ts", 3],
  ["src/prompt/**", 2],
  ["src/dialect/**", 2],

  ["src/workflow/workflow.ts", 1],
  ["src/workflow/load-workflows.ts", 3],
  ["src/workflow/**", 2],

  ["src/eval/case.ts", 1],
  ["src/eval/{score,scorer-input,score-trial,not-applicable,gold,case-*,check-case,align-plans,compare-*}.ts", 2],
  [
    "src/eval/{optimal-assignment,plan-order,plan-agreement,value-likeness,condition-likeness,step-parts,tell-steps-apart}.ts",
    2,
  ],
  ["src/eval/{statistics,judge}/**", 2],
  ["src/eval/{suite,trial-record,loaded-suite,cluster,baseline}.ts", 2],
  ["src/eval/{report,export}/**", 2],
  ["src/eval/run/**", 4],
  ["src/eval/{run-suite,evaluate-suite,evaluate-journal}.ts", 4],
  ["src/evals.ts", 6],

  ["src/trace/{span,metric,durations,gen-ai-names}.ts", 1],
  [
    "src/trace/{run-tally,aggregate-stats,metric-families,metrics-text,build-spans,describe-span,name-tools,fold-summaries,span-ids}.ts",
    2,
  ],
  ["src/trace/**", 3],

  ["planners/**", "plugin"],
  ["tools/**", "plugin"],
  ["evals/**", "plugin"],

  ["src/runtime/**", 4],
  ["src/create-runtime.ts", 4],
  ["src/{server,client,cli,inspector,testing}/**", 5],
  ["src/index.ts", 6],
];

/** The file's layer, or null where the table does not name it. Paths are relative to the project, with `/`. */
export function layerOf(path: string): Layer | null {
  return LAYERS.find(([glob]) => matchesGlob(path, glob))?.[1] ?? null;
}

/** Why `from` must not import `to`, or null where it may. */
export function whyForbidden(from: string, to: string): string | null {
  const [lower, upper] = [layerOf(to), layerOf(from)];
  if (lower === null) return to.endsWith(".json") ? null : "it has no layer, or is no part of the product";
  if (upper === null) return null;
  if (upper === "plugin") {
    if (topFolder(from) === topFolder(to)) return null;
    return typeof lower === "number" && lower <= 2
      ? null
      : "planners, tools and evals import only layers 0 to 2 of src";
  }
  if (lower === "plugin") return upper >= 4 ? null : "only create-runtime and layer 5 import planners, tools and evals";
  if (lower <= upper) return null;
  return `layer ${upper} (${LAYER_NAMES[upper]}) must not import layer ${lower} (${LAYER_NAMES[lower]})`;
}

function topFolder(path: string): string {
  return path.slice(0, path.indexOf("/"));
}
