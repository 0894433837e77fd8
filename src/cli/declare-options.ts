/** Options that several commands share. Owns: their words and how their values are read. */
import { InvalidArgumentError, Option, type Command as Program } from "commander";

/** Where runs are kept, and how to print. */
export function storeOptions(command: Program): void {
  command
    .option("--store <folder>", "where runs are kept (default: .planwright)")
    .option("--config <file>", "configuration (default: planwright.config.{json,js,ts})")
    .option("--json", "print one JSON document on standard output");
}

export function runtimeOptions(command: Program): void {
  command
    .option("--model <model>", "who plans: offline, anthropic:NAME, openai:NAME, compatible:NAME@URL, cassette:FILE")
    .addOption(new Option("--fallback <who>", "who stands in where the model fails").choices(["rule", "none"]))
    .option("--tools <file>", "your own tools; several files may follow, and it may be repeated", collect)
    .option("--prompt <name@version>", "prompt that a model is asked with; may be repeated", collect);
  storeOptions(command);
}

/** For commands that need no runtime. */
export function configOptions(command: Program): void {
  command
    .option("--config <file>", "configuration (default: planwright.config.{json,js,ts})")
    .option("--json", "print one JSON document on standard output");
}

export function requestOptions(command: Program): void {
  command
    .option("-d, --document <file>", "what it is about; - for standard input; may be repeated", collect)
    .option("--param <name=value>", "a value that plans read as params.name; JSON, else text; may be repeated", collect)
    .option("--output-schema <file>", "JSON Schema that the result must satisfy");
  limitOptions(command);
}

export function limitOptions(command: Program): void {
  command
    .option("--max-steps <n>", "limit on executed steps (default: 100)", wholeNumber)
    .option("--max-replans <n>", "limit on replans (default: 8)", wholeNumber)
    .option("--max-tokens <n>", "limit on tokens (default: 500000)", wholeNumber)
    .option("--max-cost-usd <usd>", "limit on cost (default: 1)", amount)
    .option("--max-seconds <s>", "limit on working time (default: 1800)", amount);
}

export function workflowOption(command: Program): void {
  command.option("--workflow <name|file>", "carry out this workflow; then the goal may be left out");
}

export function serveOptions(command: Program): void {
  command
    .option("--port <n>", "port (default: 7420; 0 finds a free one)", portNumber)
    .option("--host <address>", "address to listen on (default: 127.0.0.1); any other needs a token of your own")
    .option("--token <token>", "what requests have to show (default: PLANWRIGHT_TOKEN, else one is made and kept)")
    .option("--allow-host <name>", "further name that requests may call the server by; may be repeated", collect);
  runtimeOptions(command);
}

export function demoModelOptions(command: Program): void {
  command
    .option("--port <n>", "port on 127.0.0.1 (default: 7421; 0 finds a free one)", portNumber)
    .option("--slow <ms>", "pause before each piece of an answer", wholeNumber)
    .option("--fail-first <n>", "refuse the first requests as a busy server does", wholeNumber)
    .option("--script <file>", "answers of your own: a JSON list of texts, decisions, or {status, message} for errors")
    .option("--json", "print one JSON document on standard output");
}

export function approveOption(command: Program): void {
  const what = "ask: on a terminal, else wait and exit 3; none: refuse what needs approval";
  command.addOption(new Option("--approve <how>", what).choices(["ask", "none"]));
}

export function reviewOptions(command: Program): void {
  command.option("--review-plan", "each plan waits for a person, who approves, edits or rejects it, before it runs");
  command.option("--success <file>", "JSON list of success criteria, checked on the result");
}

export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("It must be 1 or more.");
  return value;
}

function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value > 65_535) throw new InvalidArgumentError("It must be 65535 or less.");
  return value;
}

export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}

export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a number, 0 or more.");
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
