/** The self-written documents with their gold entities. */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../fixtures/documents/", import.meta.url);

export interface FixtureDocument {
  name: string;
  text: string;
  gold: { text: string; kind: string }[];
}

export const fixtureDocuments: FixtureDocument[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md"))
  .sort()
  .map((name) => ({
    name,
    text: readFileSync(new URL(name, FOLDER), "utf8"),
    gold: JSON.parse(
      readFileSync(new URL(name.replace(/\.md$/, ".entities.json"), FOLDER), "utf8"),
    ) as FixtureDocument["gold"],
  }));
