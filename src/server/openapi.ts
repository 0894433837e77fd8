/** The OpenAPI 3.1 document, made from the same routes and schemas that requests and answers are checked by. */
import { z } from "zod";
import { categoryOf, type ErrorCode } from "../error/codes.ts";
import type { JsonObject } from "../shared/json.ts";
import { VERSION } from "../shared/version.ts";
import { PROBLEM_TYPE, statusOf } from "./problem.ts";
import { LINES_TYPE } from "./read-body.ts";
import { type Route, type RouteAnswer, rulesOf } from "./route.ts";
import { inputSchema, namedSchemas } from "./schemas.ts";

/** What any route may answer with; those with a body can find it wrong in more ways. */
const EVERYWHERE: readonly ErrorCode[] = ["VALIDATION", "FORBIDDEN", "INTERNAL", "STORE_IO"];
const WITH_TOKEN: readonly ErrorCode[] = ["UNAUTHENTICATED"];
const WITH_BODY: readonly ErrorCode[] = ["BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"];

export function openApiDocument(routes: readonly Route[]): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Planwright",
      version: VERSION,
      description: "Give a goal and documents; plans are checked before they run, and every decision can be looked at.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: namedSchemas(),
    },
  };
}

function operationOf(route: Route): JsonObject {
  const { operation, summary, isPublic = false, answers } = route;
  const entries = Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)] as const);
  return {
    operationId: operation,
    summary,
    ...(isPublic ? { security: [] } : {}),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: { ...Object.fromEntries(entries), ...problemsOf(route) },
  };
}

function answerOf({ description, schema, type = "application/json", headers = {} }: RouteAnswer): JsonObject {
  const named = Object.entries(headers).map(([name, about]) => [
    name,
    { description: about, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) as JsonObject }),
    content: { [type]: { schema: schema === undefined ? {} : { $ref: `#/components/schemas/${schema}` } } },
  };
}

function problemsOf({ isPublic = false, body, errors = [], statuses = {} }: Route): JsonObject {
  const codes = new Set([
    ...EVERYWHERE,
    ...(isPublic ? [] : WITH_TOKEN),
    ...(body === null ? [] : WITH_BODY),
    ...errors,
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = statuses[code] ?? statusOf({ code, category: categoryOf(code) });
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, its]) => [
      String(status),
      {
        description: its.join(", "),
        content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function parametersOf({ path, params, query, operation }: Route): JsonObject[] {
  const inPath = fieldsOf(params).map(([name, schema]) => ({ name, in: "path", required: true, schema }));
  const inQuery = fieldsOf(query).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
  const own = HEADERS.filter(({ of }) => of === operation).map(({ of: _, ...header }) => header);
  return [...inPath.filter(({ name }) => path.includes(`{${name}}`)), ...inQuery, ...own];
}

const HEADERS = [
  {
    of: "startRun",
    name: "Idempotency-Key",
    in: "header",
    description: "Same key and request: the same run, also after a restart.",
    schema: { type: "string", minLength: 1, maxLength: 256 },
  },
  {
    of: "followRun",
    name: "Last-Event-ID",
    in: "header",
    description: "The last event that was received; the stream goes on after it.",
    schema: { type: "integer", minimum: 0 },
  },
];

function fieldsOf(schema: z.ZodType | null): [string, JsonObject][] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [name, inputSchema(field)]);
}

function bodyOf({ body }: Route): JsonObject {
  if (body === null) return {};
  const schema = inputSchema(body.schema);
  const form = {
    type: "object",
    properties: { request: schema, document: { type: "array", items: { type: "string", format: "binary" } } },
    required: ["request"],
    additionalProperties: false,
  };
  const content = {
    [rulesOf(body).isLines === true ? LINES_TYPE : "application/json"]: { schema },
    ...(rulesOf(body).isMultipart ? { "multipart/form-data": { schema: form } } : {}),
  };
  return { requestBody: { required: body.isOptional !== true, content } };
}
