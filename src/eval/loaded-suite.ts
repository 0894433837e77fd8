/** A suite with everything read that its files name. Owns: the shape; `run/load-suite.ts` makes it. */
import type { Document } from "../goal/document.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import type { EvalCase } from "./case.ts";
import type { SuiteJudge } from "./judge/suite-judge.ts";
import type { Gate, Suite, Variant } from "./suite.ts";

export interface LoadedCase {
  id: string;
  evalCase: EvalCase;
  documents: Document[];
  params: JsonObject;
  /** Cases of one cluster are not independent of each other. */
  cluster: string;
}

/** A suite with its cases, documents, tools and judges read and checked: what `loadSuite` gives and `evaluateSuite` takes. */
export interface LoadedSuite extends Omit<Suite, "cases" | "variants" | "tools" | "gates" | "judges"> {
  cases: LoadedCase[];
  variants: Variant[];
  tools: Tool[];
  gates: Gate[];
  judges: SuiteJudge[];
  /** Of everything that decides scores but the variants: cases, documents, level, trials, cluster, seed, rubrics. */
  hash: string;
  /** Of what trials depend on: the same without golds, assertions and whatever else only scorers look at. */
  askedHash: string;
  /** Absolute path of the file, and its folder. */
  file: string;
  folder: string;
}
