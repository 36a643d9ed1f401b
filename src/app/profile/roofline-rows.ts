import type { Group } from "../../charts/chart-props.ts";
import { populationLook } from "../../charts/palette.ts";
import type { RooflineRow } from "../../charts/roofline-chart.tsx";
import { gflopsOf, macsPerByte, type Roofline, roofAt } from "../../engine/bench/roofline.ts";

const convolutions: readonly (readonly [op: string, label: string])[] = [
  ["conv2d", "convolution"],
  ["conv2dInputGrad", "gradient of its input"],
  ["conv2dFilterGrad", "gradient of its filters"],
];

/** Names of other operations, where the engine's own are no words. */
const others: Readonly<Record<string, string>> = {
  squeezeExcite: "squeeze-and-excitation",
  squeezeExciteGrad: "its gradient",
};

/** Calls in order of their kinds: those that multiply and add first, with the looks of populations. */
export function rooflineGroups({ calls }: Roofline): Group[] {
  const found = [...new Set(calls.map(({ op }) => op))].filter((op) =>
    convolutions.every(([known]) => known !== op),
  );
  return [...convolutions, ...found.map((op) => [op, others[op] ?? words(op)] as const)].map(
    ([id, label], i) => ({
      id,
      label,
      ...populationLook(i),
    }),
  );
}

export function rooflineRows({ calls }: Roofline): RooflineRow[] {
  return calls.map((call, i) => ({
    id: `${call.op} ${call.layer} ${i}`,
    group: call.op,
    label: call.layer,
    intensity: macsPerByte(call),
    gflops: gflopsOf(call),
    ms: call.ms,
    share: call.share,
    gbPerSecond: call.ms === 0 ? 0 : call.bytes / call.ms / 1e6,
  }));
}

/** What the picture comes to. Shares are of the time in kernels, 0–1; undefined where there are no such calls. */
export interface RooflineSummary {
  readonly multiplying:
    | { readonly share: number; readonly gflops: number; readonly ofRoof: number }
    | undefined;
  readonly moving:
    | { readonly share: number; readonly gbPerSecond: number; readonly ofRoof: number }
    | undefined;
}

/** `ofRoof`: the time that the calls would take at the roof, over the time that they take. */
export function summarize({ calls, ms, roof }: Roofline): RooflineSummary {
  const multiplying = calls.filter(({ macs }) => macs > 0);
  const moving = calls.filter(({ macs }) => macs === 0);
  const time = (some: typeof calls) => some.reduce((sum, call) => sum + call.ms, 0);
  const [computed, moved] = [time(multiplying), time(moving)];
  const macs = multiplying.reduce((sum, call) => sum + call.macs, 0);
  const bytes = moving.reduce((sum, call) => sum + call.bytes, 0);
  const atRoof = multiplying.reduce(
    (sum, call) => sum + (2 * call.macs) / roofAt(roof, macsPerByte(call)) / 1e6,
    0,
  );
  const gbPerSecond = bytes / moved / 1e6;
  return {
    multiplying:
      computed === 0
        ? undefined
        : { share: computed / ms, gflops: (2 * macs) / computed / 1e6, ofRoof: atRoof / computed },
    moving:
      moved === 0 ? undefined : { share: moved / ms, gbPerSecond, ofRoof: gbPerSecond / roof.gbPerSecond },
  };
}

/** batchNormStats → batch norm stats. */
function words(op: string): string {
  return op.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
