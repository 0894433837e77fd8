/** docs/evals.md, "Compare two prompts", word for word: from a packed tarball in an empty folder. Needs `npm run build`. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../cli/fake-terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const DOCS = readFileSync(join(ROOT, "docs/evals.md"), "utf8");

/** As `npm install` would lay it out; the dependencies are those that are installed here. */
async function installed(): Promise<string> {
  const folder = tempFolder();
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: ROOT });
  const listing = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [packed] = Object.values(listing);
  await run("tar", ["-xzf", join(folder, packed?.filename ?? ""), "-C", folder]);
  renameSync(join(folder, "package"), join(modules, "planwright"));
  symlinkSync(join(ROOT, "node_modules"), join(modules, "planwright", "node_modules"), "junction");
  symlinkSync("../planwright/dist/src/cli/main.js", join(modules, ".bin", "planwright"));
  return folder;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

function blocks(section: string, language: string): string[] {
  const text = DOCS.slice(DOCS.indexOf(section), DOCS.indexOf("\n## ", DOCS.indexOf(section) + 1));
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
}

const environment = {
  ...process.env,
  CI: "",
  PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}`,
};

describe("the packed package", () => {
  test("takes somebody from an empty folder to a verdict on a prompt", async () => {
    const folder = await installed();
    const [suite = ""] = blocks("## Compare two prompts", "yaml");
    const commands = blocks("## Compare two prompts", "sh");
    expect(commands).toHaveLength(3);
    writeFileSync(join(folder, "prompts.eval.yaml"), suite);
    const script = commands.join("\n").replaceAll("7421", String(await freePort()));
    const { stdout } = await run("bash", ["-e", "-c", script], { cwd: folder, env: environment });
    expect(stdout).toContain("+ 2. Count your steps");
    expect(stdout).toMatch(/old → new +tool_f1 +0\.000 \[too few clusters\] +2 +1\.000 +no evidence/);
    expect(stdout.match(/was answered by the loopback double/g)?.length).toBeGreaterThanOrEqual(2);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("old → new");
    expect(readFileSync(join(folder, "report.md"), "utf8")).toContain("## Evals: prompts: passed");
  });

  test("runs a suite in TypeScript as the documents have it, and the suite that it ships", async () => {
    const folder = await installed();
    const [code = ""] = blocks("## What is in a suite", "ts");
    expect(code).toBe(readFileSync(join(ROOT, "examples/letters.eval.ts"), "utf8"));
    writeFileSync(join(folder, "letters.eval.ts"), code);
    const shipped = "node_modules/planwright/evals/suites/document-goals/document-goals.eval.yaml";
    const evaluate = async (
      ...args: string[]
    ): Promise<{ suite: string; status: string; counts: { scored: number } }> => {
      const { stdout } = await run(join(folder, "node_modules/.bin/planwright"), ["eval", ...args, "--json"], {
        cwd: folder,
        env: environment,
        maxBuffer: 1e8,
      });
      return JSON.parse(stdout);
    };
    expect(await evaluate("letters.eval.ts", "--gate")).toMatchObject({
      suite: "letters",
      status: "passed",
      counts: { scored: 6 },
    });
    expect(await evaluate(shipped, "--filter", "single-")).toMatchObject({ suite: "document-goals" });
  });
});
