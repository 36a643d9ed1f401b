import type * as Tfjs from "@tensorflow/tfjs";
import type { WebGPUBackend, WebGPUProgram } from "@tensorflow/tfjs-backend-webgpu";
import { groupedConvKernel } from "./designscape-layers.js";
import type { TensorFlow } from "./layers-model.ts";

/**
 * Grouped convolution for TF.js' webgpu backend: with this kernel registered, a GroupedConv2D is one dispatch instead of
 * as many as it has groups (or channels in a group).
 */
export function registerGroupedConvKernel(tf: TensorFlow): void {
  if (tf.getKernel(groupedConvKernel, "webgpu") !== undefined) return;
  tf.registerKernel({
    kernelName: groupedConvKernel,
    backendName: "webgpu",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, kernel } = inputs as { x: Tfjs.TensorInfo; kernel: Tfjs.TensorInfo };
      const { groups, strides, pad } = attrs as unknown as GroupedConvAttrs;
      const program = new GroupedConvProgram(x.shape, kernel.shape, { groups, strides, pad });
      const integers = [strides, pad, groups].map((value) => ({ type: "int32", data: [value] }));
      return (backend as WebGPUBackend).runWebGPUProgram(program, [x, kernel], "float32", integers);
    },
  });
}

interface GroupedConvAttrs {
  readonly groups: number;
  readonly strides: number;
  readonly pad: number;
}

const threads = 64;
const threadColumns = 8;
const threadPixels = 4;
const tilePixels = (threads / threadColumns) * threadPixels;
const tileDepth = 16;

/**
 * N batch, H×W output, D = C/G channels in and F = K/G filters a group, k×k window. A product of matrices a group, pixels
 * [N·H·W, k·k·D] times filters [k·k·D, F], of which the first is gathered as it is loaded.
 *
 * A workgroup of 64 threads (8×8) computes a tile of 32 pixels × 8·f filters of one group, a thread 4 pixels × f filters
 * in registers; f is 1, 2 or 4, the least that covers F, so that there are three shaders for all shapes. Each turn of the
 * loop brings 16 of the window's values for all pixels and filters of the tile into workgroup memory: 64·(32 + 8·f)
 * bytes for 4,096·f multiply-adds, 1.6, 2.7 or 4 a byte for f of 1, 2 or 4. Neighbouring threads load neighbouring
 * channels, and a row of the pixels' tile is one longer than its 32 values, so that their stores fall into different
 * banks. What limits it on a GPU is loading for narrow groups (D and F of 8 give 1.6 multiply-adds a byte, most of
 * them from caches: the k² taps read the same pixels), arithmetic for wide ones.
 */
class GroupedConvProgram implements WebGPUProgram {
  readonly variableNames = ["x", "W"];
  readonly uniforms = "stride : i32, pad : i32, groups : i32,";
  readonly workgroupSize: [number, number, number] = [threads, 1, 1];
  readonly dispatchLayout = { x: [0, 1, 2, 3] };
  readonly outputShape: number[];
  dispatch: [number, number, number];
  shaderKey: string;
  readonly #threadFilters: number;

  constructor(x: readonly number[], kernel: readonly number[], { groups, strides, pad }: GroupedConvAttrs) {
    const [batch = 0, height = 0, width = 0] = x;
    const [side = 0, , , filters = 0] = kernel;
    const strided = (length: number) => Math.floor((length + 2 * pad - side) / strides) + 1;
    this.outputShape = [batch, strided(height), strided(width), filters];
    const perGroup = filters / groups;
    this.#threadFilters = perGroup <= threadColumns ? 1 : perGroup <= 2 * threadColumns ? 2 : 4;
    const pixels = batch * strided(height) * strided(width);
    const filterTiles = Math.ceil(perGroup / (threadColumns * this.#threadFilters));
    this.dispatch = [Math.ceil(pixels / tilePixels) * groups * filterTiles, 1, 1];
    this.shaderKey = `designscape_grouped_conv_${this.#threadFilters}`;
  }

  getUserCode(): string {
    const threadFilters = this.#threadFilters;
    const tileFilters = threadColumns * threadFilters;
    const loadedPixels = (tilePixels * tileDepth) / threads;
    const loadedFilters = (tileFilters * tileDepth) / threads;
    return `
      var<workgroup> xTile : array<array<f32, ${tilePixels + 1}>, ${tileDepth}>;
      var<workgroup> wTile : array<array<f32, ${tileFilters}>, ${tileDepth}>;

      fn main(index : i32) {
        let thread = i32(localIndex);
        // The dispatch of many tiles is spread over three dimensions; those behind the last one compute nothing.
        let tile = i32((workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x);
        let depth = uniforms.wShape.z;
        let filters = uniforms.wShape.w / uniforms.groups;
        let filterTiles = (filters + ${tileFilters - 1}) / ${tileFilters};
        let firstFilter = (tile % filterTiles) * ${tileFilters};
        let group = (tile / filterTiles) % uniforms.groups;
        let firstPixel = tile / (filterTiles * uniforms.groups) * ${tilePixels};
        let pixels = uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z;
        let window = uniforms.wShape.x * uniforms.wShape.y * depth;

        // Image and top left corner of the window of every pixel that this thread loads; image −1 is none.
        let lane = thread % ${tileDepth};
        let firstRow = thread / ${tileDepth};
        var corner : array<vec3<i32>, ${loadedPixels}>;
        for (var i = 0; i < ${loadedPixels}; i++) {
          let pixel = firstPixel + firstRow + i * ${threads / tileDepth};
          let line = pixel / uniforms.outShape.z;
          corner[i] = vec3<i32>(
            select(-1, line / uniforms.outShape.y, pixel < pixels),
            (line % uniforms.outShape.y) * uniforms.stride - uniforms.pad,
            (pixel % uniforms.outShape.z) * uniforms.stride - uniforms.pad);
        }

        let row = thread / ${threadColumns} * ${threadPixels};
        let column = thread % ${threadColumns} * ${threadFilters};
        var sum : array<array<f32, ${threadFilters}>, ${threadPixels}>;

        for (var start = 0; start < window; start += ${tileDepth}) {
          let k = start + lane;
          let tap = k / depth;
          let offset = vec2<i32>(tap / uniforms.wShape.y, tap % uniforms.wShape.y);
          for (var i = 0; i < ${loadedPixels}; i++) {
            let at = corner[i].yz + offset;
            var value = 0.0;
            if (k < window && corner[i].x >= 0 && all(at >= vec2<i32>(0)) && all(at < uniforms.xShape.yz)) {
              let place = (corner[i].x * uniforms.xShape.y + at.x) * uniforms.xShape.z + at.y;
              value = x[place * uniforms.xShape.w + group * depth + k % depth];
            }
            xTile[lane][firstRow + i * ${threads / tileDepth}] = value;
          }
          for (var i = 0; i < ${loadedFilters}; i++) {
            let element = thread + i * ${threads};
            let wk = element / ${tileFilters};
            let filterIndex = element % ${tileFilters};
            var value = 0.0;
            if (start + wk < window && firstFilter + filterIndex < filters) {
              value = W[(start + wk) * uniforms.wShape.w + group * filters + firstFilter + filterIndex];
            }
            wTile[wk][filterIndex] = value;
          }
          workgroupBarrier();
          for (var d = 0; d < ${tileDepth}; d++) {
            for (var p = 0; p < ${threadPixels}; p++) {
              let value = xTile[d][row + p];
              for (var f = 0; f < ${threadFilters}; f++) {
                sum[p][f] += value * wTile[d][column + f];
              }
            }
          }
          workgroupBarrier();
        }

        for (var p = 0; p < ${threadPixels}; p++) {
          let pixel = firstPixel + row + p;
          for (var f = 0; f < ${threadFilters}; f++) {
            let filterIndex = firstFilter + column + f;
            if (pixel < pixels && filterIndex < filters) {
              result[pixel * uniforms.outShape.w + group * filters + filterIndex] = sum[p][f];
            }
          }
        }
      }
    `;
  }
}
