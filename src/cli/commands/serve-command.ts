/** `planwright serve`: the HTTP interface, until Ctrl-C or SIGTERM. With --json the first line says where it is. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import { checkTokenForm, keepToken } from "../../server/access-token.ts";
import { startServer } from "../../server/start-server.ts";
import type { Call } from "../call.ts";
import { stackOf } from "../error-of-call.ts";
import { EXIT } from "../exit-code.ts";
import { type Session, withSession } from "../open-session.ts";
import { tellPlanner } from "./tell-planner.ts";

const DEFAULT_PORT = 7_420;

export async function serveCommand(call: Call): Promise<number> {
  return withSession(call, async (session) => {
    const { report } = call;
    const access = accessOf(session);
    tellPlanner(session);
    const told = untilTold(call);
    const server = await startServer({ ...optionsOf(session), token: access.token, isTokenGiven: access.isGiven });
    const inspector = `${server.url}/#token=${access.token}`;
    if (report.isJson) report.printJsonLine({ url: server.url, token: access.token, inspector });
    else {
      report.print(server.url);
      report.note(access.words);
    }
    const resumed = await session.runtime.resumeUnfinished();
    if (resumed > 0) report.note(`${resumed} unfinished run${resumed === 1 ? " goes" : "s go"} on.`);
    await told;
    report.note("Ending: nothing new is taken; runs that are not finished go on at the next start.");
    await server.close(() => session.runtime.close());
    return EXIT.ok;
  });
}

/** Until Ctrl-C or SIGTERM; a second one ends the process at once. */
function untilTold({ terminal }: Call): Promise<void> {
  return new Promise((resolve) => {
    const stop = terminal.onSignal(() => {
      stop();
      resolve();
    });
  });
}

function optionsOf({ call: { report, options }, runtime, settings }: Session) {
  const { folders } = settings.prompts;
  return {
    runtime,
    prompts: () => loadPrompts({ folders }).list(),
    host: options.host ?? "127.0.0.1",
    port: options.port ?? DEFAULT_PORT,
    hostNames: options.allowHost ?? [],
    onFault: (thrown: unknown) => report.note(`Fault: ${stackOf(thrown)}`),
  };
}

interface ServerAccess {
  token: string;
  /** Given by whoever starts the server. */
  isGiven: boolean;
  /** What to tell the person who started it. */
  words: string;
}

/** --token, PLANWRIGHT_TOKEN, else the one that the store keeps. */
function accessOf({ call: { options, terminal }, settings }: Session): ServerAccess {
  const given = options.token ?? terminal.env["PLANWRIGHT_TOKEN"] ?? "";
  if (options.token === "")
    throw new PlanwrightError("VALIDATION", "--token is empty.", { hint: "Leave it out to have one made." });
  if (given !== "") {
    const where = options.token === undefined ? "PLANWRIGHT_TOKEN" : "--token";
    return {
      token: checkTokenForm(given, where, `Without ${where} one is made and kept in the store's folder.`),
      isGiven: true,
      words: `The token is that of ${where}. Ctrl-C ends the server.`,
    };
  }
  const { token, file, isNew } = keepToken(settings.store);
  const words = isNew ? `Token, told this once: ${token}\nIt is kept in ${file}.` : `The token is in ${file}.`;
  return { token, isGiven: false, words: `${words} Ctrl-C ends the server.` };
}
