/** The public surface of `planwright/evals`: a hand-written list. What is not here is internal. */
export { builtInScorers } from "../../evals/scorers/built-in-scorers.ts";
export type { EvalCaseInput } from "./case.ts";
export { type Evaluation, type EvaluationOptions, evaluateSuite, rescoreSuite } from "./evaluate-suite.ts";
export type { LoadedSuite } from "./loaded-suite.ts";
export type { EvalReport } from "./report/eval-report.ts";
export { type ReportPage, renderHtml } from "./report/html/render-html.ts";
export { renderJunit } from "./report/render-junit.ts";
export { renderMarkdown } from "./report/render-markdown.ts";
export { loadSuite } from "./run/load-suite.ts";
export type { Score, Scorer, ScorerInput } from "./score.ts";
export { defineSuite, type SuiteInput, suiteJsonSchema, type World } from "./suite.ts";
