import { createRuntime } from "planwright";

const runtime = createRuntime({
  secrets: ["correct horse battery staple"], // Kept nowhere, wherever it comes in.
  onEvent: ({ seq, kind, step }) => console.error(seq, kind, step ?? ""), // Durable by then; never waited for.
});
const text = "# Ferry news\n\nThe password is correct horse battery staple. Everyone was delighted.";
const { id, output } = await runtime.run({ goal: "Summarise this", documents: [{ name: "news.md", text }] });
console.log(JSON.stringify(output)); // … "The password is [secret]." …

const stats = await runtime.stats({ status: "completed" });
console.log(stats.tools.map(({ name, count, medianMs }) => ({ name, count, medianMs })));
console.log(await runtime.metrics()); // planwright_runs_total{status="completed"} 1 …

for await (const line of runtime.runs.export(id)) process.stdout.write(line);
console.log(await runtime.runs.verify(id)); // { isSound: true, … }
await runtime.runs.remove([id]);
await runtime.close();
