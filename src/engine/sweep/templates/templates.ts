import { parseStudy, type Study } from "../study.ts";
import { designSpaceTemplates } from "./design-spaces.ts";
import { scalingTemplates } from "./scaling.ts";
import { smallBatchTemplates } from "./small-batches.ts";
import type { StudyTemplate } from "./template.ts";

/** In the order of the papers. */
export const templates: readonly StudyTemplate[] = [
  ...designSpaceTemplates,
  ...scalingTemplates,
  ...smallBatchTemplates,
];

export function studyOfTemplate({ study }: StudyTemplate): Study {
  return parseStudy(study);
}
