/** What a cassette writes holds no secret: not in messages, answers, errors, pieces or what lies in `raw` (SAFETY R16). */
import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/model/model.ts";
import { createMasker, MASKED } from "../../src/shared/mask-secrets.ts";
import { createScriptedModel, modelReply } from "../../src/testing/index.ts";
import { processorMs } from "../setup/processor-time.ts";
import { attempt, createWorld, outcome, request } from "./cassette-world.ts";

const KEY = 'own "key" / with + odd signs 42';
const FOUND = "sk-test-0123456789abcdefABCDEF";

describe("a cassette", () => {
  test("holds neither the model's own key nor what looks like one, wherever it stood", async () => {
    const world = createWorld();
    const raw = {
      headers: { Authorization: KEY, "X-Api-Key": "short", "set-cookie": ["id=77"] },
      [`in ${FOUND}`]: [{ deep: `quoted ${JSON.stringify(KEY)} and ?k=${encodeURIComponent(KEY)}` }],
      echo: Buffer.from(KEY).toString("base64"),
    };
    const inner = createScriptedModel([
      modelReply({ pieces: ["my key is own ", '"key" / with + odd', " signs 42, keep it"], raw }),
      new ModelError("MODEL_AUTH", `Bad key ${KEY}.`, { hint: `Look at ${FOUND}.` }),
    ]);
    const recording = await world.record([], { inner, secrets: [KEY, "shorty"] });
    const asked = request(`authorization: Bearer ${FOUND.slice(3)}`, {
      system: [{ text: `Use ${KEY}.` }],
      parameters: { user: FOUND, "x-api-key": "tiny" },
      format: { kind: "tool", name: "t", description: KEY, schema: { description: FOUND } },
    });
    const live = await outcome(recording, asked);
    await outcome(recording, asked);
    expect(live.answer?.value).toContain(KEY);
    const text = await world.text();
    const hidden = [KEY, FOUND, FOUND.slice(3), JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), '"tiny"'];
    for (const secret of [...hidden, '"short"', "id=77", String(raw.echo)]) expect(text).not.toContain(secret);
    expect(text).not.toContain("odd signs");
    expect(text.split(MASKED).length).toBeGreaterThan(10);
    const replay = await world.replay({ secrets: [KEY] });
    expect(await outcome(replay, asked)).toMatchObject({
      pieces: [`my key is ${MASKED}, keep it`],
      answer: { value: `my key is ${MASKED}, keep it` },
    });
    expect((await outcome(replay, asked)).error).toMatchObject({ message: `Bad key ${MASKED}.` });
  });

  test("recorded with one key is replayed with another, or with none", async () => {
    const world = createWorld();
    const asked = (key: string) => request(`Call it with ${key} please.`);
    const recording = await world.record(["fine"], { secrets: ["recorder's key"] });
    await recording.generate(asked("recorder's key"), attempt());
    const replay = await world.replay({ secrets: ["somebody else's"] });
    expect((await replay.generate(asked("somebody else's"), attempt())).value).toBe("fine");
    const found = await world.record(["found"]);
    await found.generate(asked(FOUND), attempt());
    const again = await world.replay();
    expect((await again.generate(asked(`${FOUND}xyz`), attempt())).value).toBe("found");
  });
});

describe("what counts as a secret:", () => {
  const { text } = createMasker();

  test.each([
    "sk-ant-api03-AAAAbbbb_CCCC-dddd",
    "sk-proj-abcdefghijkl",
    "AKIAIOSFODNN7EXAMPLE",
    `AIza${"a".repeat(35)}`,
    `ghp_${"a1".repeat(18)}`,
    "xoxb-1234567890-abcdef",
    "xapp-1-A0B1C2D3E4-1234567890",
    "gsk_abcdefghijklmnopqrst",
    "sk_live_51Habcdefghijklmnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
  ])("%s", (secret) => {
    expect(text(`before ${secret} after`)).toBe(`before ${MASKED} after`);
  });

  test.each([
    ["Authorization: Bearer abc123def456ghi", `Authorization: Bearer ${MASKED}`],
    ['{"api_key": "abc123def456ghi"}', `{"api_key": "${MASKED}"}`],
    ["password=correct1horse", `password=${MASKED}`],
    ["https://host/v1?access_token=AbCd1234EfGh5678", `https://host/v1?access_token=${MASKED}`],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-1\n\nabc\n-----END RSA PRIVATE KEY-----",
      MASKED,
    ],
    ["-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", `${MASKED}\nrest`],
  ])("%s", (before, after) => {
    expect(text(before)).toBe(after);
  });

  test.each([
    "the bearer responsibilities of a basic administrator",
    "The token: responsibilities, and the secret: perseverance.",
    "task-force and risk-averse sk-ills",
    "password = ",
    "a hash sha256:0a1b2c3d4e5f is no secret",
  ])("but not: %s", (prose) => {
    expect(text(prose)).toBe(prose);
  });

  test("a known one is found however it is spelled, and in base64 with whatever is around it", () => {
    const secret = 'q7/Zk+pW9_vL2=xT?4 m&N"8s';
    const masker = createMasker({ secrets: [secret] });
    const bytes = Buffer.from(secret);
    const spelled = [
      ...[JSON.stringify(secret), JSON.stringify(JSON.stringify(secret)), encodeURIComponent(secret)],
      ...[
        encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
        new URLSearchParams({ k: secret }).toString(),
      ],
      ...[bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")],
      ...["u:", "user:", "admin:"].map((user) => Buffer.from(`${user}${secret}:more`).toString("base64")),
    ];
    for (const text of spelled) expect(masker.text(text), text).toContain(MASKED);
    const others = Array.from({ length: 200 }, (_, place) => Buffer.from(`value ${place} of no secret at all`));
    for (const other of others) expect(masker.text(other.toString("base64"))).not.toContain(MASKED);
  });

  test("large hostile texts take linear time", () => {
    const parts = [
      "bearer ",
      "sk-",
      "token=",
      "token ",
      "a.b-c_",
      "-----BEGIN PRIVATE KEY-----",
      "-----BEGIN ",
      "- ",
      "eyJ",
      "1",
    ];
    for (const part of parts) {
      const hostile = part.repeat(Math.ceil(400_000 / part.length));
      expect(
        processorMs(() => text(hostile)),
        part,
      ).toBeLessThan(1_000);
    }
  });
});
