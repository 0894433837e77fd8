/** What a model's tokens cost. Owns: the shape, in code, in configurations and in cassettes. */
import { z } from "zod";

const usdPerMillion = z.number().min(0);

const ratesSchema = z.strictObject({
  inputUsdPerMillion: usdPerMillion,
  outputUsdPerMillion: usdPerMillion,
  /** Defaults to the input price. */
  cachedInputUsdPerMillion: usdPerMillion.exactOptional(),
  /** Defaults to the input price. */
  cacheWriteUsdPerMillion: usdPerMillion.exactOptional(),
});
export type Rates = z.infer<typeof ratesSchema>;

/** USD per million tokens. `longInput`: what a request with more input tokens than `overTokens` pays for all of its tokens. */
export const priceSchema = ratesSchema.extend({
  longInput: ratesSchema.extend({ overTokens: z.int().min(1) }).exactOptional(),
});
export type Price = z.infer<typeof priceSchema>;
