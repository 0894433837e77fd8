/** The hashes of a suite. Owns: what a change of its scores, and what a change of its trials, follows from. */
import { hashJson } from "../../shared/hash.ts";
import type { LoadedSuite } from "../loaded-suite.ts";
import { DEFAULT_TIMEOUT_SECONDS, type Suite } from "../suite.ts";

/** Paths don't count, contents do; so a suite that was moved is the same suite. */
export function hashesOf(
  suite: Suite,
  { cases, judges, tools }: Pick<LoadedSuite, "cases" | "judges" | "tools">,
): Pick<LoadedSuite, "hash" | "askedHash"> {
  const { level, trials, cluster, now, seed, pass = null, caseTimeoutSeconds } = suite;
  const asked = cases.map(({ evalCase, documents }) => {
    const { id, goal, params, outputSchema, tools, stubs } = evalCase;
    const read = documents.map(({ name, type, text }) => ({ name, type, text }));
    return { id, goal, params, outputSchema, tools, stubs, documents: read };
  });
  const judged = cases.map(({ evalCase, cluster: own }) => {
    const { gold, tags, forbidden, assertions, endState, reference, decision } = evalCase;
    return { gold, tags, forbidden, assertions, endState, reference, decision, cluster: own };
  });
  const judging = judges.map(({ id, rubric, of, against }) => ({ id, rubric, of, against }));
  const withJudges = judging.length === 0 ? {} : { judging };
  const catalogue = tools.map(({ name, version, description, inputSchema, outputSchema, effect, idempotency }) => {
    return { name, version, description, inputSchema, outputSchema, effect, idempotency };
  });
  // What is as it is by default is left out, so that experiments and baselines of before stay what they are.
  const others = {
    ...(caseTimeoutSeconds === DEFAULT_TIMEOUT_SECONDS ? {} : { caseTimeoutSeconds }),
    ...(catalogue.length === 0 ? {} : { catalogue }),
  };
  const askedHash = hashJson({ level, now, asked, ...others });
  return { askedHash, hash: hashJson({ askedHash, trials, cluster, seed, pass, judged, ...withJudges }) };
}
