/** The commands below `planwright runs`, with their arguments and options. Owns: the words of their `--help`. */
import type { Command as Program } from "commander";
import type { SignalKind } from "../journal/store.ts";
import type { Bind } from "./call.ts";
import * as declare from "./declare-options.ts";

export function addRuns(program: Program, bind: Bind): void {
  const runs = program.command("runs").description("look at runs, and answer those that wait").helpCommand(false);
  const list = runs
    .command("list", { isDefault: true })
    .description("every run, newest first")
    .option("--status <status>", "only runs with this status")
    .option("--query <words>", "only runs whose goal holds these words")
    .option("--limit <n>", "rows to show (default: 50)", declare.positiveInteger)
    .option("--cursor <cursor>", "go on after this run")
    .allowExcessArguments(true);
  declare.storeOptions(list);
  list.action(bind(async () => (await import("./commands/runs-list.ts")).runsListCommand));

  const show = runs
    .command("show")
    .description("one run: its steps and its result")
    .argument("<run>", "id, or the beginning of one");
  declare.storeOptions(show);
  show.action(bind(async () => (await import("./commands/runs-show.ts")).runsShowCommand));

  const watch = runs
    .command("watch")
    .description("follow a run until it ends; with --json one event per line")
    .argument("<run>", "id, or the beginning of one");
  declare.storeOptions(watch);
  watch.action(bind(async () => (await import("./commands/runs-watch.ts")).runsWatchCommand));
  addAnswers(runs, bind);
  addKeeping(runs, bind);
  addFork(runs, bind);
}

function addAnswers(runs: Program, bind: Bind): void {
  const words: [name: SignalKind, description: string, add: (command: Program) => Program][] = [
    [
      "approve",
      "allow what a run waits for",
      (command) =>
        command
          .argument("[approval]", "which, where there are several")
          .option("--hash <hash>", "only if this is still the input that was shown")
          .option("--plan <file>", "instead of the plan that was shown, where a whole plan waits"),
    ],
    [
      "reject",
      "refuse what a run waits for",
      (command) => command.argument("[approval]", "which, where there are several").option("--reason <text>", "why"),
    ],
    [
      "answer",
      "answer a run's question",
      (command) => command.argument("<answer>", "JSON where it is JSON, else text"),
    ],
    ["cancel", "stop a run for good", (command) => command],
    ["resume", "go on with a run that was interrupted or held", (command) => command],
  ];
  for (const [name, description, add] of words) {
    const command = runs.command(name).description(description).argument("<run>", "id, or the beginning of one");
    add(command);
    declare.runtimeOptions(command);
    command.action(bind(async () => (await import("./commands/runs-tell.ts")).tellCommand(name)));
  }
}

function addKeeping(runs: Program, bind: Bind): void {
  const load = () => import("./commands/runs-keep.ts");
  const unfinished = "runs that have not ended, too";
  const out = runs
    .command("export")
    .description("write a run as one file: its journal and its blobs")
    .argument("<run>", "id, or the beginning of one")
    .option("-o, --output-file <file>", "where to; standard output by default");
  declare.storeOptions(out);
  out.action(bind(async () => (await load()).exportCommand));

  const into = runs
    .command("import")
    .description("take an exported run in, once its hash chain is proven")
    .argument("<file>", "what runs export wrote; - for standard input")
    .option("--unfinished", unfinished);
  declare.storeOptions(into);
  into.action(bind(async () => (await load()).importCommand));

  const verify = runs
    .command("verify")
    .description("look through every entry and blob of runs; exit 1 where one is damaged")
    .argument("[run]", "ids, or beginnings of some")
    .option("--all", "every run of the store")
    .allowExcessArguments(true);
  declare.storeOptions(verify);
  verify.action(bind(async () => (await load()).verifyCommand));

  const remove = runs
    .command("rm")
    .description("remove ended runs for good; exit 1 where one could not go")
    .argument("[run]", "ids, or beginnings of some")
    .option("--older-than <when>", "runs accepted before: 30d, 12h, or a date")
    .option("--status <status>", "runs that ended so")
    .option("--unfinished", `${unfinished}, and damaged ones, where nobody drives them`)
    .allowExcessArguments(true);
  declare.storeOptions(remove);
  remove.action(bind(async () => (await load()).removeCommand));
}

function addFork(runs: Program, bind: Bind): void {
  const fork = runs
    .command("fork")
    .description("start another run from what was settled before a decision, and decide again")
    .argument("<run>", "id, or the beginning of one")
    .option("--at <n>", "the decision that is asked again, from 1", declare.positiveInteger)
    .option("--goal <text>", "another goal")
    .option("--plan <file>", "a plan of your own as that decision; - for standard input");
  declare.approveOption(fork);
  declare.limitOptions(fork);
  declare.runtimeOptions(fork);
  fork.action(bind(async () => (await import("./commands/runs-fork.ts")).runsForkCommand));
}
