import { stringify } from "yaml";

/** A study that repeats an experiment of a paper at the size of a laptop. */
export interface StudyTemplate {
  /** Name of its file under examples/, without the ending. */
  readonly id: string;
  readonly title: string;
  /** The paper, and the figure or section of it. */
  readonly source: string;
  /** One sentence: what is compared. */
  readonly compares: string;
  /** What to look for when it has run. */
  readonly lookFor: string;
  /** Of all its trials, in units of the cost model (cost-model.ts), to two digits. */
  readonly work: number;
  /** As a study file says it. */
  readonly study: TemplateStudy;
}

export interface TemplateStudy {
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly populations: readonly object[];
  readonly regime: object;
}

/** Units of work (cost-model.ts) a second: 48 networks of 1 to 3 million multiply-adds took three minutes on two cores. */
export const laptopSpeed = 2.3e10;

/** How long two cores of a laptop take, about: whole minutes. */
export function laptopMinutes(work: number): number {
  return Math.max(1, Math.round(work / laptopSpeed / 60));
}

/** The template as a study file: what it is about, then the study. */
export function templateText({ id, title, source, compares, lookFor, work, study }: StudyTemplate): string {
  const about = [
    ...wrapped(`${title}. ${compares}`),
    "",
    ...wrapped(`From: ${source}.`),
    ...wrapped(`Look for: ${lookFor}`),
    ...wrapped(`About ${laptopMinutes(work)} minutes on two cores.`),
    "",
    `  npm run --silent designscape -- sweep examples/${id}.yaml --out results.jsonl`,
    "",
  ];
  const comment = about.map((line) => (line === "" ? "#" : `# ${line}`)).join("\n");
  return `${comment}\n${stringify(study, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

/** Lines of at most 118 characters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > 118) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
