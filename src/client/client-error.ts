/** What a call of the client failed with. Owns: reading a server's problem (CONTRACTS 6). Must not: import anything. */

/** As the server told it, or `UNREACHABLE` where there was no answer, and `BAD_ANSWER` where it was none of a Planwright server. */
export interface ClientProblem {
  code: string;
  /** HTTP status; 0 where there was no answer. */
  status: number;
  detail: string;
  hint: string;
  retryable: boolean;
  retryAfterMs: number | null;
  runId: string | null;
  issues: { code: string; path: string; message: string; hint: string }[];
}

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: string;
  readonly problem: ClientProblem;

  constructor(problem: ClientProblem, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause });
    this.code = problem.code;
    this.problem = problem;
  }
}

export function unreachable(url: string, cause: unknown): ClientError {
  const hint = "Check the address, and whether planwright serve runs.";
  return new ClientError(
    { ...NOTHING, code: "UNREACHABLE", detail: `No answer from ${url}.`, hint, retryable: true },
    cause,
  );
}

/** Reads the body. */
export async function problemOf(response: Response): Promise<ClientError> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const told = parse(text);
  if (told !== null) return new ClientError({ ...NOTHING, ...told, status });
  return badAnswer(status, "without saying why");
}

/** `how` completes "The server answered 200 …", without the full stop. */
export function badAnswer(status: number, how: string): ClientError {
  const detail = `The server answered ${status} ${how}.`;
  const hint = "Check the address: a proxy or another server may answer there.";
  return new ClientError({ ...NOTHING, status, code: "BAD_ANSWER", detail, hint, retryable: status >= 500 });
}

const NOTHING: ClientProblem = {
  code: "",
  status: 0,
  detail: "",
  hint: "",
  retryable: false,
  retryAfterMs: null,
  runId: null,
  issues: [],
};

function parse(text: string): ClientProblem | null {
  try {
    const value = JSON.parse(text) as ClientProblem;
    return typeof value.code === "string" && typeof value.detail === "string" ? value : null;
  } catch {
    return null; // A page of a proxy, for instance.
  }
}
