/** `planwright/client`: the HTTP interface, typed, for browsers and Node. A hand-written list. */
export type { DecisionLogEntry } from "../journal/decision-log-entry.ts";
export type { DryRun } from "../run/dry-run.ts";
export type { RunEvent, RunListItem, RunResult, RunStatus } from "../run/run-result.ts";
export { ClientError, type ClientProblem } from "./client-error.ts";
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type ListQuery,
  type RunReference,
} from "./create-client.ts";
export type { FollowOptions } from "./follow-run.ts";
export type { ClientDocument, StartRequest } from "./start-request.ts";
