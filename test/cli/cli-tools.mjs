/** Tools for tests of the command line: loaded with --tools. */
const base = {
  inputSchema: { type: "object", properties: { to: { type: "string" }, text: { type: "string" } } },
  outputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  effect: "read",
  idempotency: "pure",
};

export const echo = {
  ...base,
  name: "echo",
  description: "Gives a text back.",
  execute: ({ text = "" }) => ({ text }),
};

export const send = {
  ...base,
  name: "send_mail",
  description: "Sends a text.",
  effect: "irreversible",
  idempotency: "none",
  execute: ({ text = "" }) => ({ text: `sent ${text}` }),
};

export const hang = {
  ...base,
  name: "hang",
  description: "Works until it is told to stop.",
  execute: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      const alive = setInterval(() => undefined, 1_000);
      signal.addEventListener("abort", () => {
        clearInterval(alive);
        reject(signal.reason);
      });
    }),
};

export const deaf = {
  ...base,
  name: "deaf",
  description: "Does not hear that it should stop.",
  execute: () =>
    new Promise(() => {
      setInterval(() => undefined, 1_000);
    }),
};

export const nap = {
  ...base,
  name: "nap",
  description: "Takes a short while.",
  execute: ({ text = "" }) =>
    new Promise((resolve) => {
      setTimeout(() => resolve({ text }), 1_500);
    }),
};

export const fail = {
  ...base,
  name: "fail",
  description: "Always fails.",
  execute() {
    throw new Error("the \u001b[31mpress\u202e is broken");
  },
};
