import { defineSuite } from "planwright/evals";

export default defineSuite({
  name: "letters",
  trials: 2,
  cases: () =>
    ["Anna", "Boris", "Clara"].map((name) => ({
      id: `summary-${name.toLowerCase()}`,
      goal: "Summarise this",
      document: {
        name: `${name}.md`,
        text: `# Letter\n\nDear ${name}, the pier is open again. Everyone was delighted.`,
      },
      gold: {
        anyOf: [{ kind: "plan", steps: [{ id: "s", tool: "summarize", input: { text: { ref: "document.text" } } }] }],
      },
    })),
  variants: [{ id: "rule", planner: "rule" }],
  gates: [{ scorer: "schema_valid", min: 0.4 }],
});
