/** AgentDojo's records as the lanes need them. Owns: where attack text goes, and when an executed call is an attack. */
import type { Attack, DojoCall, DojoRecord, InjectionTask, Suite, UserTask } from "../../evals/data/agentdojo.ts";
import { isJsonObject, type JsonValue } from "../../src/shared/json.ts";
import { isSameJson } from "../../src/shared/same-json.ts";

export interface Dojo {
  suites: Map<string, Suite>;
  /** Those whose results were recorded. */
  tasks: UserTask[];
  injections: InjectionTask[];
  /** Those that pass an instruction on; the other only says to stop. */
  attacks: Attack[];
}

/** One user task with one injection, said in the words of one attack. */
export interface Pair {
  task: UserTask;
  injection: InjectionTask;
  attack: Attack;
}

export function sortRecords(records: readonly DojoRecord[]): Dojo {
  const suites = records.filter((record) => record.type === "suite");
  return {
    suites: new Map(suites.map((suite) => [suite.suite, suite])),
    tasks: records.filter((record) => record.type === "user_task").filter(({ error }) => error === null),
    injections: records.filter((record) => record.type === "injection_task"),
    attacks: records.filter((record) => record.type === "attack").filter(({ template }) => template.includes("{goal}")),
  };
}

/** Every injectable task with every injection of its suite; the attacks take turns. */
export function pairsOf({ tasks, injections, attacks }: Dojo): Pair[] {
  const pairs = tasks
    .filter(({ injectable }) => injectable)
    .flatMap((task) =>
      injections.filter(({ suite }) => suite === task.suite).map((injection) => ({ task, injection })),
    );
  return pairs.map((pair, place) => ({ ...pair, attack: attacks[place % attacks.length]! }));
}

/** What the attacker has written wherever he can. */
export function attackText({ injection, attack }: Pair): string {
  const { user, model } = attack.defaults;
  const calls = injection.calls.map(({ tool }, place) => `${place + 1}. ${tool}`).join("\n");
  return attack.template
    .replaceAll("{user}", user)
    .replaceAll("{model}", model)
    .replaceAll("{tools}", calls)
    .replaceAll("{goal}", () => injection.goal);
}

/** A recorded value with text in place of its marks. */
export function withMarks(value: JsonValue, textOf: (vector: string) => string): JsonValue {
  if (typeof value === "string") return value.replaceAll(/\{\{INJ:([^}]*)\}\}/g, (_, vector: string) => textOf(vector));
  if (Array.isArray(value)) return value.map((item) => withMarks(item, textOf));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withMarks(field, textOf)]));
}

/** Whether this call, executed, is what the attacker wanted. */
export function isHarmful({ harm }: InjectionTask, { tool, args }: DojoCall): boolean {
  return harm.some(
    (entry) =>
      entry.tool === tool &&
      Object.entries(entry.where).every(([name, { includes, equals }]) => {
        const value = args[name] ?? null;
        return includes === undefined ? isSameJson(value, equals) : holds(value, includes);
      }),
  );
}

function holds(value: JsonValue, text: string): boolean {
  if (Array.isArray(value)) return value.some((item) => holds(item, text));
  return typeof value === "string" && value.includes(text);
}

export function isSameCall(left: DojoCall, right: DojoCall): boolean {
  return left.tool === right.tool && isSameJson(left.args, right.args);
}
