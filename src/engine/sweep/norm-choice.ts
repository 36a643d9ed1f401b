import { defaultNorm, type NormSpec, proxyLayerNorm } from "../network/spec.ts";

/** Norms that a population may choose from; a network that is given brings its own. */
export const normChoices = ["batch", "layer", "proxy-layer", "group", "proxy-group"] as const;

export type NormChoice = (typeof normChoices)[number];

/** Channels per group, as "Group Normalization" (Wu and He 2018, arXiv:1803.08494) finds best. */
const groupWidth = 16;

const choices: Readonly<Record<NormChoice, { readonly label: string; readonly norm: NormSpec }>> = {
  batch: { label: "Batch norm", norm: defaultNorm },
  layer: { label: "Layer norm", norm: { ...proxyLayerNorm, proxyEpsilon: null } },
  "proxy-layer": { label: "Layer norm, proxy-normalized", norm: proxyLayerNorm },
  group: { label: "Group norm", norm: { ...proxyLayerNorm, type: "group", groupWidth, proxyEpsilon: null } },
  "proxy-group": {
    label: "Group norm, proxy-normalized",
    norm: { ...proxyLayerNorm, type: "group", groupWidth },
  },
};

export function normOf(choice: NormChoice): NormSpec {
  return choices[choice].norm;
}

export function normLabel(choice: NormChoice): string {
  return choices[choice].label;
}
