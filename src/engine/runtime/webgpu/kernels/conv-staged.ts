import { each } from "../kernel.ts";

// A 1×1 convolution as a product of matrices through workgroup memory, of either direction, for wide maps on GPUs.
//
// A workgroup of 64 = 8 units × 8 row lanes makes 32 pixels × 32 channels, 4 × 4 an invocation. Every 16 channels that are
// read it stages 32 pixels and the filters to 32 channels, 2 + 2 vectors an invocation, 5 KB in all: each value is loaded
// once a workgroup, 4 bytes for 32 multiply-adds, and norms are applied once, as it is staged. From workgroup memory 8
// vectors come for 64 multiply-adds, 0.5 a byte. Rows of four vectors are five apart, so that the eight row lanes (or
// eight channels) that read at once reach eight different groups of four banks. Limits on a real GPU: workgroup memory's
// bandwidth and the two barriers every 1,024 multiply-adds of an invocation.

/** Vectors between what one lane stages and the next; and of a column of vectors. */
const apart = 5;
const column = 8 * apart;

/** Pixels, and channels / 4, of a workgroup's tile; vectors of channels of a step. */
export const staged = { pixels: 32, units: 8, step: 4 } as const;

export const stagedDeclarations = `
var<workgroup> x_: array<vec4f, ${staged.step * column}>;
var<workgroup> f_: array<vec4f, ${staged.step * column}>;`;

const at = (row: string, c: string) => `(${c}) * ${column}u + ((${row}) / 4u) * ${apart}u + (${row}) % 4u`;

export interface StagedParts {
  /** The value at a row of the map that is read, given names of its row and its unit. */
  readonly value: (row: string, unit: string) => string;
  /** Whether filters are read along the channels that are written ("forward") or those that are read ("backward"). */
  readonly direction: "forward" | "backward";
}

/** Adds to s0_0 … s3_0. Knows `tile`, `lx`, `ly` and `unit` of the kernel; all of the workgroup must come here. */
export function stagedProduct({ value, direction }: StagedParts): string {
  const forward = direction === "forward";
  const stage = (part: number) => `
      {
        let row = (lane + ${64 * part}u) / 4u;
        let c = lane % 4u;
        let wanted = step + c;
        let safe = min(wanted, a.inner - 1u);
        let pixel = min(tile * ${staged.pixels}u + row, a.rows - 1u);
        x_[${at("row", "c")}] = select(vec4f(0.0), ${value("pixel", "safe")}, wanted < a.inner);
${
  forward
    ? `
        let k = (lane + ${64 * part}u) / 8u;
        let u = lane % 8u;
        let filterRow = min(step * 4u + k, a.inner * 4u - 1u);
        f_[k * 8u + u] = filters[a.filtersAt + filterRow * a.filterUnits + min(firstUnit + u, a.units - 1u)];`
    : `
        let filterRow = min(firstUnit * 4u + row, a.units * 4u - 1u);
        f_[${at("row", "c")}] = filters[a.filtersAt + filterRow * a.filterUnits + safe];`
}
      }`;
  const multiply = (c: number) => `
      {
${each(4, (p) => `        let v${p} = x_[${c * column}u + ly * ${apart}u + ${p}u];`)}
${each(4, (i) => `        let f${i} = f_[${forward ? `${(4 * c + i) * 8}u + lx` : `${c * column}u + lx * ${apart}u + ${i}u`}];`)}
${each(4, (p) =>
  forward
    ? each(4, (i) => `        s${p}_0 = fma(vec4f(v${p}.${"xyzw"[i]}), f${i}, s${p}_0);`)
    : `        s${p}_0 += vec4f(dot(v${p}, f0), dot(v${p}, f1), dot(v${p}, f2), dot(v${p}, f3));`,
)}
      }`;
  return `
    let firstUnit = (group % a.across) * ${staged.units}u;
    for (var step = 0u; step < a.inner; step += ${staged.step}u) {
      workgroupBarrier();
${each(2, stage)}
      workgroupBarrier();
${each(staged.step, multiply)}
    }`;
}
