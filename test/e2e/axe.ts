import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Rules that depend on the colours: the others say the same of a page in every theme. */
const colourRules = ["color-contrast", "link-in-text-block"];

/** What of a page is looked at. */
export interface Look {
  /** Only the rules about colours, where the same page has passed all of them in another theme. */
  readonly rules?: "colours";
  /** Only what is inside, where the rest of the page has passed. */
  readonly inside?: string;
}

/** Rules of WCAG 2.2 A and AA, and axe's own best practices, of the page as it stands once its transitions have ended. */
export async function violations(page: Page, { rules, inside }: Look = {}): Promise<string[]> {
  await page.addScriptTag({ path: axePath });
  await settled(page);
  return page.evaluate(
    async ([only, context]) => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const { violations } = await axe.run(context ?? document, {
        resultTypes: ["violations"],
        ...(only && { runOnly: { type: "rule", values: only } }),
      });
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
      );
    },
    [rules === "colours" ? colourRules : undefined, inside] as const,
  );
}

/**
 * Waits until the colours of a scheme that was just switched are the ones shown: the scheme is set in the next frame,
 * and Mantine's controls fade from one colour to the other. What turns for ever (a spinner) is not waited for.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ending = document
      .getAnimations()
      .filter((each) => Number.isFinite(Number(each.effect?.getComputedTiming().endTime)));
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}
