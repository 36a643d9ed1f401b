import { defineKernel, each, type Kernel, type KernelBinding, read, write } from "../kernel.ts";
import { writeSums } from "./conv-tile.ts";
import {
  bandArgs,
  gradientText,
  linesAlive,
  loadLine,
  ownChannels,
  ownFilter,
  ownLines,
  ownUnit,
  pixelStep,
  sumOf,
  tapsOf,
  thenBindings,
  type WalkShape,
  walkName,
} from "./depthwise.ts";
import type { QuadThen } from "./quad-input-grad.ts";
import { argumentsFirst } from "./text.ts";

/** Columns of the written map that are made at a time. */
export const lineColumns = 4;

const args = {
  ...bandArgs,
  /** The filter's first tap, and from one to the next, in vectors. */
  firstTap: "u32",
  filterStep: "u32",
  /** Steps at an image's top that read padding alone. */
  blank: "u32",
  floor: "f32",
  biased: "u32",
  statistics: "u32",
} as const;

interface WalkText {
  readonly bindings: readonly KernelBinding[];
  readonly read: string;
  readonly value: (from: string) => string;
  readonly before: string;
  /** Made once a pixel of a line that is whole. */
  readonly finish: (sum: string, p: number) => string;
  readonly after: string;
}

/**
 * Step t of the walk reads the lines t·s + r − padding, r < s. Tap row s·m + r of the line t − m wants them: so M = ⌈k / s⌉
 * lines are in the making, and the oldest one is whole when the step ends.
 */
function linesKernel(name: string, shape: WalkShape, text: WalkText): Kernel<typeof args> {
  const { kernel, stride } = shape;
  const alive = linesAlive(shape);
  const columns = stride * (lineColumns - 1) + kernel;
  const pixels = (piece: (p: number) => string) => each(lineColumns, piece);
  const step = (r: number) => {
    const line = each(alive, (m) => {
      const ky = stride * m + r;
      if (ky >= kernel) return "";
      return pixels((p) => {
        const taps = tapsOf(shape, ky, p).map(({ value, at }) => [value, `f[${at}]`] as const);
        return `      s${m}_${p} = ${sumOf(`s${m}_${p}`, taps)};`;
      });
    });
    return `
    { let iy = t * ${stride}u + ${r}u - a.padding;
      let rowOk = iy < a.readHeight;
      let row = imageAt + iy * lineStep;
${loadLine(shape, "v", columns, { row: "row", left: "left", rowOk: "rowOk", value: text.value })}
${line}
    }`;
  };
  return defineKernel({
    name,
    args,
    bindings: text.bindings,
    workgroup: 4,
    body: argumentsFirst(`${ownUnit(shape)}
${ownFilter(shape)}
${text.before}
  let lineStep = a.readWidth * ${pixelStep(shape)};
  for (var band = tile * a.span; band < lastBand; band++) {
${ownLines}
    let imageAt = a.${text.read}At + ${ownChannels(shape)}image * a.readHeight * lineStep;
    let whole = top + ${alive - 1}u;
    for (var across = 0u; across < a.width; across += ${lineColumns}u) {
      let left = across * ${stride}u - a.padding;
${each(alive - 1, (m) => pixels((p) => `      var c${m + 1}_${p} = bias0;`))}
      for (var t = max(top, a.blank); t < bottom + ${alive - 1}u; t++) {
${each(alive, (m) => pixels((p) => `        var s${m}_${p} = ${m === 0 ? "bias0" : `c${m}_${p}`};`))}
${each(stride, step)}
        let lineOk = t >= whole;
        let row0 = ((image * a.height + t - ${alive - 1}u) * a.width + across) * a.units + unit;
${pixels((p) => text.finish(`s${alive - 1}_${p}`, p))}
${each(alive - 1, (m) => pixels((p) => `        c${m + 1}_${p} = s${m}_${p};`))}
      }
    }
  }
${text.after}`),
  });
}

/** y = x ∗ filters + bias, x perhaps normed; per invocation the mean and the sum of squared deviations of y. */
export function walkForward(shape: WalkShape, normed: boolean): Kernel<typeof args> {
  return linesKernel(`conv2d ${walkName(shape)}${normed ? " normed" : ""}`, shape, {
    bindings: [
      read("x", shape.stem > 0 ? "f32" : "vec4f"),
      read("filters", "vec4f"),
      read("vectors", "vec4f", ["xScale", "xShift"]),
      read("bias", "vec4f"),
      write("y", "vec4f"),
      write("sums", "vec4f"),
    ],
    read: "x",
    value: (from) => (normed ? `max(fma(x[${from}], scale, shift), vec4f(a.floor))` : `x[${from}]`),
    before: `
  var bias0 = vec4f(0.0);
  if (a.biased != 0u) { bias0 = bias[a.biasAt + unit]; }
  var first = vec4f(0.0);
  var counted = false;
  var sum = vec4f(0.0);
  var square = vec4f(0.0);
${
  normed
    ? `  let scale = vectors[a.xScaleAt + unit];
  let shift = vectors[a.xShiftAt + unit];`
    : ""
}`,
    finish: (made, p) => `
    { let ok = lineOk & (across + ${p}u < a.width);
      if (ok) { y[a.yAt + row0 + ${p}u * a.units] = ${made}; }
${
  p === 0
    ? `      first = select(first, ${made}, ok & !counted);
      counted = counted | ok;`
    : ""
}
      let d = select(vec4f(0.0), ${made} - first, ok);
      sum += d;
      square = fma(d, d, square); }`,
    after: `
  if (a.statistics == 0u) { return; }
  let share = 1.0 / f32((lastBand - tile * a.span) * a.lines * a.width);
  let mean0 = fma(sum, vec4f(share), first);
  let squares0 = max(square - sum * (sum * share), vec4f(0.0));
${writeSums(1, "tile", "mean", "squares")}`,
  });
}

/** Gradient of the input at a stride of 1: dy ∗ the filters, turned. */
export function depthwiseInputGrad(kernel: number, then: QuadThen): Kernel<typeof args> {
  const gradient = gradientText(then);
  return linesKernel(
    `conv2dInputGrad depthwise ${kernel}/1 ${then}`,
    { kernel, stride: 1, stem: 0 },
    {
      bindings: [read("dy", "vec4f"), read("filters", "vec4f"), ...thenBindings],
      read: "dy",
      value: (from) => `dy[${from}]`,
      before: `
  let bias0 = vec4f(0.0);
${gradient.before}`,
      finish: (made, p) =>
        gradient.finish(made, `row0 + ${p}u * a.units`, `lineOk & (across + ${p}u < a.width)`),
      after: gradient.after,
    },
  );
}
