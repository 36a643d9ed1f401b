/**
 * Widths of Inter's letters in em, rounded up: pictures are laid out where there is no DOM to measure text with. Good to a
 * few percent for the words and numbers of axes and labels.
 */
const narrow = new Set("fijlrtI.,:;|!'()[]/ \u00a0");
const wide = new Set("mwMW@%—");

/** Estimated width in pixels of a line of text. */
export function textWidth(text: string, fontSize: number): number {
  let em = 0;
  for (const letter of text) {
    if (narrow.has(letter)) em += 0.34;
    else if (wide.has(letter)) em += 0.9;
    else if (letter >= "A" && letter <= "Z") em += 0.7;
    else em += 0.6;
  }
  return em * fontSize;
}

/** As much of the text as fits, with an ellipsis where some is cut. */
export function shorten(text: string, fontSize: number, room: number): string {
  if (textWidth(text, fontSize) <= room) return text;
  let kept = text;
  while (kept.length > 1 && textWidth(`${kept}…`, fontSize) > room) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** Lines of at most `room` pixels, broken at spaces. */
export function wrap(text: string, fontSize: number, room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, fontSize) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === "" ? lines : [...lines, line];
}
