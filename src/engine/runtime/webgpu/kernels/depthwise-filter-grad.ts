import { defineKernel, each, type Kernel, read, write } from "../kernel.ts";
import {
  bandArgs,
  filterLength,
  linesAlive,
  loadLine,
  ownChannels,
  ownLines,
  ownUnit,
  pixelStep,
  sumOf,
  tapsOf,
  type WalkShape,
  walkName,
} from "./depthwise.ts";
import { argumentsFirst } from "./text.ts";

/** Columns of dy that are walked down at a time. */
export const gradColumns = 4;

const args = {
  ...bandArgs,
  floor: "f32",
} as const;

/**
 * Σ over the pixels of an invocation's bands of x ⊙ dy, for every tap. Step t reads line t of dy and the lines t·s + r − padding
 * of x, which tap row s·m + r brings to line t − m of dy: those are kept. The invocations' sums are chunks, joined by a
 * second stage.
 */
export function walkFilterGrad(shape: WalkShape, normed: boolean): Kernel<typeof args> {
  const { kernel, stride } = shape;
  const alive = linesAlive(shape);
  const columns = stride * (gradColumns - 1) + kernel;
  const pixels = (piece: (p: number) => string) => each(gradColumns, piece);
  const taps = filterLength(shape);
  const step = (r: number) => `
    { let iy = t * ${stride}u + ${r}u - a.padding;
      let rowOk = iy < a.readHeight;
      let row = imageAt + iy * lineStep;
${loadLine(shape, "v", columns, {
  row: "row",
  left: "left",
  rowOk: "rowOk",
  value: (from) => (normed ? `max(fma(x[${from}], scale, shift), vec4f(a.floor))` : `x[${from}]`),
})}
${each(alive, (m) => {
  const ky = stride * m + r;
  if (ky >= kernel) return "";
  const values = Array.from({ length: gradColumns }, (_, p) => tapsOf(shape, ky, p));
  return each(values[0]!.length, (tap) => {
    const sum = `s[${values[0]![tap]!.at}]`;
    const products = values.map((taps, p) => [taps[tap]!.value, `d${m}_${p}`] as const);
    return `      ${sum} = ${sumOf(sum, products)};`;
  });
})}
    }`;
  return defineKernel({
    name: `conv2dFilterGrad ${walkName(shape)}${normed ? " normed" : ""}`,
    args,
    bindings: [
      read("x", shape.stem > 0 ? "f32" : "vec4f"),
      read("dy", "vec4f"),
      read("xVectors", "vec4f", ["xScale", "xShift"]),
      write("sums", "vec4f"),
    ],
    workgroup: 4,
    body: argumentsFirst(`${ownUnit(shape)}
${
  normed
    ? `  let scale = xVectors[a.xScaleAt + unit];
  let shift = xVectors[a.xShiftAt + unit];`
    : ""
}
  var s: array<vec4f, ${taps}>;
  let lineStep = a.readWidth * ${pixelStep(shape)};
  for (var band = tile * a.span; band < lastBand; band++) {
${ownLines}
    let imageAt = a.xAt + ${ownChannels(shape)}image * a.readHeight * lineStep;
    for (var across = 0u; across < a.width; across += ${gradColumns}u) {
      let left = across * ${stride}u - a.padding;
${each(alive - 1, (m) => pixels((p) => `      var c${m + 1}_${p} = vec4f(0.0);`))}
      for (var t = top; t < bottom + ${alive - 1}u; t++) {
        let dyAt = a.dyAt + ((image * a.height + t) * a.width + across) * a.units + unit;
${pixels((p) => `        var d0_${p} = select(vec4f(0.0), dy[dyAt + ${p}u * a.units], (t < bottom) & (across + ${p}u < a.width));`)}
${each(alive - 1, (m) => pixels((p) => `        let d${m + 1}_${p} = c${m + 1}_${p};`))}
${each(stride, step)}
${each(alive - 1, (m) => pixels((p) => `        c${m + 1}_${p} = d${m}_${p};`))}
      }
    }
  }
  let out = a.sumsAt + tile * ${taps}u * a.units + unit;
  for (var t = 0u; t < ${taps}u; t++) { sums[out + t * a.units] = s[t]; }`),
  });
}
