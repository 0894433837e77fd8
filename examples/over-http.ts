import { readFile } from "node:fs/promises";
import { createClient } from "planwright/client";

const client = createClient({ url: "http://127.0.0.1:7420", token: process.env["PLANWRIGHT_TOKEN"] ?? "" });
const document = { name: "harbour-report.pdf", bytes: await readFile("samples/harbour-report.pdf") };
const { id } = await client.start({ goal: "Summarise this and list the people", document });
for await (const { kind, step } of client.events(id)) console.log(kind, step ?? "");
const { status, output } = await client.get(id);
const [decision] = await client.decisions(id);
console.log(status, output, decision?.decision);
