/**
 * The HTTP interface as one function from requests to responses. Owns: the order of checks, what an unknown path or
 * method gets, and that every failure is a problem. Must not: listen.
 */
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { type Access, checkOrigin, checkToken } from "./check-access.ts";
import { openApiDocument } from "./openapi.ts";
import { problemResponse } from "./problem.ts";
import { defineRoute, jsonResponse, type Route } from "./route.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { healthRoutes, shuttingDown } from "./routes/health.ts";
import { keepingRoutes } from "./routes/keep-runs.ts";
import { lookingRoutes } from "./routes/look-at-runs.ts";
import { planGoalRoute } from "./routes/plan-goal.ts";
import { startRunRoute } from "./routes/start-run.ts";
import { tellingRoutes } from "./routes/tell-run.ts";
import type { ServerParts } from "./server-parts.ts";
import { statusPageRoutes } from "./status-page.ts";

export interface AppOptions extends ServerParts {
  access: Access;
}

/** What requests are answered with beside their content. */
const HEADERS: Record<string, string> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function createApp(options: AppOptions): Hono {
  const routes = routesOf(options);
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  for (const path of new Set(routes.map((route) => route.path)))
    mount(
      app,
      options,
      routes.filter((route) => route.path === path),
    );
  app.notFound(({ req }) => {
    const error =
      refusalOf(req.raw, options) ??
      new PlanwrightError("NOT_FOUND", "There is nothing at this path.", {
        hint: "GET /openapi.json lists the paths.",
      });
    return problemResponse(error, { instance: pathOf(req.raw) });
  });
  app.onError((thrown, { req }) => {
    let error = asPlanwrightError(thrown);
    if (error.code === "INTERNAL") options.onFault(thrown);
    if (error.code === "SHUTTING_DOWN") error = shuttingDown(); // The runtime's own words are for who writes programs.
    return problemResponse(error, { instance: pathOf(req.raw) });
  });
  return app;
}

function routesOf(parts: ServerParts): Route[] {
  const routes = [
    ...keepingRoutes(parts),
    startRunRoute(parts),
    ...lookingRoutes(parts),
    ...tellingRoutes(parts),
    planGoalRoute(parts),
    ...catalogueRoutes(parts),
    ...healthRoutes(parts),
    ...statusPageRoutes(),
  ];
  let document: ReturnType<typeof openApiDocument> | null = null;
  const describing = defineRoute({
    method: "GET",
    path: "/openapi.json",
    operation: "describe",
    summary: "This document.",
    answers: { 200: { description: "OpenAPI 3.1." } },
    handle() {
      document ??= openApiDocument([...routes, describing]);
      return jsonResponse(200, document);
    },
  });
  return [...routes, describing];
}

function mount(app: Hono, options: AppOptions, routes: readonly Route[]): void {
  const [first] = routes;
  if (first === undefined) return;
  app.all(first.path.replaceAll(/\{(\w+)\}/g, ":$1"), async ({ req, env }) => {
    const request = req.raw;
    checkOrigin(request, options.access);
    if (first.isPublic !== true) checkToken(request, options.access);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = routes.find((one) => one.method === method);
    if (route === undefined) return wrongMethod(request, routes);
    if (options.closing.aborted && method === "POST") throw shuttingDown();
    try {
      return await route.answer({ request, params: req.param() as Record<string, string>, drop: () => dropOf(env) });
    } catch (thrown) {
      const error = asPlanwrightError(thrown);
      const status = route.statuses?.[error.code];
      if (status === undefined) throw thrown;
      return problemResponse(error, { instance: pathOf(request), status });
    }
  });
}

/** Behind a socket: cuts the connection. */
function dropOf(env: unknown): void {
  const { outgoing } = (env ?? {}) as Partial<HttpBindings>;
  outgoing?.destroy();
}

function wrongMethod(request: Request, routes: readonly Route[]): Response {
  const allowed = routes.map(({ method }) => method).join(", ");
  const error = new PlanwrightError(
    "METHOD_NOT_ALLOWED",
    `This path takes ${allowed}, not ${request.method.slice(0, 20)}.`,
    {
      hint: "GET /openapi.json lists the paths with their methods.",
    },
  );
  const response = problemResponse(error, { instance: pathOf(request) });
  response.headers.set("allow", allowed);
  return response;
}

/** Why the request may not even learn whether a path is there; null where it may. */
function refusalOf(request: Request, { access }: AppOptions): PlanwrightError | null {
  try {
    checkOrigin(request, access);
    checkToken(request, access);
    return null;
  } catch (thrown) {
    return asPlanwrightError(thrown);
  }
}

const SHOWN_PATH_CHARS = 200;

function pathOf({ url }: Request): string {
  return new URL(url).pathname.slice(0, SHOWN_PATH_CHARS);
}
