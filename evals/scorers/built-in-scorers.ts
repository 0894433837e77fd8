/** The scorers that ship with Planwright. Owns: the list, in the order of reports (CONTRACTS 8). */
import type { Scorer } from "../../src/eval/score.ts";
import { deadSteps } from "./dead-steps.ts";
import { edgeF1 } from "./edge-f1.ts";
import { forbidden } from "./forbidden.ts";
import { goalSuccess } from "./goal-success.ts";
import { inputCorrect } from "./input-correct.ts";
import { order } from "./order.ts";
import { parallelism } from "./parallelism.ts";
import { refusal } from "./refusal.ts";
import { schemaValid } from "./schema-valid.ts";
import { schemaValidFirst } from "./schema-valid-first.ts";
import { sound } from "./sound.ts";
import { stepMatch } from "./step-match.ts";
import { taint } from "./taint.ts";
import { toolF1 } from "./tool-f1.ts";
import { toolPrecision } from "./tool-precision.ts";
import { toolRecall } from "./tool-recall.ts";
import { unnecessarySteps } from "./unnecessary-steps.ts";

export const builtInScorers: readonly Scorer[] = [
  schemaValidFirst,
  schemaValid,
  sound,
  toolPrecision,
  toolRecall,
  toolF1,
  stepMatch,
  inputCorrect,
  edgeF1,
  order,
  unnecessarySteps,
  deadSteps,
  parallelism,
  refusal,
  forbidden,
  taint,
  goalSuccess,
];
