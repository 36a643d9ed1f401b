/** WGSL's element types of storage buffers that our kernels use. */
export type Element = "f32" | "vec4f" | "u32";

/** One storage binding. Tensors that are bound together lie in one buffer, each at an offset of its own. */
export interface KernelBinding {
  readonly name: string;
  readonly access: "read" | "write";
  readonly element: Element;
  /** Operands; the shader finds the first element of operand t at `a.tAt`. */
  readonly tensors: readonly string[];
  /** Its elements are stored as float16, two a word (kernels/halves.ts). */
  readonly halves?: true;
}

/** Elements of a binding that four bytes of its buffer hold. */
export function elementsPerWord({ element, halves }: KernelBinding): number {
  return (halves ? 2 : 1) / (element === "vec4f" ? 4 : 1);
}

/** What a kernel is told of a call, besides where its operands lie. */
export type KernelArgs = Readonly<Record<string, "u32" | "f32">>;

/** A WGSL compute kernel. Shapes are in its arguments, so that one pipeline serves all networks. */
export interface Kernel<Args extends KernelArgs = KernelArgs> {
  /** Unique: names the pipeline. */
  readonly name: string;
  readonly args: Args;
  readonly bindings: readonly KernelBinding[];
  /** The whole shader. */
  readonly code: string;
}

export interface KernelDraft<Args extends KernelArgs> {
  readonly name: string;
  readonly args: Args;
  readonly bindings: readonly KernelBinding[];
  /** Invocations of a workgroup. */
  readonly workgroup: number;
  /** Declarations before the entry point. */
  readonly declarations?: string;
  /** Whether a workgroup is one subgroup, of four invocations, and uses subgroup operations. */
  readonly subgroups?: boolean;
  /** Whether the body asks for the invocations of a subgroup, `subgroupSize`, of whatever adapter. */
  readonly anySubgroups?: boolean;
  /**
   * Body of the entry point. Knows `group` (the workgroup's place in the grid) and `lane` (the invocation's in it; in the
   * subgroup, where that is the workgroup: no rule says that both count alike).
   */
  readonly body: string;
}

/** Bytes of a call's arguments: the alignment that a uniform buffer's offsets need. */
export const argBytes = 256;

export function defineKernel<const Args extends KernelArgs>(draft: KernelDraft<Args>): Kernel<Args> {
  const offsets = draft.bindings.flatMap(({ tensors }) => tensors.map((tensor) => `${tensor}At: u32`));
  const fields = [...Object.entries(draft.args).map(([name, type]) => `${name}: ${type}`), ...offsets];
  if (4 * fields.length > argBytes) throw new RangeError(`${draft.name}: ${fields.length} arguments`);
  const bindings = draft.bindings.map(
    ({ name, access, element }, i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${access === "read" ? "read" : "read_write"}> ${name}: array<${element}>;`,
  );
  const builtins = [
    "@builtin(workgroup_id) workgroup_: vec3u",
    "@builtin(num_workgroups) grid_: vec3u",
    `@builtin(${draft.subgroups ? "subgroup_invocation_id" : "local_invocation_index"}) lane: u32`,
    ...(draft.anySubgroups ? ["@builtin(subgroup_size) subgroupSize: u32"] : []),
  ];
  const code = [
    ...(draft.subgroups || draft.anySubgroups ? ["enable subgroups;"] : []),
    `struct Args { ${fields.join(", ")} }`,
    "@group(0) @binding(0) var<uniform> a: Args;",
    ...bindings,
    draft.declarations ?? "",
    `@compute @workgroup_size(${draft.workgroup})`,
    `fn main(${builtins.join(", ")}) {`,
    "  let group = workgroup_.x + workgroup_.y * grid_.x;",
    lengthsFirst(draft.bindings),
    draft.body,
    "}",
  ].join("\n");
  const { name, args } = draft;
  return { name, args, bindings: draft.bindings, code };
}

/**
 * Asks for the length of every array before all loops. An index is held to it at every access, and SwiftShader makes it
 * by four divisions wherever no access before has: without this, in each round of a loop. No array is empty.
 */
function lengthsFirst(bindings: readonly KernelBinding[]): string {
  const empty = bindings.map(({ name }) => `(arrayLength(&${name}) == 0u)`);
  return `  if (${empty.join(" | ")}) { return; }`;
}

export function read(name: string, element: Element, tensors: readonly string[] = [name]): KernelBinding {
  return { name, access: "read", element, tensors };
}

export function write(name: string, element: Element, tensors: readonly string[] = [name]): KernelBinding {
  return { name, access: "write", element, tensors };
}

/** One piece of WGSL per number from 0 on: loops over registers are written out, so that none is indexed. */
export function each(count: number, piece: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => piece(i)).join("\n");
}

/** An array of values, written out: for a loop over what is in registers, where there is time for it. */
export function list(element: Element, count: number, value: (i: number) => string): string {
  return `array<${element}, ${count}>(${Array.from({ length: count }, (_, i) => value(i)).join(", ")})`;
}
