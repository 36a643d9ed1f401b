import type { Kernel, KernelBinding } from "../kernel.ts";

// Maps as float16, two values a word, computed with as float32: half the bytes of every load and store of a map, and a
// conversion each (one instruction for two values on GPUs). Core WGSL, no feature: a binding array<vec4f> becomes
// array<vec2u>, and every access to it passes through the functions below. An access that did not would be an error of
// types when the shader is compiled. A kernel that reads single channels reads half a word; none may write so, since two
// invocations would share a word.

/**
 * A store rounds to a neighbouring float16: which one is the adapter's choice (WGSL, "Floating Point Conversion"). What
 * pack2x16float makes of values outside ±65504 is undefined; here they become infinity, as NaN does: no norm, rectifier or
 * product that follows makes a finite loss of it for long.
 */
const pack = `
fn pack_(v: vec4f) -> vec2u {
  let fits = abs(v) <= vec4f(65504.0);
  let w = select(vec4f(0.0), v, fits);
  let above = select(vec4u(0x7c00u), vec4u(0u), fits);
  return vec2u(pack2x16float(w.xy) | above.x | (above.y << 16u), pack2x16float(w.zw) | above.z | (above.w << 16u));
}`;

const unpack = `
fn unpack_(w: vec2u) -> vec4f { return vec4f(unpack2x16float(w.x), unpack2x16float(w.y)); }`;

const unpackOne = `
fn unpackOne_(w: u32, at: u32) -> f32 { return unpack2x16float(w >> (16u * (at & 1u))).x; }`;

/** Whether a binding can hold float16: whole vectors, or single channels that are only read. */
export function canHoldHalves({ element, access, tensors }: KernelBinding): boolean {
  return tensors.length === 1 && (element === "vec4f" || (element === "f32" && access === "read"));
}

/** The same kernel with float16 behind some of its bindings, by name. */
export function withHalves(kernel: Kernel, names: readonly string[]): Kernel {
  let { code } = kernel;
  const bindings = kernel.bindings.map((binding) => {
    if (!names.includes(binding.name)) return binding;
    if (!canHoldHalves(binding)) throw new RangeError(`${kernel.name}: ${binding.name} cannot hold float16`);
    const { name, element } = binding;
    const vectors = element === "vec4f";
    code = code.replace(`> ${name}: array<${element}>;`, `> ${name}: array<${vectors ? "vec2u" : "u32"}>;`);
    code = accessed(code, name, {
      load: (at) => (vectors ? `unpack_(${name}[${at}])` : `unpackOne_(${name}[(${at}) >> 1u], ${at})`),
      store: (at, value) => `${name}[${at}] = pack_(${value})`,
    });
    return { ...binding, halves: true as const };
  });
  const used = [
    [pack, "pack_("],
    [unpack, "unpack_("],
    [unpackOne, "unpackOne_("],
  ] as const;
  const functions = used.filter(([, call]) => code.includes(call)).map(([text]) => text);
  return {
    ...kernel,
    name: `${kernel.name}, halves ${names.join(" ")}`,
    bindings,
    code: [code, ...functions].join("\n"),
  };
}

interface Access {
  load(at: string): string;
  store(at: string, value: string): string;
}

/** The text with every element of an array loaded and stored otherwise. */
function accessed(code: string, array: string, access: Access): string {
  const start = new RegExp(`(?<![\\w.])${array}\\[`).exec(code);
  if (start === null) return code;
  const open = start.index + array.length;
  const close = closing(code, open);
  const at = accessed(code.slice(open + 1, close), array, access);
  const before = code.slice(0, start.index);
  const rest = code.slice(close + 1);
  const store = /^\s*=(?!=)\s*/.exec(rest);
  if (store === null) return `${before}${access.load(at)}${accessed(rest, array, access)}`;
  const end = rest.indexOf(";");
  const value = accessed(rest.slice(store[0].length, end), array, access);
  return `${before}${access.store(at, value)}${accessed(rest.slice(end), array, access)}`;
}

/** Where the bracket that opens at `open` is closed. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === "[") depth++;
    if (code[i] === "]" && --depth === 0) return i;
  }
  throw new RangeError("a bracket is not closed");
}
