import { each } from "../kernel.ts";

// Sums over lanes of a workgroup by subgroups of any width, 4 to 128, which the kernel asks for (`subgroupSize`).
//
// Neighbours at a distance of 1, 2, 4 … add what they have, so that after each step twice as many lanes hold the same sum.
// As far as a subgroup reaches they exchange it by a shuffle: no memory, no barrier. What is further apart passes through
// workgroup memory, added in the same pairs: the result does not depend on the width, which drivers may choose. A subgroup's
// lanes are taken to be neighbours in the workgroup, as they are wherever workgroups have one dimension; WGSL does not
// promise it, and the self-test would tell.

/** A value of every lane, and an array of as many in workgroup memory. */
export interface Summed {
  readonly value: string;
  readonly array: string;
}

export interface SubgroupJoin {
  /** Lanes are added up whose numbers differ in the bits from `from` to below `to`, powers of two. */
  readonly from: string;
  readonly to: string;
  /** Whether all of them hold the sum then, and the arrays are free again; else those do that have none of these bits. */
  readonly everywhere: boolean;
}

/** Sums over lanes; all of the workgroup must come here. */
export function subgroupJoined(summed: readonly Summed[], { from, to, everywhere }: SubgroupJoin): string {
  const all = (piece: (one: Summed) => string) => each(summed.length, (i) => piece(summed[i]!));
  return `
  {
    var apart = ${from};
    for (; apart < min(${to}, subgroupSize); apart *= 2u) {
${all(({ value }) => `      ${value} += subgroupShuffleXor(${value}, apart);`)}
    }
    if (apart < ${to}) {
${all(({ value, array }) => `      ${array}[lane] = ${value};`)}
      workgroupBarrier();
      if ((lane & (${to} - ${from})) == 0u) {
        for (; apart < ${to}; apart *= 2u) {
          for (var l = lane; l < lane + ${to}; l += 2u * apart) {
${all(({ array }) => `            ${array}[l] += ${array}[l + apart];`)}
          }
        }
${all(({ value, array }) => `        ${value} = ${array}[lane];`)}
      }
${
  everywhere
    ? `      workgroupBarrier();
${all(({ value, array }) => `      ${value} = ${array}[lane & ~(${to} - ${from})];`)}
      workgroupBarrier();`
    : ""
}
    }
  }`;
}
