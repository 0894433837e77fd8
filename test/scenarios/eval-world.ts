/** A folder with a suite of two prompts, and a double to record them from. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DemoServer, startDemoServer } from "../../src/testing/demo-model/demo-server.ts";
import { type Called, call, type FakeOptions, tempFolder } from "../cli/fake-terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const TEXT = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted. It cost little.";
const step = (id: string, tool: string): object => ({ id, tool, input: { text: { ref: "document.text" } } });

export const SUITE = {
  name: "two-prompts",
  trials: 2,
  cases: [
    { id: "sum", goal: "Summarise this", gold: { anyOf: [{ kind: "plan", steps: [step("s", "summarize")] }] } },
    {
      id: "names",
      goal: "List the people",
      gold: { anyOf: [{ kind: "plan", steps: [step("p", "extract_entities")] }] },
    },
    { id: "poem", goal: "Write a poem", gold: { anyOf: [{ kind: "abandon" }] } },
  ].map((one) => ({ ...one, document: { name: `${one.id}.md`, text: TEXT } })),
  variants: [
    { id: "p1", prompt: "planning@1", model: "cassette:./p1.jsonl" },
    { id: "p2", prompt: "planning@2", model: "cassette:./p2.jsonl" },
  ],
};

export interface EvalFolder {
  folder: string;
  /** Calls `planwright eval …` there. */
  evaluate(args: readonly string[], options?: FakeOptions): Promise<Called>;
  write(name: string, content: unknown): void;
  read(name: string): string;
  /** Replaces words in the second version of the prompt. */
  editPrompt(from: string, to: string): void;
}

const SECOND = join("prompts", "planning", "v2.md");

export function evalFolder(suite: object = SUITE): EvalFolder {
  const folder = tempFolder();
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  mkdirSync(join(folder, "prompts", "planning"), { recursive: true });
  cpSync(join(ROOT, "prompts", "planning", "v1.md"), join(folder, SECOND));
  const editPrompt = (from: string, to: string): void => {
    const text = read(SECOND);
    if (!text.includes(from)) throw new Error(`The prompt does not hold '${from}'.`);
    write(SECOND, text.replace(from, to));
  };
  editPrompt("version: 1", "version: 2");
  editPrompt("You plan and never act.", "You plan; you never act.");
  write("two.eval.json", suite);
  return {
    folder,
    read,
    write,
    editPrompt,
    evaluate: (args, options = {}) => call(["eval", ...args], { cwd: folder, ...options }),
  };
}

export async function withDouble<T>(work: (model: string, demo: DemoServer) => Promise<T>): Promise<T> {
  const demo = await startDemoServer({ port: 0 });
  try {
    return await work(`compatible:demo@${demo.url}`, demo);
  } finally {
    await demo.close();
  }
}

/** Records both variants. */
export async function recorded(suite: object = SUITE): Promise<EvalFolder> {
  const world = evalFolder(suite);
  await withDouble(async (model) => {
    const done = await world.evaluate(["two.eval.json", "--record", "--model", model, "--json"]);
    if (done.code !== 0) throw new Error(`Recording ended with ${done.code}: ${done.out}`);
  });
  return world;
}
