/** The commands that serve others, or look at what serves: `serve`, `demo-model`, `doctor`. Owns: their words in `--help`. */
import type { Command as Program } from "commander";
import type { Bind } from "./call.ts";
import * as declare from "./declare-options.ts";

export function addServing(program: Program, bind: Bind): void {
  const serve = program.command("serve").description("the HTTP interface: goals and documents in, results out");
  declare.serveOptions(serve);
  serve.action(bind(async () => (await import("./commands/serve-command.ts")).serveCommand));
  const demo = program.command("demo-model").description("a loopback double of a model server, for demos and tests");
  declare.demoModelOptions(demo);
  demo.action(bind(async () => (await import("./commands/demo-model-command.ts")).demoModelCommand));

  const doctor = program.command("doctor").description("check this machine and this configuration");
  doctor.option("--ask", "ask the model one short question (nothing is asked otherwise)");
  declare.runtimeOptions(doctor);
  doctor.action(bind(async () => (await import("./commands/doctor-command.ts")).doctorCommand));
}
