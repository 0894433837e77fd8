/** `planwright prompts …`. Owns: its words in `--help`. */
import type { Command as Program } from "commander";
import type { Bind } from "./call.ts";
import * as declare from "./declare-options.ts";

export function addPrompts(program: Program, bind: Bind): void {
  const prompts = program.command("prompts").description("the texts that models are asked with").helpCommand(false);
  const list = prompts
    .command("list", { isDefault: true })
    .description("every prompt with its versions")
    .allowExcessArguments(true);
  declare.configOptions(list);
  list.action(bind(async () => (await import("./commands/prompts-command.ts")).promptsListCommand));
  const show = prompts.command("show").description("one prompt").argument("<prompt>", "NAME, or NAME@VERSION");
  declare.configOptions(show);
  show.action(bind(async () => (await import("./commands/prompts-command.ts")).promptsShowCommand));
  const diff = prompts
    .command("diff")
    .description("how two prompts differ")
    .argument("<before>", "NAME@VERSION")
    .argument("<after>", "NAME@VERSION");
  declare.configOptions(diff);
  diff.action(bind(async () => (await import("./commands/prompts-command.ts")).promptsDiffCommand));
}
