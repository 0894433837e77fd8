import { createRuntime } from "planwright";

const runtime = createRuntime();
const text = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted.";
const result = await runtime.run({
  goal: "Summarise this and list the people and places in it",
  documents: [{ name: "news.md", text }],
});
console.log(result.status, result.output);
await runtime.close();
