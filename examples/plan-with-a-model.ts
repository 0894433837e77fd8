import { createRuntime } from "planwright";
import { startDemoServer } from "planwright/testing";

const demo = await startDemoServer({ port: 0 }); // In its place: "anthropic:NAME" with a key, or a server of your own.
const runtime = createRuntime({ model: `compatible:demo@${demo.url}`, fallback: "rule" });
const result = await runtime.run({
  goal: "List the people in it",
  documents: [{ name: "news.md", text: "Maria Lindqvist opened the new pier in Bremen." }],
  budget: { maxTokens: 20_000, maxCostUsd: 0.05 },
});
const [decision] = await runtime.runs.decisions(result.id);
console.log(result.status, result.output, decision?.model, decision?.usage);
await runtime.close();
await demo.close();
