import { createRuntime, loadDocument } from "planwright";

const document = await loadDocument(new URL("../samples/harbour-report.pdf", import.meta.url).pathname);
console.log(document.title, document.language, document.pages.length, document.tables[0]?.columns);

const runtime = createRuntime();
const result = await runtime.run({ goal: "List the tables and find all dates", documents: [document] });
console.log(result.status, result.output);
await runtime.close();
