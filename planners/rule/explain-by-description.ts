/**
 * Tools by the words of their descriptions. Owns: how much of a wish a description explains and what that is worth.
 * Must not: make candidates. Alone a description carries a tool only if it declares no intents, it explains nearly
 * everything, and the wish says half of what it says: a long description has a word for anything.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { isWeakStem } from "./tokens.ts";
import { STOP_WORDS } from "./vocabulary.ts";

export interface Described {
  tools: readonly ToolDescription[];
  /** Places of tools by the stems of their descriptions. */
  described: ReadonlyMap<string, number[]>;
  /** Stems of each tool's description. */
  stemsOfTool: readonly ReadonlySet<string>[];
  weightOf(stem: string): number;
}

export interface Explanation {
  tool: ToolDescription;
  place: number;
  /** Part of the wish's weight, 0 to 1. */
  share: number;
  /** Score of the description alone, 0 to 1. */
  alone: number;
  positions: number[];
}

/** What each description explains of the words at these places. */
export function explanationsOf(parts: Described, places: ReadonlyMap<string, number[]>): Explanation[] {
  const content = [...places.keys()].filter((stem) => !STOP_WORDS.has(stem) && !isWeakStem(stem) && !/\d/.test(stem));
  const total = content.reduce((sum, stem) => sum + parts.weightOf(stem), 0);
  if (total === 0) return [];
  const found = new Map<number, string[]>();
  for (const stem of content) {
    for (const place of parts.described.get(stem) ?? []) found.set(place, [...(found.get(place) ?? []), stem]);
  }
  return [...found].flatMap(([place, stems]) => {
    const tool = parts.tools[place];
    if (tool === undefined) return [];
    const mass = stems.reduce((sum, stem) => sum + parts.weightOf(stem), 0);
    const share = mass / total;
    const isTold = stems.length >= (parts.stemsOfTool[place]?.size ?? 0) / 2;
    const alone = share * aloneFactor(tool, { mass, share, isTold });
    return [{ tool, place, share, alone, positions: stems.flatMap((stem) => places.get(stem) ?? []) }];
  });
}

function aloneFactor(tool: ToolDescription, of: { mass: number; share: number; isTold: boolean }): number {
  if (tool.planning !== null) return 0.3;
  return of.isTold && of.mass >= 1.5 && of.share >= 0.75 ? 0.6 : 0.4;
}
