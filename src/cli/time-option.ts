/** Points in time as people write them in options: a date, a date with a time, or how long ago (`30d`, `12h`, `15m`). */
import { PlanwrightError } from "../error/planwright-error.ts";
import { isoTime } from "../shared/clock.ts";

const AGO = /^(\d{1,6})([mhd])$/;
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ISO 8601. Throws VALIDATION. */
export function timeOfOption(option: string, text: string, nowMs: number): string {
  const ago = AGO.exec(text);
  const ms = ago === null ? Date.parse(text) : nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ""] ?? 0);
  if (!Number.isNaN(ms)) return isoTime(ms);
  throw new PlanwrightError("VALIDATION", `${option} '${text.slice(0, 40)}' is no time.`, {
    hint: "Write how long ago (30d, 12h, 15m), or a time such as 2026-11-28 or 2026-11-28T09:30:00Z.",
  });
}
