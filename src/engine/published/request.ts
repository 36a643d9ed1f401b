import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";
import { type BlockShape, describeAdjustment } from "../network/adjust.ts";
import { type Frame, imagenetFrame, reframe, smallImageFrame } from "../network/frame.ts";
import { parseNetworkSpec } from "../network/parse.ts";
import { type NetworkSpec, specLimits } from "../network/spec.ts";
import { networkWarnings } from "../network/warnings.ts";
import { anynetSpec } from "../spaces/anynet.ts";
import { anynetParamsSchema, regnetParamsSchema } from "../spaces/params.ts";
import { quantizedWidths } from "../spaces/quantized.ts";
import { regnetSpec } from "../spaces/regnet.ts";
import { publishedNetwork } from "./registry.ts";

/**
 * A network asked for: by its name, by the params of its family, or as a NetworkSpec. What is left out of the frame is
 * the published one of a preset, else ImageNet's.
 */
const frameFields = {
  /** Side of the image, pixels. */
  resolution: z.int().min(1).max(specLimits.side).optional(),
  /** Channels of the image. */
  channels: z.int().min(1).max(64).optional(),
  classes: z.int().min(1).max(specLimits.classes).optional(),
  /** `imagenet` halves the image (a preset keeps its own stem); `small` keeps its size. */
  stem: z.enum(["imagenet", "small"]).optional(),
  stemWidth: z.int().min(1).max(specLimits.channels).optional(),
};

const presetRequest = z.strictObject({ preset: z.string(), ...frameFields });

const regnetRequest = z.strictObject({
  space: z.enum(["regnetx", "regnety"]),
  params: regnetParamsSchema,
  ...frameFields,
});

const anynetRequest = z.strictObject({
  space: z.enum(["anynetx", "anynetxa", "anynetxb", "anynetxc", "anynetxd", "anynetxe"]),
  params: anynetParamsSchema,
  ...frameFields,
});

const spaceNames = [...regnetRequest.shape.space.options, ...anynetRequest.shape.space.options];

export type FrameOptions = { readonly [K in keyof typeof frameFields]?: z.output<(typeof frameFields)[K]> };

/** A network, and what to know about it: adjusted stages, maps that vanish. */
export interface ResolvedNetwork {
  readonly spec: NetworkSpec;
  readonly notes: readonly string[];
}

/** The network of a request, checked; an InputError names what does not fit. */
export function resolveNetwork(request: unknown): NetworkSpec {
  return resolveWithNotes(request).spec;
}

function resolveWithNotes(request: unknown): ResolvedNetwork {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    throw new InputError([
      { path: "", message: "expected an object with preset, space and params, or stages" },
    ]);
  }
  if ("preset" in request) {
    const { preset, ...frame } = parseInput(presetRequest, request);
    return { spec: withFrame(publishedNetwork(preset).spec, frame), notes: [] };
  }
  if ("space" in request) return resolveSpace(request as { space: unknown });
  return { spec: parseNetworkSpec(request, ""), notes: [] };
}

/** A resolved network on other images, with all there is to know about it. */
export function resolveInFrame(request: unknown, options: FrameOptions): ResolvedNetwork {
  const { spec, notes } = resolveWithNotes(request);
  const framed = withFrame(spec, options);
  return { spec: framed, notes: [...notes, ...networkWarnings(framed)] };
}

/** The same network on other images. Checked, since a wider stem or image may be too much. */
export function withFrame(spec: NetworkSpec, options: FrameOptions): NetworkSpec {
  return checked(reframe(spec, frameOf(spec, options)));
}

function resolveSpace(request: { space: unknown }): ResolvedNetwork {
  if (regnetRequest.shape.space.options.some((name) => name === request.space)) {
    const { space, params, ...options } = parseInput(regnetRequest, withSqueeze(request));
    const { bottleneckRatio, groupWidth, widthMultiplier } = params;
    const { stageWidths } = quantizedWidths(params);
    if (stageWidths.length > specLimits.stages) {
      const message = `${widthMultiplier} is not allowed; it cuts this line into ${stageWidths.length} stages, expected at most ${specLimits.stages}`;
      throw new InputError([{ path: "params.widthMultiplier", message }]);
    }
    const requested = stageWidths.map((width) => ({ width, bottleneckRatio, groupWidth }));
    const spec = regnetSpec(params, frameOf(base(options), options));
    return { spec: checked({ ...spec, name: space }), notes: adjustmentNotes(requested) };
  }
  if (anynetRequest.shape.space.options.some((name) => name === request.space)) {
    const { space, params, ...options } = parseInput(anynetRequest, request);
    const requested = params.widths.map((width, i) => ({
      width,
      bottleneckRatio: params.bottleneckRatios[i]!,
      groupWidth: params.groupWidths[i]!,
    }));
    const spec = anynetSpec(params, frameOf(base(options), options));
    return { spec: checked({ ...spec, name: space }), notes: adjustmentNotes(requested) };
  }
  const message = `${JSON.stringify(request.space)} is not allowed; expected one of ${spaceNames.join(", ")}`;
  throw new InputError([{ path: "space", message }]);
}

function adjustmentNotes(requested: readonly BlockShape[]): string[] {
  return requested.flatMap((shape, i) => {
    const change = describeAdjustment(shape);
    return change === null ? [] : [`stage ${i + 1}: ${change}`];
  });
}

/** RegNetY is RegNetX with squeeze ratio 1/4, unless the request says another. */
function withSqueeze(request: { space: unknown; params?: unknown }): unknown {
  const { space, params } = request;
  if (space !== "regnety" || typeof params !== "object" || params === null) return request;
  return { ...request, params: { seRatio: 0.25, ...params } };
}

function base({ stem }: FrameOptions): Frame {
  return stem === "small"
    ? { ...smallImageFrame, input: { height: 32, width: 32, channels: 3 } }
    : imagenetFrame;
}

function frameOf(frame: Frame, options: FrameOptions): Frame {
  const { input, classes, stem, head, activation, norm } = frame;
  return {
    input: {
      height: options.resolution ?? input.height,
      width: options.resolution ?? input.width,
      channels: options.channels ?? input.channels,
    },
    classes: options.classes ?? classes,
    stem: {
      type: options.stem === "small" ? "small" : stem.type,
      width: options.stemWidth ?? stem.width,
    },
    head,
    activation,
    norm,
  };
}

function checked(spec: NetworkSpec): NetworkSpec {
  return parseNetworkSpec(spec, "network");
}
