/**
 * `planwright doctor`: is this machine and this configuration fit to run? Prints no key. Only with --ask it reaches the
 * network: it asks the model one short question.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { asPlanwrightError } from "../../error/planwright-error.ts";
import { createModelCaller } from "../../model/call-model.ts";
import type { ModelRequest } from "../../model/model.ts";
import { VERSION } from "../../shared/version.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { type Session, withSession } from "../open-session.ts";
import type { Style } from "../render/style.ts";
import { padText } from "../render/text-width.ts";
import { visibleLine } from "../render/visible-text.ts";
import { keysFound } from "../settings/choose-planner.ts";

interface Check {
  name: string;
  status: "ok" | "failed";
  detail: string;
}

const LEAST_NODE = [22, 15] as const;

export async function doctorCommand(call: Call): Promise<number> {
  const { report } = call;
  const checks = [checkNode(process.versions.node), ...(await checkSetting(call)), checkKeys(call)];
  const isHealthy = checks.every(({ status }) => status === "ok");
  if (report.isJson) report.printJson({ v: 1, planwright: VERSION, healthy: isHealthy, checks });
  else report.print(renderChecks(checks, report.style).join("\n"));
  return isHealthy ? EXIT.ok : EXIT.failed;
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return {
    name: "node",
    status: isEnough ? "ok" : "failed",
    detail: isEnough ? version : `${version}; ${LEAST_NODE.join(".")} or later is needed`,
  };
}

/** Configuration, planner, tools and store; what keeps a session from opening is the one finding. */
async function checkSetting(call: Call): Promise<Check[]> {
  try {
    return await withSession(call, async (session) => [
      { name: "configuration", status: "ok", detail: session.settings.configFile ?? "none; defaults" },
      { name: "planner", status: "ok", detail: describePlanner(session) },
      { name: "tools", status: "ok", detail: `${session.runtime.tools.length} registered` },
      await checkStore(session),
      ...(call.options.ask === true ? [await askModel(session)] : []),
    ]);
  } catch (thrown) {
    const { code, message, hint, issues } = asPlanwrightError(thrown);
    const found = issues.map((issue) => `${issue.message} ${issue.hint}`.trim()).join(" ");
    return [{ name: "configuration", status: "failed", detail: `${code}: ${message} ${found || hint}`.trim() }];
  }
}

function describePlanner({ runtime, settings, call: { options } }: Session): string {
  const { model, why } = settings.planner;
  const asked = model === null || options.ask === true ? "" : "; not asked, --ask does";
  return `${runtime.plannerName}${model === null ? "" : ` ${model}`} (${why}${asked})`;
}

/** One call, with the retries and limits of every other. */
async function askModel({ model }: Session): Promise<Check> {
  if (model === null) return { name: "model", status: "ok", detail: "none; rules plan" };
  try {
    const caller = createModelCaller(model);
    const { usage, costUsd, model: answered } = await caller.call(QUESTION, { signal: new AbortController().signal });
    const cost = costUsd === null ? "price unknown" : `${costUsd.toFixed(6)} USD`;
    const tokens = usage.inputTokens + usage.outputTokens;
    return { name: "model", status: "ok", detail: `${model.name} answered as ${answered} (${tokens} tokens, ${cost})` };
  } catch (thrown) {
    const { code, message, hint } = asPlanwrightError(thrown);
    return { name: "model", status: "failed", detail: `${code}: ${message} ${hint}`.trim() };
  }
}

const QUESTION: ModelRequest = {
  system: [],
  messages: [{ role: "user", parts: [{ text: "Answer with the one word: ready" }] }],
  format: { kind: "text" },
  maxOutputTokens: 256,
  parameters: {},
};

async function checkStore({ settings, store }: Session): Promise<Check> {
  const folder = settings.store;
  try {
    accessSync(nearestFolder(folder), constants.R_OK | constants.W_OK | constants.X_OK);
    const runs = (await store.list()).length;
    return {
      name: "store",
      status: "ok",
      detail: existsSync(folder)
        ? `${folder} (${runs} ${runs === 1 ? "run" : "runs"})`
        : `${folder} (made with the first run)`,
    };
  } catch (thrown) {
    return { name: "store", status: "failed", detail: `${folder}: ${asPlanwrightError(thrown).message}` };
  }
}

/** The folder itself, or the one that it would be made in. */
function nearestFolder(folder: string): string {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}

function checkKeys({ terminal }: Call): Check {
  const keys = keysFound(terminal.env);
  return {
    name: "keys",
    status: "ok",
    detail: keys.length === 0 ? "none in the environment; none is needed" : keys.join(", "),
  };
}

function renderChecks(checks: readonly Check[], style: Style): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, status, detail }) =>
      `${status === "ok" ? style.green("✓") : style.red("✗")} ${padText(name, width)}  ${visibleLine(detail)}`,
  );
  const isHealthy = checks.every(({ status }) => status === "ok");
  return [...lines, "", isHealthy ? style.green("Ready.") : style.red("Not ready: see what failed above.")];
}
