/**
 * Claims a study for one run: gives what ends the claim, or undefined where somebody else has it. A claim ends with the
 * worker that holds it, however that ends.
 */
export type ClaimStudy = (studyId: string) => Promise<(() => void) | undefined>;

/** Where nobody else could run it. */
export const alone: ClaimStudy = async () => () => {};

/** Another tab of this browser runs the study. */
export class StudyBusyError extends Error {
  override readonly name = "StudyBusyError";

  constructor() {
    super("another tab of this browser runs this study; stop it there first");
  }
}
