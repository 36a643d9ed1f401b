// The module: walks a list of records. ../records.ts is the alphabet, this file the dispatch, the others the kernels.

import { barrier, GIVEN_UP, nextJob, STALLED } from "./barrier";
import { batchNormFold, batchNormInputGrad, batchNormReduceGrad, batchNormStats, batchNormStatsJoin, normGradVectors } from "./batch-norm";
import { depthwise, depthwiseFilterGrad } from "./depthwise";
import { gather } from "./gather";
import { gemm, gemmFilterGrad, transpose } from "./gemm";
import { groupNormStats } from "./group-norm";
import { groupNormInputGrad, groupNormReduceGrad } from "./group-norm-grad";
import { joinPackedFilters, packFilters } from "./pack";
import { activationGrad, affine, pointwise } from "./pointwise";
import { channelScale, channelScaleGrad, globalPool, globalPoolGrad, imageScale, maxPool, maxPoolGrad } from "./pool";
import { proxyMoments, proxyMomentsGrad } from "./proxy";
import * as record from "./records";
import { columnSums, fill, gatherRows, joinSlots, scatterRows } from "./rows";
import { squeezeExcite, squeezeExciteGrad } from "./squeeze";
import { joinStrips, packStrips } from "./strips";
import { average, crossEntropy, crossEntropyJoin, sgd } from "./step";
import { tableConv, tableFilterGrad } from "./table-conv";
import { winogradFilters } from "./winograd-filters";

export { setSpinTurns, waitOn } from "./barrier";
export { setTileRows } from "./tile";

/**
 * Does this thread's share of `count` records. Records read what earlier ones wrote, so threads meet at a barrier after
 * each; `sync` is where, or 0 where the shares are done by turns.
 *
 * Returns 0; −p where p records are done but others keep the coordinating thread (0) waiting, see `waitOn`; p where
 * record p (from 1) is none, and count + 1 where the threads gave up.
 */
export function run(records: usize, count: i32, thread: i32, threads: i32, sync: usize): i32 {
  for (let i = 0; i < count; i++, records += record.RECORD_BYTES) {
    if (!runRecord(records, thread, threads)) return i + 1;
    const end = barrier(sync, thread, threads);
    if (end == STALLED) return -(i + 1);
    if (end == GIVEN_UP) return count + 1;
  }
  return 0;
}

/** What the other threads do all their life: their shares of one job after the other. Ends when the pool does. */
export function work(thread: i32, threads: i32, sync: usize): i32 {
  let job = 0, wrong = 0;
  while (!wrong) {
    job = nextJob(sync, job);
    const count = load<i32>(sync + record.JOB_COUNT);
    if (count <= 0) break;
    wrong = run(load<usize>(sync + record.JOB_RECORDS), count, thread, threads, sync);
  }
  return wrong;
}

function runRecord(at: usize, thread: i32, threads: i32): bool {
  switch (load<i32>(at)) {
    case record.FILL: fill(changetype<record.FillRecord>(at), thread, threads); break;
    case record.JOIN_SLOTS: joinSlots(changetype<record.JoinSlotsRecord>(at), thread, threads); break;
    case record.GATHER_ROWS: gatherRows(changetype<record.GatherRowsRecord>(at), thread, threads); break;
    case record.SCATTER_ROWS: scatterRows(changetype<record.ScatterRowsRecord>(at), thread, threads); break;
    case record.TRANSPOSE: transpose(changetype<record.TransposeRecord>(at), thread, threads); break;
    case record.GEMM: gemm(changetype<record.GemmRecord>(at), thread, threads); break;
    case record.GEMM_FILTER_GRAD: gemmFilterGrad(changetype<record.GemmFilterGradRecord>(at), thread, threads); break;
    case record.PACK_FILTERS: packFilters(changetype<record.PackFiltersRecord>(at), thread, threads); break;
    case record.WINOGRAD_FILTERS: winogradFilters(changetype<record.WinogradFiltersRecord>(at), thread, threads); break;
    case record.TABLE_CONV: tableConv(changetype<record.TableConvRecord>(at), thread, threads); break;
    case record.TABLE_FILTER_GRAD: tableFilterGrad(changetype<record.TableFilterGradRecord>(at), thread, threads); break;
    case record.JOIN_PACKED_FILTERS: joinPackedFilters(changetype<record.JoinPackedFiltersRecord>(at), thread, threads); break;
    case record.DEPTHWISE: depthwise(changetype<record.DepthwiseRecord>(at), thread, threads); break;
    case record.DEPTHWISE_FILTER_GRAD: depthwiseFilterGrad(changetype<record.DepthwiseFilterGradRecord>(at), thread, threads); break;
    case record.PACK_STRIPS: packStrips(changetype<record.PackStripsRecord>(at), thread, threads); break;
    case record.JOIN_STRIPS: joinStrips(changetype<record.JoinStripsRecord>(at), thread, threads); break;
    case record.COLUMN_SUMS: columnSums(changetype<record.ColumnSumsRecord>(at), thread, threads); break;
    case record.BATCH_NORM_STATS: batchNormStats(changetype<record.BatchNormStatsRecord>(at), thread, threads); break;
    case record.BATCH_NORM_STATS_JOIN: batchNormStatsJoin(changetype<record.BatchNormStatsJoinRecord>(at), thread, threads); break;
    case record.BATCH_NORM_FOLD: batchNormFold(changetype<record.BatchNormFoldRecord>(at), thread, threads); break;
    case record.BATCH_NORM_REDUCE_GRAD: batchNormReduceGrad(changetype<record.BatchNormReduceGradRecord>(at), thread, threads); break;
    case record.NORM_GRAD_VECTORS: normGradVectors(changetype<record.NormGradVectorsRecord>(at), thread, threads); break;
    case record.BATCH_NORM_INPUT_GRAD: batchNormInputGrad(changetype<record.BatchNormInputGradRecord>(at), thread, threads); break;
    case record.GROUP_NORM_STATS: groupNormStats(changetype<record.GroupNormStatsRecord>(at), thread, threads); break;
    case record.GROUP_NORM_REDUCE_GRAD: groupNormReduceGrad(changetype<record.GroupNormReduceGradRecord>(at), thread, threads); break;
    case record.GROUP_NORM_INPUT_GRAD: groupNormInputGrad(changetype<record.GroupNormInputGradRecord>(at), thread, threads); break;
    case record.PROXY_MOMENTS: proxyMoments(changetype<record.ProxyMomentsRecord>(at), thread, threads); break;
    case record.PROXY_MOMENTS_GRAD: proxyMomentsGrad(changetype<record.ProxyMomentsGradRecord>(at), thread, threads); break;
    case record.AFFINE: affine(changetype<record.AffineRecord>(at), thread, threads); break;
    case record.POINTWISE: pointwise(changetype<record.PointwiseRecord>(at), thread, threads); break;
    case record.ACTIVATION_GRAD: activationGrad(changetype<record.ActivationGradRecord>(at), thread, threads); break;
    case record.GLOBAL_POOL: globalPool(changetype<record.GlobalPoolRecord>(at), thread, threads); break;
    case record.GLOBAL_POOL_GRAD: globalPoolGrad(changetype<record.GlobalPoolGradRecord>(at), thread, threads); break;
    case record.MAX_POOL: maxPool(changetype<record.MaxPoolRecord>(at), thread, threads); break;
    case record.MAX_POOL_GRAD: maxPoolGrad(changetype<record.MaxPoolGradRecord>(at), thread, threads); break;
    case record.CHANNEL_SCALE: channelScale(changetype<record.ChannelScaleRecord>(at), thread, threads); break;
    case record.IMAGE_SCALE: imageScale(changetype<record.ImageScaleRecord>(at), thread, threads); break;
    case record.CHANNEL_SCALE_GRAD: channelScaleGrad(changetype<record.ChannelScaleGradRecord>(at), thread, threads); break;
    case record.SQUEEZE_EXCITE: squeezeExcite(changetype<record.SqueezeExciteRecord>(at), thread, threads); break;
    case record.SQUEEZE_EXCITE_GRAD: squeezeExciteGrad(changetype<record.SqueezeExciteGradRecord>(at), thread, threads); break;
    case record.CROSS_ENTROPY: crossEntropy(changetype<record.CrossEntropyRecord>(at), thread, threads); break;
    case record.CROSS_ENTROPY_JOIN: crossEntropyJoin(changetype<record.CrossEntropyJoinRecord>(at), thread); break;
    case record.SGD: sgd(changetype<record.SgdRecord>(at), thread, threads); break;
    case record.AVERAGE: average(changetype<record.AverageRecord>(at), thread, threads); break;
    case record.GATHER: gather(changetype<record.GatherRecord>(at), thread, threads); break;
    default: return false;
  }
  return true;
}
