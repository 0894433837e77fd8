/** A person who cancels, approves, denies, answers, or lets time pass. */
import type { RunResult } from "../../src/run/run-result.ts";
import { createRunHandle, type RunHandle } from "../../src/runtime/run-handle.ts";
import { outputOf } from "./random-tools.ts";
import { bear, codeOf, follow, RUN, resumeRun, type Scene, settle } from "./scene.ts";

/** True where the person did something. */
export async function personActs(scene: Scene, result: RunResult): Promise<boolean> {
  const act = isTimeToCancel(scene) ? cancel : actionFor(scene, result);
  if (act === null) return false;
  await act(scene, result);
  return true;
}

type Action = (scene: Scene, result: RunResult) => Promise<void>;

function isTimeToCancel({ cancelAtMs, isCancelled, world }: Scene): boolean {
  return cancelAtMs !== null && !isCancelled && world.clock.monotonic() >= cancelAtMs;
}

function actionFor({ dice }: Scene, { status, waiting }: RunResult): Action | null {
  if (status !== "waiting" || waiting === null) return null;
  switch (waiting.reason) {
    case "retry-at":
      return null;
    case "approval":
      if (dice.chance(0.3)) return null; // Lets time pass; it may expire.
      return dice.chance(0.7) ? approve : reject;
    case "answer":
      return answer;
    case "needs-attention":
      return waiting.error?.stepId != null && dice.chance(0.6) ? settleUnknown : resumeRun;
  }
}

function cancel(scene: Scene): Promise<void> {
  return tell(scene, async (handle) => {
    await handle.cancel();
    scene.isCancelled = true;
    scene.referee.acknowledged("cancel.requested");
  });
}

function approve(scene: Scene, { waiting }: RunResult): Promise<void> {
  const { id, hash } = scene.dice.pick(waiting?.approvals ?? []);
  return tell(scene, async (handle) => {
    await handle.approve({ id, hash });
    scene.referee.acknowledged("approval.granted");
  });
}

function reject(scene: Scene, { waiting }: RunResult): Promise<void> {
  const { id } = scene.dice.pick(waiting?.approvals ?? []);
  return tell(scene, async (handle) => {
    await handle.reject({ id });
    scene.referee.acknowledged("approval.denied");
  });
}

function answer(scene: Scene): Promise<void> {
  return tell(scene, async (handle) => {
    await handle.answer("go on");
    scene.referee.acknowledged("question.answered");
  });
}

/** Says what the step gives; of a list that was refused: nothing. */
function settleUnknown(scene: Scene, { steps, waiting }: RunResult): Promise<void> {
  const { stepId } = waiting?.error ?? {};
  const isOpen = ({ id, status }: RunResult["steps"][number]): boolean =>
    status === "unknown" || (id === stepId && status === "waiting");
  const row = steps.find(isOpen);
  const output =
    waiting?.error?.code === "LIMIT_FANOUT" ? [] : outputOf({}, { step: row?.id ?? "", index: row?.index ?? null });
  return tell(scene, async (handle) => {
    await handle.answer(output);
    scene.referee.acknowledged("question.answered");
  });
}

async function tell(scene: Scene, say: (handle: RunHandle) => Promise<void>): Promise<void> {
  const { environment, active } = scene.process;
  const isDriven = active.get(RUN) !== undefined;
  const said = await settle(scene, say(createRunHandle(environment, active, RUN)));
  if (said === "gone") return;
  if ("error" in said && codeOf(said.error) === "APPROVAL_EXPIRED" && !isDriven) return resumeRun(scene);
  if ("error" in said) return bear(scene, said.error);
  if (!isDriven) follow(scene);
}
