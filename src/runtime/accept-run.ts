/** From a request to a journal whose first entry is durable (SAFETY R1, R12). */

import type { Document, DocumentInput } from "../goal/document.ts";
import { openDocument } from "../goal/open-document.ts";
import { nowOf } from "../goal/run-request.ts";
import { packDocument } from "../goal/stored-document.ts";
import { type BlobCache, createBlobCache } from "../journal/blob-cache.ts";
import type { EntryData, JournalEntry, StoredValue } from "../journal/entries.ts";
import type { OwnedJournal } from "../journal/store.ts";
import { storeValue } from "../journal/store-value.ts";
import { createRunState, type RunState } from "../run/run-state.ts";
import type { JsonValue } from "../shared/json.ts";
import { formerRequestHash } from "./request-hash.ts";
import type { CheckedRequest } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface AcceptedRun {
  journal: OwnedJournal;
  state: RunState;
  blobs: BlobCache;
  unpublished: JournalEntry[];
}

/** Throws DOCUMENT_ codes, IDEMPOTENCY_CONFLICT and store errors; `existing` names the run that the key already has. */
export async function acceptRun(
  environment: RuntimeEnvironment,
  id: string,
  request: CheckedRequest,
): Promise<AcceptedRun | { existing: string }> {
  const documents = await readDocuments(request.documents);
  const { store } = environment;
  const key = request.idempotencyKey;
  const formerHash = (): string => formerRequestHash(request, documents);
  const claim = key === null ? {} : { claim: { key, requestHash: request.askedHash, formerHash } };
  const created = await store.create({ run: id, ...claim });
  if ("existing" in created) return created;
  const { journal } = created;
  try {
    return await openJournal(environment, journal, { request, documents });
  } catch (error) {
    await journal.release().catch(() => undefined);
    throw error;
  }
}

async function openJournal(
  environment: RuntimeEnvironment,
  journal: OwnedJournal,
  asked: { request: CheckedRequest; documents: Document[] },
): Promise<AcceptedRun> {
  const blobs = createBlobCache();
  const documents = asked.documents.map((document) => masked(document, journal.mask));
  const given = { request: asked.request, documents };
  const data = await acceptedData(environment, given, (value) => storeValue({ journal, blobs }, value));
  const entry = journal.append({ kind: "run.accepted", data });
  if (entry.kind !== "run.accepted") throw new Error("the journal changed an entry");
  await journal.sync();
  return { journal, state: createRunState(entry, blobs.read), blobs, unpublished: [entry] };
}

/** The document as it may be kept; its length is that of what is kept. */
function masked(document: Document, mask: OwnedJournal["mask"]): Document {
  const kept = (mask?.(document) ?? document) as Document;
  return kept === document ? document : { ...kept, chars: kept.text.length };
}

/** What `run.accepted` holds; `keep` decides what is stored inline. */
export async function acceptedData(
  environment: RuntimeEnvironment,
  { request, documents }: { request: CheckedRequest; documents: Document[] },
  keep: (value: JsonValue) => Promise<StoredValue>,
): Promise<EntryData<"run.accepted">> {
  const { goal, params, outputSchema, budget, grants, denyApprovals, plan, mark, rules, reviewPlan, asked } = request;
  const planner = plan === undefined ? environment.planner : environment.createFixedPlanner(null);
  const stored: EntryData<"run.accepted">["documents"] = [];
  for (const document of documents) {
    const { name, type, chars } = document;
    stored.push({ name, type, chars, document: await keep(packDocument(document)) });
  }
  return {
    goal,
    params,
    documents: stored,
    outputSchema,
    budget,
    grants,
    denyApprovals,
    planner: planner.name,
    model: planner.model ?? null,
    ...(asked === null ? {} : { asked }),
    workflow: mark ?? null,
    fixedPlan: plan === undefined ? null : await keep(plan),
    isPersonal: planner.isPersonal === true,
    ...(rules === null ? {} : { rules, standsInPerCall: true as const }),
    ...(reviewPlan ? { reviewPlan } : {}),
    forkedFrom: null,
    now: nowOf(environment.clock.now()),
    planwright: environment.version,
  };
}

/** Reads what was given as text or bytes, one after the other. Throws DOCUMENT_ codes. */
export async function readDocuments(given: readonly (DocumentInput | Document)[]): Promise<Document[]> {
  const documents: Document[] = [];
  for (const document of given) documents.push("chars" in document ? document : await openDocument(document));
  return documents;
}
