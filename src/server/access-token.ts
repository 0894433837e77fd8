/**
 * The token that every request has to show (SAFETY, security rule 8). Owns: making it at the first start, keeping it in
 * the store's folder for its owner's eyes only, and comparing it in constant time.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { systemCode } from "../journal/store-errors.ts";
import { newSecret, type Random, systemRandom } from "../shared/random.ts";

/** Of the file inside the store's folder. */
export const TOKEN_FILE = "server-token";

/** Visible ASCII, so that it fits into a header; long enough not to be guessed. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;

export interface KeptToken {
  token: string;
  file: string;
  /** Made by this call. */
  isNew: boolean;
}

/** The kept token, or a new one. Throws STORE_IO where the folder cannot be written, CONFIG_INVALID for a damaged file. */
export function keepToken(root: string, random: Random = systemRandom): KeptToken {
  const file = join(root, TOKEN_FILE);
  try {
    mkdirSync(root, { recursive: true });
    const token = newSecret(random);
    if (!existsSync(file) && publish(file, token)) return { token, file, isNew: true };
  } catch (thrown) {
    throw unusable(file, thrown);
  }
  return { token: readToken(file), file, isNew: false };
}

/** Whole or not at all; false where another server was faster: both use its token then. */
function publish(file: string, token: string): boolean {
  const temporary = `${file}.${process.pid}.tmp`;
  rmSync(temporary, { force: true }); // Of a process that died.
  try {
    writeFileSync(temporary, `${token}\n`, { flag: "wx", mode: 0o600, flush: true });
    linkSync(temporary, file);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) !== "EEXIST") throw thrown;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readToken(file: string): string {
  let token: string;
  try {
    chmodSync(file, 0o600);
    token = readFileSync(file, "utf8").trim();
  } catch (thrown) {
    throw unusable(file, thrown);
  }
  return checkTokenForm(token, `the file '${file}'`, "Remove the file, and a new token is made.");
}

/** Throws CONFIG_INVALID; `where` completes "The token of …" and never shows the token, `remedy` ends the hint. */
export function checkTokenForm(token: string, where: string, remedy: string): string {
  if (TOKEN.test(token)) return token;
  throw new PlanwrightError("CONFIG_INVALID", `The token of ${where} is not usable.`, {
    hint: `A token has 16 to 512 visible ASCII characters. ${remedy}`,
  });
}

/** Takes the same time whatever the two have in common. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function unusable(file: string, cause: unknown): PlanwrightError {
  return new PlanwrightError("STORE_IO", `The token file '${file}' cannot be used: ${describeThrown(cause)}.`, {
    hint: "Make the store's folder writable, or give a token with --token or PLANWRIGHT_TOKEN.",
    cause,
  });
}
