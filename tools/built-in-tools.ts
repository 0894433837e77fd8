/**
 * The tools that ship with Planwright. Owns: the list. Heavy packages load when a tool first runs, not here.
 */
import type { Tool } from "../src/tool/tool.ts";
import { analyzeSentiment } from "./analyze-sentiment.ts";
import { answerQuestion } from "./answer-question.ts";
import { compareDocuments } from "./compare-documents.ts";
import { compileReport } from "./compile-report.ts";
import { compute } from "./compute.ts";
import { detectLanguage } from "./detect-language.ts";
import { extractAmounts } from "./extract-amounts.ts";
import { extractContacts } from "./extract-contacts.ts";
import { extractDates } from "./extract-dates.ts";
import { extractEntities } from "./extract-entities.ts";
import { extractTables } from "./extract-tables.ts";
import { extractTopics } from "./extract-topics.ts";
import { measureReadability } from "./measure-readability.ts";
import { outline } from "./outline.ts";
import { redactPersonalData } from "./redact-personal-data.ts";
import { searchDocument } from "./search-document.ts";
import { select } from "./select.ts";
import { summarize } from "./summarize.ts";

/** In the order in which a person reads them: analysis, search, comparison, redaction, report, selection and arithmetic. */
export const builtInTools: Tool[] = [
  summarize,
  outline,
  extractTopics,
  extractEntities,
  extractDates,
  extractAmounts,
  extractContacts,
  extractTables,
  analyzeSentiment,
  measureReadability,
  detectLanguage,
  searchDocument,
  answerQuestion,
  compareDocuments,
  redactPersonalData,
  compileReport,
  select,
  compute,
];
