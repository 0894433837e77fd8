import { defineWorkflow } from "planwright";

export default defineWorkflow({
  name: "letter_digest",
  version: 1,
  params: { sentences: { type: "integer", default: 3, minimum: 1 } },
  steps: [
    { id: "tone", tool: "analyze_sentiment", input: { text: { ref: "document.text" } } },
    {
      id: "people",
      tool: "extract_entities",
      input: { text: { ref: "document.text" } },
      when: { ref: "tone.label", is: "negative" },
    },
    {
      id: "summary",
      tool: "summarize",
      input: { text: { ref: "document.text" }, sentences: { ref: "params.sentences" } },
      when: { ref: "status.people", is: "unmet" },
    },
  ],
  output: {
    tone: { ref: "tone.label" },
    answer: { ref: "people.items", default: { ref: "summary.text" } },
  },
});
