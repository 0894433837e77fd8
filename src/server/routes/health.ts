/** Whether the server lives and takes work; without a token, since there is nothing in it. */
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";

export const healthSchema = z.strictObject({ status: z.enum(["alive", "ready"]) });

export function healthRoutes({ closing }: ServerParts): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/healthz",
      operation: "isAlive",
      summary: "Answers as long as the process does.",
      isPublic: true,
      answers: { 200: { description: "It does.", schema: "Health" } },
      handle: () => jsonResponse(200, { status: "alive" }),
    }),
    defineRoute({
      method: "GET",
      path: "/readyz",
      operation: "isReady",
      summary: "Whether runs are taken; not any more once the server is told to end.",
      isPublic: true,
      answers: { 200: { description: "They are.", schema: "Health" } },
      errors: ["SHUTTING_DOWN"],
      handle() {
        if (closing.aborted) throw shuttingDown();
        return jsonResponse(200, { status: "ready" });
      },
    }),
  ];
}

export function shuttingDown(): PlanwrightError {
  return new PlanwrightError("SHUTTING_DOWN", "The server is ending.", {
    hint: "Try again once it has started anew; accepted runs go on then.",
  });
}
