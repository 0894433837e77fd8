/** SHA-256 in the spellings used here. Owns: how a hash is written. */
import { hash } from "node:crypto";
import { canonicalJson } from "./json.ts";

/** `sha256:<64 hex digits>`: the form that people and other programs see. */
export function sha256(text: string | Uint8Array): string {
  return `sha256:${sha256Hex(text)}`;
}

/** The 64 hex digits alone: for programs that take no colon in a key. */
export function sha256Hex(text: string | Uint8Array): string {
  return hash("sha256", text, "hex");
}

/** 43 characters of base64url: the form inside journal entries, where every byte counts. */
export function sha256Short(text: string | Uint8Array): string {
  return hash("sha256", text, "base64url");
}

/** Turns the short form into the one that people see. */
export function hashForPeople(short: string): string {
  return `sha256:${Buffer.from(short, "base64url").toString("hex")}`;
}

/** Hash of a value's canonical JSON in the short form. */
export function hashJsonShort(value: unknown): string {
  return sha256Short(canonicalJson(value));
}

/** Hash of a value's canonical JSON. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
