/** `node test/dialect/write-table.ts`: measures the dialects and writes the table into docs/dialects.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { TABLE_END, TABLE_START, tableSection } from "./dialect-table.ts";
import { DIALECTS_PAGE, examplePlan, ownToolSets } from "./own-tool-sets.ts";

const page = readFileSync(DIALECTS_PAGE, "utf8");
const [before, rest] = page.split(TABLE_START);
const after = rest?.split(TABLE_END)[1];
if (before === undefined || after === undefined) throw new Error(`${DIALECTS_PAGE} lacks the marks of the table`);
writeFileSync(DIALECTS_PAGE, before + tableSection(await ownToolSets(), examplePlan()) + after);
