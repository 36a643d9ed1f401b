import { defineKernel, each, type Kernel, read } from "../kernel.ts";
import {
  bandArgs,
  gradientText,
  linesAlive,
  loadLine,
  ownFilter,
  ownUnit,
  sumOf,
  thenBindings,
  type WalkShape,
  walkName,
} from "./depthwise.ts";
import type { QuadThen } from "./quad-input-grad.ts";
import { argumentsFirst } from "./text.ts";

/** Columns of dy that are spread at a time. */
export const spreadColumns = 2;

const args = {
  ...bandArgs,
  /** Steps and columns of the walk: those of dy, and what the padding adds. */
  steps: "u32",
  columns: "u32",
  firstTap: "u32",
  filterStep: "u32",
  floor: "f32",
} as const;

/**
 * Gradient of the input at a stride s > 1. Step t makes the lines t·s + r − padding of dx, r < s, from the lines t − m of dy,
 * by tap rows s·m + r; so it is with columns: s² pixels of dx a vector of dy, every tap once.
 */
export function depthwiseSpread(shape: WalkShape, then: QuadThen): Kernel<typeof args> {
  const { kernel, stride } = shape;
  const alive = linesAlive(shape);
  const columns = spreadColumns + alive - 1;
  const gradient = gradientText(then);
  const pixel = (r: number, p: number, across: number) => {
    const taps = Array.from({ length: alive }, (_, m) => m).flatMap((m) =>
      Array.from({ length: alive }, (_, n) => [m, stride * m + r, n, stride * n + across] as const)
        .filter(([, ky, , kx]) => ky < kernel && kx < kernel)
        .map(([, ky, n, kx]) => [`w${m}_${p + alive - 1 - n}`, `f[${ky * kernel + kx}]`] as const),
    );
    return gradient.finish(
      sumOf("vec4f(0.0)", taps),
      `row${r} + px${p}_${across} * a.units`,
      `rowOk${r} & (px${p}_${across} < a.width)`,
    );
  };
  const each2 = (piece: (p: number, across: number) => string) =>
    each(spreadColumns, (p) => each(stride, (across) => piece(p, across)));
  return defineKernel({
    name: `conv2dInputGrad ${walkName(shape)} ${then}`,
    args,
    bindings: [read("dy", "vec4f"), read("filters", "vec4f"), ...thenBindings],
    workgroup: 4,
    body: argumentsFirst(`${ownUnit(shape)}
${ownFilter(shape)}
${gradient.before}
  let lineStep = a.readWidth * a.units;
  for (var band = tile * a.span; band < lastBand; band++) {
    let image = band / a.imageBands;
    let top = (band - image * a.imageBands) * a.lines;
    let bottom = min(a.steps, top + a.lines);
    let imageAt = a.dyAt + unit + image * a.readHeight * lineStep;
    // Lines of dy above the band are read, but not yet spread.
    let above = select(${alive - 1}u, 0u, top == 0u);
    for (var at = 0u; at < a.columns; at += ${spreadColumns}u) {
${each2((p, across) => `      let px${p}_${across} = (at + ${p}u) * ${stride}u + ${across}u - a.padding;`)}
${each(alive - 1, (m) => each(columns, (q) => `      var c${m + 1}_${q} = vec4f(0.0);`))}
      for (var i = 0u; i < bottom - top + above; i++) {
        let t = top - above + i;
        let row = imageAt + t * lineStep;
        let readOk = t < a.readHeight;
${loadLine(shape, "w0_", columns, { row: "row", left: `at - ${alive - 1}u`, rowOk: "readOk", value: (from) => `dy[${from}]` })}
${each(alive - 1, (m) => each(columns, (q) => `        let w${m + 1}_${q} = c${m + 1}_${q};`))}
${each(
  stride,
  (r) => `        let py${r} = t * ${stride}u + ${r}u - a.padding;
        let rowOk${r} = (i >= above) & (py${r} < a.height);
        let row${r} = (image * a.height + py${r}) * a.width * a.units + unit;
${each2((p, across) => pixel(r, p, across))}`,
)}
${each(alive - 1, (m) => each(columns, (q) => `        c${m + 1}_${q} = w${m}_${q};`))}
      }
    }
  }
${gradient.after}`),
  });
}
