import { z } from "zod";

/** Limits of a study at every border. */
export const studyLimits = {
  populations: 10,
  count: 1_000,
  networks: 100,
  nameLength: 80,
  stages: { min: 2, max: 4 },
  stemWidth: 512,
  copies: 9_999,
} as const;

/** Of a study or a population: part of a trial's id, and of what is printed on one line. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(studyLimits.nameLength)
  .refine((text) => !/[\p{Cc}\p{Cs}/]/u.test(text), 'no "/" and no control characters');
