/**
 * Mean and standard deviation of each channel over all pixels, as fractions of full brightness (0..1).
 * By histogram: exact integer counts, so the result does not depend on the order of the images.
 * @param images NHWC bytes
 */
export function channelStatistics(
  images: Uint8Array,
  channels: number,
): { readonly mean: number[]; readonly std: number[] } {
  const pixels = images.length / channels;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const histogram = new Float64Array(256);
    for (let i = channel; i < images.length; i += channels) {
      const value = images[i] as number;
      histogram[value] = (histogram[value] as number) + 1;
    }
    const sum = histogram.reduce((total, count, value) => total + count * value, 0);
    const squares = histogram.reduce((total, count, value) => total + count * value * value, 0);
    const average = sum / pixels;
    mean.push(average / 255);
    std.push(Math.sqrt(squares / pixels - average * average) / 255);
  }
  return { mean, std };
}
