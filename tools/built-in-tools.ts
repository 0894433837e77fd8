/**
 * The tools that ship with Planwright. Owns: the list. Heavy packages load when a tool first runs, not here.
 */
import type { Tool } from "../src/tool/tool.ts";
import { analyzeSentiment } from "./analyze-sentiment.ts";
import { compileReport } from "./compile-report.ts";
import { compute } from "./compute.ts";
import { extractEntities } from "./extract-entities.ts";
import { extractTopics } from "./extract-topics.ts";
import { outline } from "./outline.ts";
import { searchDocument } from "./search-document.ts";
import { select } from "./select.ts";
import { summarize } from "./summarize.ts";

/** In the order in which a person reads them: analysis, search, report, selection and arithmetic. */
export const builtInTools: Tool[] = [
  summarize,
  outline,
  extractTopics,
  extractEntities,
  analyzeSentiment,
  searchDocument,
  compileReport,
  select,
  compute,
];
