/**
 * A run's spans as data. Owns: their shape, and their ids: made from the run and the number of the journal entry that
 * began them, so that whoever projects the journal again gets the same.
 */
import { sha256Hex } from "../shared/hash.ts";

export type SpanAttributes = Record<string, string | number | boolean>;

export interface SpanStart {
  kind: "start";
  traceId: string;
  spanId: string;
  /** Null for the run itself. */
  parentId: string | null;
  name: string;
  /** Whether it is a call of a server (a model); else it is work of our own. */
  isClient: boolean;
  startMs: number;
  attributes: SpanAttributes;
}

export interface SpanEnd {
  kind: "end";
  spanId: string;
  endMs: number;
  attributes: SpanAttributes;
  /** Code of the error that it ended with. */
  errorType: string | null;
}

export type SpanChange = SpanStart | SpanEnd;

/** 32 hex digits, as OpenTelemetry wants them. */
export function traceIdOf(run: string): string {
  return sha256Hex(`trace ${run}`).slice(0, 32);
}

/** 16 hex digits. */
export function spanIdOf(run: string, seq: number): string {
  return sha256Hex(`span ${run} ${seq}`).slice(0, 16);
}
