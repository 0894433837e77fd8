import { createFixedPlanner, createRuntime } from "planwright";

const first = { id: "names", tool: "extract_entities", input: { text: { ref: "document.text" } } };
const plan = { kind: "plan", rationale: "by hand", steps: [first], then: "finish" };
const runtime = createRuntime({ planner: createFixedPlanner(plan), store: ".planwright-fork" });
const documents = [{ name: "note.md", text: "Maria Lindqvist opened the new pier in Bremen." }];
const source = await runtime.run({ goal: "Who is in it?", documents });

// The same run once more from its first decision, with a plan of one's own.
const other = { ...plan, steps: [{ id: "outline", tool: "outline", input: { text: { ref: "document.text" } } }] };
const fork = await runtime.fork(source.id, { atDecision: 1, plan: other });
console.log(fork.forkedFrom, fork.mayRepeat, (await fork.result()).status);

// Is its journal whole, and who decided what?
const { decisions, snapshot } = await runtime.replay(fork.id);
console.log(
  snapshot,
  decisions.map(({ n, cause, verdict }) => `${n} ${cause} ${verdict}`),
);
await runtime.close();
