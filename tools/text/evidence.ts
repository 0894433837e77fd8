/** How sure a tool is and how it worked: part of every analysis tool's output. Owns: the two fields. */
import { z } from "zod";

/** Output fields `method` and `confidence`; `methods` are the names that may appear. */
export function evidenceShape<const Methods extends readonly [string, ...string[]]>(methods: Methods) {
  return {
    method: z.enum(methods).describe("How the result was made."),
    confidence: z.number().min(0).max(1).describe("How much the result can be relied on, 0 to 1."),
  };
}

/** Two decimals, so that outputs read well and are the same everywhere. */
export function roundScore(value: number): number {
  return Math.round(value * 100) / 100;
}
