/**
 * Every command with its arguments and options. Owns: the words of `--help`. A command's own file is imported when the
 * command is called, so that `--help` and `--version` need nothing but commander.
 */
import { Command as Program } from "commander";
import { VERSION } from "../shared/version.ts";
import type { Bind, CliOptions } from "./call.ts";
import { addEvals } from "./declare-evals.ts";
import * as declare from "./declare-options.ts";
import { addPrompts } from "./declare-prompts.ts";
import { addRuns } from "./declare-runs.ts";
import { addServing } from "./declare-servers.ts";
import type { Reporter } from "./report.ts";
import type { Terminal } from "./terminal.ts";

export interface ProgramOptions {
  terminal: Terminal;
  report: Reporter;
  onDone: (exitCode: number) => void;
}

const EXAMPLES = `
Examples:
  planwright run "Summarise this and list the people in it" -d letter.md
  cat letter.md | planwright run "What are the main topics?" -d - --json
  planwright plan "Summarise this" -d letter.md     what would be done, and why
  planwright runs                                   what was done
  planwright decisions RUN                          who decided what, and what it saw

Exit codes: 0 completed · 1 failed · 2 usage or input error · 3 waiting for a person · 4 budget exhausted
            130 cancelled (Ctrl-C; twice kills) · 143 parked (SIGTERM or SIGHUP; resume with planwright runs resume RUN)`;

export function buildProgram({ terminal, report, onDone }: ProgramOptions): Program {
  const program = new Program("planwright");
  const bind: Bind =
    (load) =>
    async (...given) => {
      const command = given.at(-1) as Program;
      const execute = await load();
      const args = command.processedArgs as (string | undefined)[];
      const extra = command.args.slice(command.registeredArguments.length);
      onDone(await execute({ terminal, report, args, extra, options: command.opts<CliOptions>() }));
    };
  program
    .description("Plans you can check before they run, runs you can replay after.")
    .version(VERSION, "-V, --version", "print the version")
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => terminal.stdout.size()?.columns ?? 100,
    })
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  addRunning(program, bind);
  addRuns(program, bind);
  addLooking(program, bind);
  addReuse(program, bind);
  addEvals(program, bind);
  addServing(program, bind);
  return program;
}

function addRunning(program: Program, bind: Bind): void {
  const run = program
    .command("run")
    .description("plan a goal and carry it out")
    .argument("[goal]", "what is wanted, in words");
  declare.workflowOption(run);
  declare.requestOptions(run);
  declare.approveOption(run);
  declare.reviewOptions(run);
  declare.runtimeOptions(run);
  run.action(bind(async () => (await import("./commands/run-command.ts")).runCommand));

  const plan = program
    .command("plan")
    .description("plan a goal and check the plan; nothing runs")
    .argument("[goal]", "what is wanted, in words");
  declare.workflowOption(plan);
  declare.requestOptions(plan);
  declare.runtimeOptions(plan);
  plan.action(bind(async () => (await import("./commands/plan-command.ts")).planCommand));

  const apply = program
    .command("apply")
    .description("carry out a plan that is already there (a decision, what plan --json printed), or a workflow")
    .argument("<plan>", "file: JSON, YAML, or a module that exports a workflow; - for standard input")
    .option("--goal <text>", "what it is for; plans read it as `goal`");
  declare.requestOptions(apply);
  declare.approveOption(apply);
  declare.reviewOptions(apply);
  declare.runtimeOptions(apply);
  apply.action(bind(async () => (await import("./commands/apply-command.ts")).applyCommand));
}

function addWorkflows(program: Program, bind: Bind): void {
  const workflows = program
    .command("workflows")
    .description("plans that people wrote: shipped ones, and those of ./workflows")
    .helpCommand(false);
  const list = workflows
    .command("list", { isDefault: true })
    .description("every workflow, also those that are not right")
    .allowExcessArguments(true);
  declare.configOptions(list);
  list.action(bind(async () => (await import("./commands/workflows-command.ts")).workflowsListCommand));
  const show = workflows
    .command("show")
    .description("one workflow: params, plan, rules")
    .argument("<workflow>", "name, or file")
    .option("--mermaid", "as a Mermaid flowchart");
  declare.configOptions(show);
  show.action(bind(async () => (await import("./commands/workflows-command.ts")).workflowsShowCommand));
}

function addStats(program: Program, bind: Bind): void {
  const stats = program
    .command("stats")
    .description("what all runs came to: by workflow, tool, step, model and prompt")
    .option("--since <when>", "only runs accepted since: 30d, 12h, or a date")
    .option("--workflow <name>", "only runs of this workflow")
    .option("--status <status>", "only runs that ended so")
    .option("--metrics", "the metrics, in the text format of Prometheus");
  declare.storeOptions(stats);
  stats.action(bind(async () => (await import("./commands/stats-command.ts")).statsCommand));
}

function addReuse(program: Program, bind: Bind): void {
  const promote = program
    .command("promote")
    .description("the plan of a run that has ended as a workflow with params")
    .argument("<run>", "id, or the beginning of one")
    .option("--name <name>", "name of the workflow (default: made from the goal)")
    .option("--out <file>", "write it there; a file that exists is left alone (default: standard output)");
  declare.runtimeOptions(promote);
  promote.action(bind(async () => (await import("./commands/promote-command.ts")).promoteCommand));

  const replay = program
    .command("replay")
    .description("check past runs from their journals; with --model or --prompt, ask their decisions again")
    .argument("<run>", "id, or the beginning of one; several may follow")
    .allowExcessArguments(true)
    .option(
      "--noise <n>",
      "times that what planned then is asked again, to see how much it varies (default: 1)",
      declare.wholeNumber,
    )
    .option("--recorded-model <model>", "how to reach the model of then, where it is not --model")
    .option("--max-cost-usd <usd>", "limit on the cost of asking again (default: 1)", declare.amount);
  declare.runtimeOptions(replay);
  replay.action(bind(async () => (await import("./commands/replay-command.ts")).replayCommand));
}

function addLooking(program: Program, bind: Bind): void {
  const decisions = program
    .command("decisions")
    .description("the decision log of a run, or decision N in full")
    .argument("<run>", "id, or the beginning of one")
    .argument("[n]", "number of a decision, from 1", declare.positiveInteger)
    .option("--diff", "how each plan differs from the one before");
  declare.storeOptions(decisions);
  decisions.action(bind(async () => (await import("./commands/decisions-command.ts")).decisionsCommand));

  const tools = program.command("tools").description("the registered tools").helpCommand(false);
  const list = tools
    .command("list", { isDefault: true })
    .description("every tool with its effect")
    .allowExcessArguments(true);
  declare.runtimeOptions(list);
  list.action(bind(async () => (await import("./commands/tools-command.ts")).toolsListCommand));
  const show = tools
    .command("show")
    .description("one tool: inputs, output, effect")
    .argument("<name>", "name of the tool");
  declare.runtimeOptions(show);
  show.action(bind(async () => (await import("./commands/tools-command.ts")).toolsShowCommand));

  addPrompts(program, bind);
  addWorkflows(program, bind);
  addStats(program, bind);
  program
    .command("machine")
    .description("the state machine that governs every run")
    .option("--mermaid", "as a Mermaid diagram (the default)")
    .option("--json", "as JSON")
    .action(bind(async () => (await import("./commands/machine-command.ts")).machineCommand));
}
