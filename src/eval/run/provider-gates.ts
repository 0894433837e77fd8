/**
 * How fast each provider may be asked. Owns: lanes and token buckets, one set per provider.
 * Must not: retry, or count money.
 */
import type { Clock } from "../../shared/clock.ts";
import type { ProviderRate } from "../suite.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

export interface ProviderGates {
  /** Does the work once the provider may be asked; `tokens` is the estimate of what it will use. */
  pass<T>(provider: string, asked: { tokens: number; signal: AbortSignal }, work: () => Promise<T>): Promise<T>;
  /** Part of an estimate that was not used after all. */
  giveBack(provider: string, tokens: number): void;
}

/** Calls at the same time of a provider that has no rate of its own. */
const DEFAULT_CONCURRENCY = 4;

interface Gate {
  lanes: Lanes;
  requests: TokenBucket | null;
  tokens: TokenBucket | null;
}

export function createProviderGates(rates: Readonly<Record<string, ProviderRate>>, clock: Clock): ProviderGates {
  const gates = new Map<string, Gate>();
  const gateOf = (provider: string): Gate => {
    const found = gates.get(provider);
    if (found !== undefined) return found;
    const { concurrency = DEFAULT_CONCURRENCY, requestsPerMinute, tokensPerMinute } = rates[provider] ?? {};
    const bucket = (perMinute: number | undefined): TokenBucket | null =>
      perMinute === undefined ? null : createTokenBucket({ perMinute, clock });
    const gate = {
      lanes: createLanes(concurrency),
      requests: bucket(requestsPerMinute),
      tokens: bucket(tokensPerMinute),
    };
    gates.set(provider, gate);
    return gate;
  };
  return {
    pass(provider, { tokens, signal }, work) {
      const gate = gateOf(provider);
      return gate.lanes.run(async () => {
        await gate.requests?.take(1, signal);
        await gate.tokens?.take(tokens, signal);
        return work();
      });
    },
    giveBack: (provider, tokens) => gateOf(provider).tokens?.giveBack(tokens),
  };
}
