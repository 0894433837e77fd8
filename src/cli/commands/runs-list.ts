/** `planwright runs [list]`: every run, newest first. With --json the same as GET /v1/runs: {items, next}. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { RUN_STATUSES, type RunListItem, type RunStatus } from "../../run/run-result.ts";
import type { ListOptions } from "../../runtime/list-runs.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import type { Call, CliOptions } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { withReadSession } from "../open-session.ts";
import { durationText, timeText } from "../render/duration.ts";
import { renderTable } from "../render/render-table.ts";
import type { Style } from "../render/style.ts";
import { cutToWidth } from "../render/text-width.ts";
import { visibleLine } from "../render/visible-text.ts";
import { refuseExtra } from "./refuse-extra.ts";

const WORDS = [
  ...["list", "show", "watch", "approve", "reject", "answer", "cancel", "resume"],
  ...["fork", "export", "import", "verify", "rm"],
];
const LONGEST_GOAL = 60;

export async function runsListCommand(call: Call): Promise<number> {
  const { report, options } = call;
  refuseExtra(call, { command: "runs", words: WORDS });
  return withReadSession(call, async ({ runtime, commandLine }) => {
    const page = await runtime.runs.list(listOptions(options));
    if (report.isJson) report.printJson(page);
    else if (page.items.length === 0) report.note('No runs here. Start one with planwright run "<goal>" -d FILE.');
    else report.print(renderList(page.items, { style: report.style, width: report.columns() }).join("\n"));
    if (!report.isJson && page.next !== null)
      report.note(`More with ${commandLine("runs", "list", "--cursor", page.next)}`);
    return EXIT.ok;
  });
}

function listOptions({ status, query, limit, cursor }: CliOptions): ListOptions {
  return {
    ...(status === undefined ? {} : { status: statusOf(status) }),
    ...(query === undefined ? {} : { q: query }),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function statusOf(text: string): RunStatus {
  const found = RUN_STATUSES.find((status) => status === text);
  if (found !== undefined) return found;
  const near = didYouMean(text, RUN_STATUSES);
  throw new PlanwrightError("VALIDATION", `There is no status '${text}'.${meantName(near)}`, {
    hint: `One of ${RUN_STATUSES.join(", ")}.`,
  });
}

/** Of a run that could not be read, with why: it has no journal head. */
function statusText({ status, error, journalHead }: RunListItem): string {
  return journalHead === "" && error !== null ? `${status} (${error.code})` : status;
}

function renderList(items: readonly RunListItem[], options: { style: Style; width: number | null }): string[] {
  const rows = items.map((item) => [
    item.id,
    statusText(item),
    timeText(item.createdAt),
    durationText(item.durationMs),
    cutToWidth(visibleLine(item.goal), LONGEST_GOAL),
  ]);
  return renderTable({ columns: ["run", "status", "created (UTC)", "took", "goal"], rows }, options);
}
