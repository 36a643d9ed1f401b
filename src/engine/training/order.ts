import { createRng } from "../math/rng.ts";

/**
 * The images of an epoch in the order they are trained on. It depends on seed and epoch alone, so all networks of a
 * study see the same batches: what differs between them is the network.
 */
export function epochOrder(seed: number, epoch: number, images: number): Uint32Array {
  const order = Uint32Array.from({ length: images }, (_, index) => index);
  return createRng(seed, "order", epoch).shuffle(order);
}

/** Cuts an order into batches; `partial` keeps a last one that is not full. */
export function* batchesOf(
  order: Uint32Array,
  batch: number,
  { partial }: { readonly partial: boolean },
): Generator<Uint32Array> {
  for (let start = 0; start < order.length; start += batch) {
    const indices = order.slice(start, start + batch);
    if (indices.length === batch || partial) yield indices;
  }
}
