import { type SpaceId, spaces } from "../../engine/spaces/registry.ts";

/** How the papers write the spaces. */
export const spaceLabels = Object.fromEntries(spaces.map(({ id, label }) => [id, label])) as Readonly<
  Record<SpaceId, string>
>;

/** What is free in each space and what is bound. */
export const spaceHints = Object.fromEntries(
  spaces.map(({ id, description }) => [id, description]),
) as Readonly<Record<SpaceId, string>>;

export const spaceOptions = spaces.map(({ id, label }) => ({ value: id, label }));
