import { expect, test } from "vitest";
import { channelStatistics } from "./statistics.ts";

test("mean and standard deviation are of each channel, over the population, in fractions of full brightness", () => {
  const { mean, std } = channelStatistics(Uint8Array.of(0, 51, 255, 51, 0, 51, 255, 51), 2);
  expect(mean).toEqual([0.5, 0.2]);
  expect(std).toEqual([0.5, 0]);
});
