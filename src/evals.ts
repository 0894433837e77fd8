/** The public surface of `planwright/evals`: a hand-written list. What is not here is internal. */
export { builtInScorers } from "../evals/scorers/built-in-scorers.ts";
export type { Baseline } from "./eval/baseline.ts";
export type { EvalCaseInput } from "./eval/case.ts";
export type { Evaluation, ScoringOptions } from "./eval/evaluate-journal.ts";
export { type EvaluationOptions, evaluateSuite, rescoreSuite } from "./eval/evaluate-suite.ts";
export type { LoadedSuite } from "./eval/loaded-suite.ts";
export type { EvalReport } from "./eval/report/eval-report.ts";
export { type ReportPage, renderHtml } from "./eval/report/html/render-html.ts";
export { renderJunit } from "./eval/report/render-junit.ts";
export { renderMarkdown } from "./eval/report/render-markdown.ts";
export type { TrialDetail } from "./eval/report/trial-detail.ts";
export { loadSuite } from "./eval/run/load-suite.ts";
export type { Score, Scorer, ScorerInput } from "./eval/score.ts";
export { defineSuite, type SuiteInput, suiteJsonSchema, type World } from "./eval/suite.ts";
