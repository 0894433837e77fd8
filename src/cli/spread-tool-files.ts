/** `--tools a.ts b.ts` means two files, but `--tools a.ts "my goal"` one: only names of scripts are taken along. */

const SCRIPT = /\.[cm]?[jt]s$/i;

/** The same arguments with `--tools` before each of its files. */
export function spreadToolFiles(argv: readonly string[]): string[] {
  const spread: string[] = [];
  let isAfterFile = false;
  for (let place = 0; place < argv.length; place++) {
    const argument = argv[place] ?? "";
    if (argument === "--") return [...spread, ...argv.slice(place)];
    if (argument === "--tools" && place + 1 < argv.length) {
      spread.push(argument, argv[++place] ?? "");
      isAfterFile = true;
      continue;
    }
    isAfterFile &&= !argument.startsWith("-") && SCRIPT.test(argument);
    if (isAfterFile) spread.push("--tools");
    spread.push(argument);
  }
  return spread;
}
