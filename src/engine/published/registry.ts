import { InputError } from "../math/input-error.ts";
import { publishedEfficientnets } from "./efficientnets.ts";
import { publishedEfficientnetsV2 } from "./efficientnets-v2.ts";
import type { PublishedNetwork } from "./published.ts";
import { publishedRegnets } from "./regnets.ts";
import { publishedResnets } from "./resnets.ts";
import { publishedTinynets } from "./tinynets.ts";

/** Every network with a name. */
export const publishedNetworks: readonly PublishedNetwork[] = [
  ...publishedRegnets,
  ...publishedResnets,
  ...publishedEfficientnets,
  ...publishedEfficientnetsV2,
  ...publishedTinynets,
];

const byId = new Map(publishedNetworks.map((network) => [canonical(network.id), network]));

export function isPublished(id: string): boolean {
  return byId.has(canonical(id));
}

/** The published network of this id, however its letters are cased: `RegNetX-4GF` is `regnetx-4.0gf`. */
export function publishedNetwork(id: string, path = "preset"): PublishedNetwork {
  const network = byId.get(canonical(id));
  if (network) return network;
  const known = publishedNetworks.map((one) => one.id).join(", ");
  throw new InputError([{ path, message: `${JSON.stringify(id)} is not known; expected one of ${known}` }]);
}

function canonical(id: string): string {
  return id.toLowerCase().replace(/\.0gf$/, "gf");
}
