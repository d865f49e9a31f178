// Attention in bfloat16 on tensor cores with sums in fp32, for head widths 64 and 80. One block has 64 queries of
// a head and walks over the keys in tiles of 64, two of which are in shared memory: one in use, one on its way.
// Tiles that no query of the block sees are not looked at.
#include "attention/tiles.cuh"

// Shapes as in attention.cu; all rows 16-byte aligned. Dynamic shared memory: 5 tiles. scale is that of the scores.
template <int D, bool DROP>
__device__ __forceinline__ void flash(const bf16* __restrict__ query, const bf16* __restrict__ key, const bf16* __restrict__ value,
        const int* __restrict__ state, bf16* __restrict__ out, float* __restrict__ log_sum, const Mask mask, int heads, float scale,
        int threshold, float keep_scale, int call) {
    extern __shared__ __align__(128) bf16 shared[];
    bf16* query_tile = shared;
    bf16* key_tiles = query_tile + Tile<D>::ELEMENTS;
    bf16* value_tiles = key_tiles + 2 * Tile<D>::ELEMENTS;
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const int blocks = (mask.queries + ROWS - 1) / ROWS, item = blockIdx.x / blocks;
    // The last queries see most keys; their blocks begin first.
    const int first = (blocks - 1 - (blockIdx.x - item * blocks)) * ROWS;
    const int image = item / heads, column = (item - image * heads) * D;
    const int64_t width = (int64_t)heads * D;
    query += (int64_t)image * mask.queries * width + column;
    out += (int64_t)image * mask.queries * width + column;
    key += (int64_t)image * mask.keys * width + column;
    value += (int64_t)image * mask.keys * width + column;
    const int tiles = (mask.visible(min(first + ROWS, mask.queries) - 1) + ROWS - 1) / ROWS;
    const int all_see = mask.visible(first);
    const int row = first + warp * 16 + (lane >> 2);
    int seen[2];
#pragma unroll
    for (int h = 0; h < 2; h++) seen[h] = mask.visible(min(row + h * 8, mask.queries - 1));
    const float factor = scale * LOG2_E;
    const Dropout dropout(state, call, threshold, (int64_t)item * mask.queries * mask.keys, mask.keys);

    Tile<D>::load(query_tile, query, first, mask.queries, width);
    Tile<D>::load(key_tiles, key, 0, mask.keys, width);
    Tile<D>::load(value_tiles, value, 0, mask.keys, width);
    commit_copies();
    uint32_t q[D / 16][4];
    float total[D / 8][4] = {}, most[2] = {-INFINITY, -INFINITY}, sum[2] = {0, 0};
    for (int t = 0; t < tiles; t++) {
        const bf16* key_tile = key_tiles + (t & 1) * Tile<D>::ELEMENTS;
        const bf16* value_tile = value_tiles + (t & 1) * Tile<D>::ELEMENTS;
        if (t + 1 < tiles) {
            const int next = ((t + 1) & 1) * Tile<D>::ELEMENTS;
            Tile<D>::load(key_tiles + next, key, (t + 1) * ROWS, mask.keys, width);
            Tile<D>::load(value_tiles + next, value, (t + 1) * ROWS, mask.keys, width);
        }
        commit_copies();
        wait_for_copies<1>();
        __syncthreads();
        if (t == 0) {
#pragma unroll
            for (int k = 0; k < D / 16; k++) Tile<D>::left(q[k], query_tile, warp * 16, k);
        }

        float s[8][4] = {};
#pragma unroll
        for (int k = 0; k < D / 16; k++) Tile<D>::multiply_transposed(s, q[k], key_tile, k);
        if ((t + 1) * ROWS > all_see) {
#pragma unroll
            for (int j = 0; j < 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++)
                    if (t * ROWS + j * 8 + (lane & 3) * 2 + (e & 1) >= seen[e >> 1]) s[j][e] = -INFINITY;
        }
#pragma unroll
        for (int h = 0; h < 2; h++) {
            float m = most[h];
#pragma unroll
            for (int j = 0; j < 8; j++) m = fmaxf(m, fmaxf(s[j][2 * h], s[j][2 * h + 1]));
            m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 1));
            m = fmaxf(m, __shfl_xor_sync(0xffffffffu, m, 2));
            // Finite from the first tile on: every query sees key 0.
            const float base = m * factor, rescale = exp2_fast(most[h] * factor - base);
            most[h] = m;
            float part = 0;
#pragma unroll
            for (int j = 0; j < 8; j++)
#pragma unroll
                for (int e = 2 * h; e < 2 * h + 2; e++) {
                    s[j][e] = exp2_fast(fmaf(s[j][e], factor, -base));
                    part += s[j][e];
                }
            sum[h] = fmaf(sum[h], rescale, part);
#pragma unroll
            for (int j = 0; j < D / 8; j++) {
                total[j][2 * h] *= rescale;
                total[j][2 * h + 1] *= rescale;
            }
        }
        if constexpr (DROP) {
#pragma unroll
            for (int j = 0; j < 8; j++) {
                const uint32_t keep = dropout.of_queries(row, t * ROWS + j * 8);
#pragma unroll
                for (int e = 0; e < 4; e++) s[j][e] = (keep >> e) & 1u ? s[j][e] : 0.0f;
            }
        }
#pragma unroll
        for (int k = 0; k < 4; k++) {
            uint32_t p[4];
            as_left(p, s, k);
            Tile<D>::multiply(total, p, value_tile, k);
        }
        __syncthreads();
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
        sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 1);
        sum[h] += __shfl_xor_sync(0xffffffffu, sum[h], 2);
        if ((lane & 3) == 0 && row + h * 8 < mask.queries)
            log_sum[(int64_t)item * mask.queries + row + h * 8] = fmaf(most[h], scale, logf(sum[h]));
    }
    const float kept = DROP ? keep_scale : 1.0f;
    store<D>(out, total, row, mask.queries, width, kept / sum[0], kept / sum[1]);
}

// Blocks that must fit on a multiprocessor at a time: asked for one more, the compiler spills.
#define FLASH(name, D, DROP)                                                                                        \
    extern "C" __global__ void __launch_bounds__(THREADS, D == 64 ? 3 : 2) name(const bf16* query, const bf16* key,                 \
            const bf16* value, const int* state, bf16* out, float* log_sum, int queries, int keys, int cell_tokens, \
            int heads, float scale, int threshold, float keep_scale, int call) {                                   \
        flash<D, DROP>(query, key, value, state, out, log_sum, Mask{queries, keys, cell_tokens}, heads, scale,     \
                threshold, keep_scale, call);                                                                       \
    }
FLASH(flash_64, 64, false)
FLASH(flash_64_dropout, 64, true)
FLASH(flash_80, 80, false)
FLASH(flash_80_dropout, 80, true)
