/** The commands around evals with their options. Owns: their words. Imports nothing that evals need. */
import { Option, type Command as Program } from "commander";
import type { Bind } from "./call.ts";
import * as declare from "./declare-options.ts";

const EXIT_CODES = `
Exit codes: 0 passed · 1 a gate failed · 2 suite or configuration error · 3 incomplete (a partial result passes no gate)`;

export function addEvals(program: Program, bind: Bind): void {
  const evals = program
    .command("eval")
    .description("find out which planner or prompt is better, with intervals")
    .helpCommand(false)
    .addHelpText("after", EXIT_CODES);
  addRun(evals, bind);
  addRescore(evals, bind);
  const calibrate = evals
    .command("calibrate")
    .description("how far a judge agrees with people's labels")
    .argument("<rubric>", "JSON file with question, labels and the positive one")
    .requiredOption("--labels <file>", "JSON Lines of {case, goal, text, label}")
    .option("--model <model>", "who judges: anthropic:NAME, openai:NAME, compatible:NAME@URL, cassette:FILE")
    .option("--out <file>", "write the calibration as JSON");
  declare.storeOptions(calibrate);
  calibrate.action(bind(async () => (await import("./evals/calibrate-command.ts")).calibrateCommand));

  const add = evals
    .command("add")
    .description("make a logged decision a case, with a cassette of what the model answered")
    .requiredOption("--from-run <run>", "id, or the beginning of one")
    .option("--decision <n>", "number of the decision (default: 1)", declare.positiveInteger)
    .option("--into <file>", "JSON Lines file that the case is added to (default: cases.jsonl)");
  declare.storeOptions(add);
  add.action(bind(async () => (await import("./evals/add-command.ts")).addCommand));

  const exported = evals
    .command("export")
    .description("the suite's cases for other programs")
    .argument("<suite>", "NAME.eval.yaml, .json or .ts")
    .addOption(
      new Option("--format <format>", "form of the export")
        .choices(["promptfoo", "openai-finetune", "jsonl"])
        .makeOptionMandatory(),
    )
    .option("--filter <text>", "only cases whose id or tag holds this")
    .option("--out <file>", "file to write (default: standard output)");
  declare.storeOptions(exported);
  exported.action(bind(async () => (await import("./evals/export-command.ts")).exportCommand));

  evals
    .command("schema")
    .description("JSON Schema of suites, for editors")
    .option("--json", "print one JSON document on standard output")
    .action(bind(async () => (await import("./evals/schema-command.ts")).schemaCommand));
}

function addRun(evals: Program, bind: Bind): void {
  const run = evals
    .command("run", { isDefault: true })
    .description("run suites and report")
    .argument("<suite>", "NAME.eval.yaml, .json or .ts; several may follow")
    .allowExcessArguments(true)
    .option("--record", "ask models for what cassettes lack, and write it down")
    .option("--model <model>", "who is asked with --record, where a variant does not say")
    .option("--resume", "go on with the trials that are there")
    .option("--trials <n>", "how often each case is tried", declare.positiveInteger)
    .option("--watch", "run again whenever the suite, its cases, documents or prompts change")
    .option("--update-baseline", "write NAME.baseline.json from this run");
  reportOptions(run);
  run.action(bind(async () => (await import("./evals/eval-command.ts")).evalCommand));
}

function addRescore(evals: Program, bind: Bind): void {
  const rescore = evals
    .command("rescore")
    .description("score the last run of suites again, after golds or scorers changed; no model is asked")
    .argument("<suite>", "NAME.eval.yaml, .json or .ts; several may follow")
    .allowExcessArguments(true);
  reportOptions(rescore);
  rescore.action(bind(async () => (await import("./evals/eval-command.ts")).rescoreCommand));
}

function reportOptions(command: Program): void {
  command
    .option("--compare <baseline>", "variant, report or baseline file that variants are compared with")
    .option("--gate", "insist on gates: a suite without one is an error")
    .option("--filter <text>", "only cases whose id or tag holds this")
    .option("--html <file>", "write the report as one HTML file")
    .option("--junit <file>", "write it as JUnit XML")
    .option("--markdown <file>", "write it as Markdown, for a pull request");
  declare.storeOptions(command);
  command.addHelpText("after", EXIT_CODES);
}
