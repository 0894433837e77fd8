/** The SDKs' own time limits are off: they end at the headers, and whoever calls a model has better ones. */

/** The longest delay of a Node timer, about 25 days. */
export const LONGEST_SDK_TIMEOUT_MS = 2 ** 31 - 1;
