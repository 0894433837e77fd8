/** The README's way over HTTP, word for word but for the port: commands in a shell, then the client's ten lines. */
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a newcomer's way through the README works as it stands", async () => {
  const folder = mkdtempSync(join(tmpdir(), "planwright-readme-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const port = String(await freePort());
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const section = readme.slice(readme.indexOf("## Over HTTP"), readme.indexOf("## How it works"));
  const [, commands = ""] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(section) ?? [];
  expect(example.trim().split("\n")).toHaveLength(10);
  const client = JSON.stringify(pathToFileURL(join(root, "src/client/index.ts")).href);
  writeFileSync(join(folder, "example.ts"), example.replaceAll("7420", port).replace('"planwright/client"', client));
  const command = join(folder, "planwright");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(root, "src/cli/main.ts")}" "$@"\n`);
  chmodSync(command, 0o755);
  const script = `set -e\n${commands.replaceAll("7420", port)}\necho === client\n"${process.execPath}" ${join(folder, "example.ts")}\nkill $!\nwait $!`;
  const { stdout } = await run("bash", ["-c", script], {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
    env: {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
      PLANWRIGHT_STORE: join(folder, "store"),
      PLANWRIGHT_MODEL: "offline",
    },
  });
  const [shell = "", code = ""] = stdout.split("=== client\n");
  expect(shell).toMatch(/event: run\.accepted[\s\S]*event: step\.completed[\s\S]*event: run\.ended[\s\S]*: end/);
  expect(shell).toMatch(/"status":"completed","output":\{"summary":"/);
  expect(shell).toMatch(/"verdict":"accepted"/);
  expect(code).toMatch(/run\.accepted[\s\S]*step\.completed people|step\.completed/);
  expect(code).toMatch(/run\.ended[\s\S]*completed[\s\S]*kind: 'plan'/);
});
