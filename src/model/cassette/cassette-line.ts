/**
 * The lines of a cassette: a header, texts (each once, by its hash), and one line per recorded call.
 * Owns: their shapes. Add fields, never rename them: cassettes are kept for years.
 */
import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "../../error/codes.ts";
import { PROVIDERS } from "../model.ts";
import { priceSchema } from "../price.ts";

const count = z.int().min(0);
const tokenUsageSchema = z.object({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
});

/** What was known of the model that was recorded. */
const headerSchema = z.object({
  v: z.literal(1),
  kind: z.literal("cassette"),
  model: z.object({
    name: z.string(),
    provider: z.enum(PROVIDERS),
    price: priceSchema.nullable(),
    maxOutputTokens: count,
    formats: z.array(z.enum(["text", "schema", "tool"])),
  }),
});

/** A text that requests hold, written once; calls refer to it by its hash. */
const textSchema = z.object({ v: z.literal(1), kind: z.literal("text"), hash: z.string(), text: z.string() });

/** A request without its texts. */
const partsSchema = z.object({
  provider: z.enum(PROVIDERS),
  model: z.string(),
  parameters: z.record(z.string(), z.json()),
  /** Hashes of texts, here and below. */
  system: z.array(z.string()),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), texts: z.array(z.string()) })),
  format: z.object({
    kind: z.enum(["text", "schema", "tool"]),
    name: z.string().nullable(),
    description: z.string().nullable(),
    schema: z.string().nullable(),
  }),
  /** No part of the key: it follows the budget that is left. */
  maxOutputTokens: count,
});

const callSchema = z.object({
  v: z.literal(1),
  kind: z.literal("call"),
  key: z.string(),
  /** From 1. */
  trial: z.int().min(1),
  /** The nth equal request of this trial, from 1. */
  call: z.int().min(1),
  parts: partsSchema,
  /** Null where the call failed. */
  answer: z.object({ value: z.string(), usage: tokenUsageSchema, model: z.string(), raw: z.json() }).nullable(),
  error: z
    .object({
      code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      hint: z.string(),
      retryAfterMs: z.number().nullable(),
      usage: tokenUsageSchema.nullable(),
    })
    .nullable(),
  /** What was streamed, as it was cut; null where nobody read along. */
  pieces: z.array(z.string()).nullable(),
  /** Whether any bytes came: what a failure without a told usage has cost depends on it. */
  wasHeard: z.boolean(),
  latencyMs: z.number().min(0),
});

export const lineSchema = z.discriminatedUnion("kind", [headerSchema, textSchema, callSchema]);

export type CassetteHeader = z.infer<typeof headerSchema>;
export type CassetteText = z.infer<typeof textSchema>;
export type CassetteCall = z.infer<typeof callSchema>;
export type RequestParts = z.infer<typeof partsSchema>;
export type CassetteLine = CassetteHeader | CassetteText | CassetteCall;
