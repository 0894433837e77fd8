/**
 * `planwright replay RUN…`: folds and verifies; with --model or --prompt asks the decisions again, runs no tool. Exit 0
 * where every journal is whole, whatever was answered. With --json one document for all runs.
 */
import { addCost, addUsage, NO_USAGE } from "../../model/usage.ts";
import type { RunReplay } from "../../run/replay-report.ts";
import type { ReplayOptions } from "../../runtime/replay-run.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { withReadSession, withSession } from "../open-session.ts";
import { renderReplay } from "../render/render-replay.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function replayCommand(call: Call): Promise<number> {
  const { args, extra, options, report } = call;
  const { model, prompt, recordedModel, noise = 1, maxCostUsd = 1 } = options;
  const isAsking = model !== undefined || prompt !== undefined;
  const open = isAsking ? withSession : withReadSession;
  return open(call, async (session) => {
    if (isAsking) tellPlanner(session);
    const runs: RunReplay[] = [];
    let leftUsd = maxCostUsd;
    for (const name of [args[0] ?? "", ...extra]) {
      const asked: ReplayOptions = { ask: isAsking, noise, maxCostUsd: leftUsd };
      if (recordedModel !== undefined) asked.recorded = recordedModel;
      const replay = await session.runtime.replay(await findRun(session.store, name), asked);
      leftUsd = Math.max(0, leftUsd - (replay.costUsd ?? 0));
      if (runs.length > 0) report.print("");
      report.print(renderReplay(replay, report.style).join("\n"));
      runs.push(replay);
    }
    if (report.isJson) report.printJson(documentOf(runs));
    return EXIT.ok;
  });
}

function documentOf(runs: readonly RunReplay[]): object {
  return {
    v: 1,
    runs,
    usage: runs.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    costUsd: runs.reduce<number | null>((sum, { costUsd }) => addCost(sum, costUsd), 0),
  };
}
