/**
 * What makes two starts with one key the same request (SAFETY R12). Owns: both hashes of it. Must not: hash anything that
 * the runtime adds or makes of a request: defaults, workflows and readers of documents may be others at the next start.
 */
import type { Document, DocumentInput } from "../goal/document.ts";
import { hashJson, sha256 } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";

/** What is looked at here of a checked request; all else in it is hashed as it stands. */
interface GivenRequest {
  idempotencyKey: string | null;
  budget: object;
  documents: readonly (DocumentInput | Document)[];
  plan: JsonValue | undefined;
}

interface CarriedOutRequest extends GivenRequest {
  limits: object;
  askedHash: string;
  rules: object | null;
  reviewPlan: boolean;
  asked: object | null;
}

/** Of what was asked, as it was asked: limits as they were given, documents as their text or bytes. */
export function requestHash(asked: GivenRequest): string {
  const { idempotencyKey: _, budget: __, documents, plan, ...rest } = asked;
  return hashJson({ ...rest, plan: plan ?? null, documents: documents.map(givenDocument), form: 2 });
}

function givenDocument(given: DocumentInput | Document): unknown {
  if ("chars" in given) return given; // Read by the application.
  const { name, type = null, text, bytes } = given;
  return {
    name,
    type,
    ...(text === undefined ? {} : { text }),
    ...(bytes === undefined ? {} : { bytes: sha256(bytes) }),
  };
}

/** As keys were kept before: of the request as it was to be carried out. The same still, where nothing else has changed. */
export function formerRequestHash(request: CarriedOutRequest, documents: readonly Document[]): string {
  const { idempotencyKey, documents: _, limits: __, askedHash: ___, ...carriedOut } = request;
  const { plan, rules, reviewPlan, asked, ...rest } = carriedOut;
  const said = {
    ...(rules === null ? {} : { rules }),
    ...(reviewPlan ? { reviewPlan } : {}),
    ...(asked === null ? {} : { asked }),
  };
  return hashJson({ ...rest, ...said, plan: plan ?? null, documents });
}
