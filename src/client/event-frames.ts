/**
 * Text of a stream of server-sent events to its frames (HTML Standard, 9.2.6). Owns: line ends of any kind, and frames
 * that come in pieces. Must not: know events.
 */

/** Takes the stream piece by piece; gives the lines of each frame that is complete. */
export function createFrameReader(): (piece: string) => string[][] {
  /** After a carriage return at the end of a piece: a line feed that follows belongs to it. */
  let isAfterReturn = false;
  let line = "";
  const lines: string[] = [];
  return (piece) => {
    if (piece === "") return [];
    const parts = piece.slice(isAfterReturn && piece.startsWith("\n") ? 1 : 0).split(/\r\n|\r|\n/);
    isAfterReturn = piece.endsWith("\r");
    const last = parts.pop() ?? "";
    const frames: string[][] = [];
    for (const part of parts) {
      const whole = line + part;
      line = "";
      if (whole !== "") lines.push(whole);
      else if (lines.length > 0) frames.push(lines.splice(0));
    }
    line += last;
    return frames;
  };
}
