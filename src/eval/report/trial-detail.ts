/** What a reader sees of one trial beyond its scores. Owns: the shape. Kept for few trials: reports stay small. */
import type { JsonValue } from "../../shared/json.ts";
import type { ReportTrial } from "./eval-report.ts";

export interface DrawnStep {
  id: string;
  tool: string;
}

/** A decision as it is drawn: steps and who waits for whom; none for what is no plan. */
export interface DrawnDecision {
  kind: "plan" | "finish" | "ask" | "abandon";
  steps: DrawnStep[];
  edges: [from: string, to: string][];
  json: JsonValue;
}

export interface TranscriptTry {
  /** What the model wrote. */
  raw: string;
  issues: string[];
}

export interface TrialDetail {
  trial: ReportTrial;
  goal: string;
  documents: string[];
  /** Null where the answer was no decision. */
  got: DrawnDecision | null;
  /** All accepted golds, the best match first. */
  golds: DrawnDecision[];
  transcript: TranscriptTry[];
  /** What the run came to; null at the level plan. */
  output: JsonValue | null;
}
