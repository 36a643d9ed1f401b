import { each } from "../kernel.ts";

// How the four invocations of a quad share what they have loaded. Each loads a part, and in turn r works with the part of the
// invocation lane ^ r: that is a swap, one instruction of SwiftShader's, where telling one invocation's part to all takes 19
// (quadBroadcast) to 28 (subgroupBroadcast). What an invocation sums in turn r then is the part lane ^ r of the result.

/** How an invocation gets what the one at lane ^ turn has; turn 0 is its own. */
export const turns = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"] as const;

export const components = ["x", "y", "z", "w"] as const;

/** One piece of text per turn. */
export const eachTurn = (piece: (turn: number) => string): string => each(turns.length, piece);

/** Declares `${name}1` … `${name}3`: what the other invocations have as `${name}0`. */
export const turned = (name: string): string =>
  turns
    .slice(1)
    .map((swap, i) => `let ${name}${i + 1} = ${swap}(${name}0);`)
    .join(" ");

/** The same for variables that are declared. */
export const turnedInto = (name: string): string =>
  turns
    .slice(1)
    .map((swap, i) => `${name}${i + 1} = ${swap}(${name}0);`)
    .join(" ");

/** Makes `${name}0` the quad's sum of the invocation's own part: of turn r in the invocation at lane ^ r. */
export const joined = (name: string): string =>
  `  ${name}0 += ${turns
    .slice(1)
    .map((swap, i) => `${swap}(${name}${i + 1})`)
    .join(" + ")};`;
