/** Reads the text format of Prometheus back, as a scraper does. */
export interface ScrapedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^(?<name>[a-z_]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const PAIR = /([a-z]+)="((?:[^"\\]|\\.)*)"/g;

/** Throws where a line is neither a comment nor a sample. */
export function parseMetrics(text: string): ScrapedSample[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const found = LINE.exec(line)?.groups;
    if (found === undefined) throw new Error(`not a sample: ${line}`);
    const pairs = [...(found["labels"] ?? "").matchAll(PAIR)].map(([, name = "", value = ""]) => [
      name,
      unescaped(value),
    ]);
    return { name: found["name"] ?? "", labels: Object.fromEntries(pairs), value: Number(found["value"]) };
  });
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
}
