#!/usr/bin/env node
/** The command `planwright`. Owns: nothing but the way in and the way out. */
import { runCli } from "./run-cli.ts";
import { leave, systemTerminal } from "./system-terminal.ts";

await leave(await runCli(process.argv.slice(2), systemTerminal()));
