/** The data sets that there are readers for. Owns: the list. */
import { agentdojo } from "./agentdojo.ts";
import { asynchow } from "./asynchow.ts";
import { bfclParallel } from "./bfcl-parallel.ts";
import { bipia } from "./bipia.ts";
import type { DataSet } from "./data-set.ts";
import { nestful } from "./nestful.ts";
import { sotu } from "./sotu.ts";
import { taubench } from "./taubench.ts";
import { workbench } from "./workbench.ts";

export const dataSets: readonly DataSet[] = [
  nestful,
  bfclParallel,
  taubench,
  workbench,
  asynchow,
  sotu,
  bipia,
  agentdojo,
];
