import { describe, expect, test } from "vitest";
import { machineJson, machineMermaid } from "../../src/run/describe-machine.ts";
import { transitionPlaces } from "./machine-drive.ts";
import { DECIDING, EXECUTING, TERMINAL } from "./machine-table.ts";

describe("the machine as data", () => {
  const machine = machineJson();

  test("has every state", () => {
    const expected = [
      ...["queued", "active", "active.deciding", "active.executing", "finishing", "stopping", "ending"],
      ...DECIDING.map((name) => `active.deciding.${name}`),
      ...EXECUTING.map((name) => `active.executing.${name}`),
      ...TERMINAL,
    ];
    expect(machine.states.map(({ id }) => id).sort()).toEqual(expected.sort());
    expect(machine.initial).toBe("queued");
    expect(machine.states.filter(({ type }) => type === "parallel").map(({ id }) => id)).toEqual(["active"]);
    expect(machine.states.filter(({ type }) => type === "final").map(({ id }) => id)).toEqual(TERMINAL);
  });

  test("has every transition of the definition, between states that exist", () => {
    const key = ({ from, event }: { from: string; event: string | null }): string => `${from} ${event}`;
    const defined = transitionPlaces().map(({ state, event }) => key({ from: state, event }));
    expect(machine.transitions.map(key).sort()).toEqual(defined.sort());
    const states = new Set(machine.states.map(({ id }) => id));
    for (const { from, to } of machine.transitions) {
      expect(states).toContain(from);
      expect(states).toContain(to);
    }
  });

  test("lets nothing leave a final state (R10)", () => {
    expect(machine.transitions.filter(({ from }) => TERMINAL.includes(from))).toEqual([]);
  });

  test("names guards, effects and how a run will end", () => {
    const of = (from: string, to: string) => machine.transitions.filter((one) => one.from === from && one.to === to);
    expect(of("queued", "stopping")).toEqual([
      { from: "queued", to: "stopping", event: "cancel.requested", guard: null, actions: ["stopAs cancelled"] },
      { from: "queued", to: "stopping", event: "budget.settled", guard: null, actions: ["stopAtLimit"] },
    ]);
    expect(of("active.deciding.idle", "stopping")).toEqual([
      {
        from: "active.deciding.idle",
        to: "stopping",
        event: null,
        guard: "isOutOfSteps",
        actions: ["stopAs exhausted LIMIT_STEPS"],
      },
    ]);
    expect(of("active.executing.draining", "active.executing.executing")[0]?.guard).toBe("not isDraining");
    expect(of("active.deciding.idle", "active.deciding.replanning")[1]?.guard).toBe("isPlanDone and wantsReplan");
    expect(of("finishing", "completed")[0]?.guard).toBe("endsAs completed");
    expect(machine.states.find(({ id }) => id === "active.executing.waiting")).toMatchObject({
      parent: "active.executing",
      entry: ["announceWaiting"],
      exit: ["announceResumed"],
    });
  });

  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(machine))).toEqual(machine);
  });
});

describe("the machine as a drawing", () => {
  const lines = machineMermaid()
    .split("\n")
    .map((line) => line.trim());

  test("declares every state once and draws every transition", () => {
    const { states, transitions } = machineJson();
    for (const { id } of states) {
      const drawn = lines.filter((line) =>
        new RegExp(`^state "[^"]+" as ${id.replaceAll(".", "_")}( \\{)?$`).test(line),
      );
      expect(drawn).toHaveLength(1);
    }
    for (const { from, to, event, guard } of transitions) {
      const arrow = `${from.replaceAll(".", "_")} --> ${to.replaceAll(".", "_")} : `;
      const label = [event, guard === null ? null : `[${guard}]`].filter((part) => part !== null).join(" ");
      expect(lines.some((line) => line.startsWith(arrow + label))).toBe(true);
    }
    const arrows = lines.filter((line) => line.includes("-->") && !line.includes("[*]"));
    expect(arrows).toHaveLength(transitions.length);
  });

  test("shows where it starts, where it ends, and the parallel regions", () => {
    expect(lines[0]).toBe("stateDiagram-v2");
    expect(lines).toContain("[*] --> queued");
    for (const name of TERMINAL) expect(lines).toContain(`${name} --> [*]`);
    expect(lines.filter((line) => line === "--")).toHaveLength(1);
    expect(lines).toContain("[*] --> active_deciding_replanning");
    expect(lines.filter((line) => line.endsWith("{"))).toHaveLength(lines.filter((line) => line === "}").length);
  });
});
