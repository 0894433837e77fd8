/**
 * One route: what it takes, gives and does. Owns: reading and checking a request before its handler sees it. The same
 * description becomes the OpenAPI document.
 */
import { z } from "zod";
import type { ErrorCode } from "../error/codes.ts";
import { BODY_BYTES, type BodyRules, type ReadBody, readBody } from "./read-body.ts";
import { validate } from "./validate.ts";

/** An answer that a route gives when all went well. */
export interface RouteAnswer {
  description: string;
  /** Name of a schema of the OpenAPI document. */
  schema?: string;
  /** `application/json` by default. */
  type?: string;
  headers?: Record<string, string>;
}

export interface RouteBody<B extends z.ZodType> {
  schema: B;
  /** 1 MiB and JSON only by default. */
  rules?: Partial<BodyRules>;
  /** An empty body counts as `{}`. */
  isOptional?: boolean;
}

export interface RouteFacts {
  method: "GET" | "POST";
  /** As OpenAPI writes it: `/v1/runs/{id}`. */
  path: string;
  operation: string;
  summary: string;
  /** Needs no token, since it gives no data. */
  isPublic?: boolean;
  answers: Record<number, RouteAnswer>;
  /** Beside those that every route may answer with. */
  errors?: readonly ErrorCode[];
  /** Where a code means something else than elsewhere: that what was sent is wrong, not what is kept here. */
  statuses?: Partial<Record<ErrorCode, number>>;
}

export interface Given<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  files: ReadBody["files"];
  request: Request;
  /** Cuts the connection. */
  drop: () => void;
}

export interface AskedRoute {
  request: Request;
  /** Parts of the path, by name. */
  params: Record<string, string>;
  drop: () => void;
}

export interface RouteOptions<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> extends RouteFacts {
  params?: P;
  query?: Q;
  body?: RouteBody<B>;
  handle(given: Given<z.output<P>, z.output<Q>, z.output<B>>): Promise<Response> | Response;
}

export interface Route extends RouteFacts {
  params: z.ZodType | null;
  query: z.ZodType | null;
  body: RouteBody<z.ZodType> | null;
  answer(asked: AskedRoute): Promise<Response>;
}

const NOTHING = z.strictObject({});

export function defineRoute<
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>({ params, query, body, handle, ...facts }: RouteOptions<P, Q, B>): Route {
  return {
    ...facts,
    params: params ?? null,
    query: query ?? null,
    body: body ?? null,
    async answer({ request, params: given, drop }) {
      const read = body === undefined ? NO_BODY : await readBody(request, rulesOf(body));
      const json = read.json === undefined && body?.isOptional === true ? {} : read.json;
      return handle({
        params: validate((params ?? NOTHING) as P, params === undefined ? {} : given, "Path"),
        query: validate((query ?? NOTHING) as Q, queryOf(request), "Query"),
        body: body === undefined ? ({} as z.output<B>) : validate(body.schema, json, "Body"),
        files: read.files,
        request,
        drop,
      });
    },
  };
}

const NO_BODY: ReadBody = { json: undefined, files: [] };

export function rulesOf({ rules = {} }: RouteBody<z.ZodType>): BodyRules {
  return { maxBytes: BODY_BYTES, isMultipart: false, ...rules };
}

/** A parameter that is there twice becomes a list, which no schema takes. */
function queryOf({ url }: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(url);
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return { ...query };
}

export function jsonResponse(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}
