// Gradient of attention in bfloat16 on tensor cores with sums in fp32, for head widths 64 and 80. Three launches
// without atomics: delta = sum over columns of out times its gradient; the query gradient, a block having 64 queries
// and walking over the keys; the other two, a block having 64 keys and walking over the queries that see them, on
// transposed scores [keys, queries]. What is walked over is in shared memory twice: in use, and on its way.
#include "attention/tiles.cuh"
#include "common/reduce.cuh"

// delta [images, heads, queries]; one warp a row of a head.
extern "C" __global__ void __launch_bounds__(THREADS) flash_delta(const bf16* __restrict__ out, const bf16* __restrict__ out_gradient,
        float* __restrict__ delta, int64_t rows, int queries, int heads, int head_width) {
    const int64_t row = global_thread() >> 5;
    if (row >= rows) return;
    const int64_t item = row / queries, image = item / heads;
    const int64_t at = ((image * queries + row - item * queries) * heads + item - image * heads) * head_width;
    float total = 0;
    for (int d = threadIdx.x & 31; d < head_width; d += 32) total = fmaf(to_float(out[at + d]), to_float(out_gradient[at + d]), total);
    total = warp_reduce(total, Add());
    if ((threadIdx.x & 31) == 0) delta[row] = total;
}

// Shapes as in attention_gradient.cu; all rows 16-byte aligned. Dynamic shared memory: 6 tiles.
template <int D, bool DROP>
__device__ __forceinline__ void query_pass(const bf16* __restrict__ query, const bf16* __restrict__ key, const bf16* __restrict__ value,
        const float* __restrict__ log_sum, const bf16* __restrict__ out_gradient, const int* __restrict__ state,
        const float* __restrict__ delta, bf16* __restrict__ query_gradient, const Mask mask, int heads, float scale, int threshold,
        float keep_scale, int call) {
    extern __shared__ __align__(128) bf16 shared[];
    bf16* query_tile = shared;
    bf16* slope_tile = query_tile + Tile<D>::ELEMENTS;
    bf16* key_tiles = slope_tile + Tile<D>::ELEMENTS;
    bf16* value_tiles = key_tiles + 2 * Tile<D>::ELEMENTS;
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const int blocks = (mask.queries + ROWS - 1) / ROWS, item = blockIdx.x / blocks;
    const int first = (blocks - 1 - (blockIdx.x - item * blocks)) * ROWS;
    const int image = item / heads, column = (item - image * heads) * D;
    const int64_t width = (int64_t)heads * D;
    const int64_t queries_at = (int64_t)image * mask.queries * width + column;
    key += (int64_t)image * mask.keys * width + column;
    value += (int64_t)image * mask.keys * width + column;
    const int tiles = (mask.visible(min(first + ROWS, mask.queries) - 1) + ROWS - 1) / ROWS;
    const int all_see = mask.visible(first);
    const int row = first + warp * 16 + (lane >> 2);
    const float factor = scale * LOG2_E;
    const Dropout dropout(state, call, threshold, (int64_t)item * mask.queries * mask.keys, mask.keys);
    int seen[2];
    float denominator[2], along[2];
#pragma unroll
    for (int h = 0; h < 2; h++) {
        const int i = min(row + h * 8, mask.queries - 1);
        const int64_t index = (int64_t)item * mask.queries + i;
        seen[h] = mask.visible(i);
        denominator[h] = log_sum[index] * LOG2_E;
        along[h] = delta[index];
    }

    Tile<D>::load(query_tile, query + queries_at, first, mask.queries, width);
    Tile<D>::load(slope_tile, out_gradient + queries_at, first, mask.queries, width);
    Tile<D>::load(key_tiles, key, 0, mask.keys, width);
    Tile<D>::load(value_tiles, value, 0, mask.keys, width);
    commit_copies();
    float total[D / 8][4] = {};
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
        float p[8][4] = {}, slope[8][4] = {};
#pragma unroll
        for (int k = 0; k < D / 16; k++) {
            uint32_t a[4];
            Tile<D>::left(a, query_tile, warp * 16, k);
            Tile<D>::multiply_transposed(p, a, key_tile, k);
            Tile<D>::left(a, slope_tile, warp * 16, k);
            Tile<D>::multiply_transposed(slope, a, value_tile, k);
        }
        const bool ragged = (t + 1) * ROWS > all_see;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            uint32_t keep = 15;
            if constexpr (DROP) keep = dropout.of_queries(row, t * ROWS + j * 8);
#pragma unroll
            for (int e = 0; e < 4; e++) {
                const int h = e >> 1;
                const bool hidden = ragged && t * ROWS + j * 8 + (lane & 3) * 2 + (e & 1) >= seen[h];
                const float probability = hidden ? 0.0f : exp2_fast(fmaf(p[j][e], factor, -denominator[h]));
                if constexpr (DROP) slope[j][e] = (keep >> e) & 1u ? slope[j][e] * keep_scale : 0.0f;
                slope[j][e] = probability * (slope[j][e] - along[h]);
            }
        }
#pragma unroll
        for (int k = 0; k < 4; k++) {
            uint32_t a[4];
            as_left(a, slope, k);
            Tile<D>::multiply(total, a, key_tile, k);
        }
        __syncthreads();
    }
    store<D>(query_gradient + queries_at, total, row, mask.queries, width, scale, scale);
}

// Dynamic shared memory: 6 tiles.
template <int D, bool DROP>
__device__ __forceinline__ void key_pass(const bf16* __restrict__ query, const bf16* __restrict__ key, const bf16* __restrict__ value,
        const float* __restrict__ log_sum, const bf16* __restrict__ out_gradient, const int* __restrict__ state,
        const float* __restrict__ delta, bf16* __restrict__ key_gradient, bf16* __restrict__ value_gradient, const Mask mask, int heads,
        float scale, int threshold, float keep_scale, int call) {
    extern __shared__ __align__(128) bf16 shared[];
    __shared__ float denominators[2][ROWS], alongs[2][ROWS];
    __shared__ int limits[2][ROWS];
    bf16* key_tile = shared;
    bf16* value_tile = key_tile + Tile<D>::ELEMENTS;
    bf16* query_tiles = value_tile + Tile<D>::ELEMENTS;
    bf16* slope_tiles = query_tiles + 2 * Tile<D>::ELEMENTS;
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    // The first keys are seen by most queries; their blocks begin first.
    const int blocks = (mask.keys + ROWS - 1) / ROWS, item = blockIdx.x / blocks, first = (blockIdx.x - item * blocks) * ROWS;
    const int image = item / heads, column = (item - image * heads) * D;
    const int64_t width = (int64_t)heads * D;
    const int64_t keys_at = (int64_t)image * mask.keys * width + column;
    query += (int64_t)image * mask.queries * width + column;
    out_gradient += (int64_t)image * mask.queries * width + column;
    log_sum += (int64_t)item * mask.queries;
    delta += (int64_t)item * mask.queries;
    const int row = first + warp * 16 + (lane >> 2);
    const float factor = scale * LOG2_E;
    const Dropout dropout(state, call, threshold, (int64_t)item * mask.queries * mask.keys, mask.keys);
    const int begin = mask.first_query(first) / ROWS, tiles = (mask.queries + ROWS - 1) / ROWS;

    auto load_queries = [&](int t) {
        const int buffer = t & 1, i = t * ROWS + threadIdx.x;
        Tile<D>::load(query_tiles + buffer * Tile<D>::ELEMENTS, query, t * ROWS, mask.queries, width);
        Tile<D>::load(slope_tiles + buffer * Tile<D>::ELEMENTS, out_gradient, t * ROWS, mask.queries, width);
        if (threadIdx.x < ROWS) {
            // A query that does not exist gives every key probability 2^-inf = 0.
            denominators[buffer][threadIdx.x] = i < mask.queries ? log_sum[i] * LOG2_E : INFINITY;
            alongs[buffer][threadIdx.x] = i < mask.queries ? delta[i] : 0.0f;
            limits[buffer][threadIdx.x] = mask.visible(min(i, mask.queries - 1));
        }
    };
    Tile<D>::load(key_tile, key + keys_at, first, mask.keys, width);
    Tile<D>::load(value_tile, value + keys_at, first, mask.keys, width);
    load_queries(begin);
    commit_copies();
    float of_key[D / 8][4] = {}, of_value[D / 8][4] = {};
    for (int t = begin; t < tiles; t++) {
        const int buffer = t & 1;
        const bf16* query_tile = query_tiles + buffer * Tile<D>::ELEMENTS;
        const bf16* slope_tile = slope_tiles + buffer * Tile<D>::ELEMENTS;
        if (t + 1 < tiles) load_queries(t + 1);
        commit_copies();
        wait_for_copies<1>();
        __syncthreads();
        float p[8][4] = {}, slope[8][4] = {};
#pragma unroll
        for (int k = 0; k < D / 16; k++) {
            uint32_t a[4];
            Tile<D>::left(a, key_tile, warp * 16, k);
            Tile<D>::multiply_transposed(p, a, query_tile, k);
            Tile<D>::left(a, value_tile, warp * 16, k);
            Tile<D>::multiply_transposed(slope, a, slope_tile, k);
        }
        const bool ragged = limits[buffer][0] < first + ROWS;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            uint32_t keep = 15;
            if constexpr (DROP) keep = dropout.of_keys(t * ROWS + j * 8, first + warp * 16);
#pragma unroll
            for (int e = 0; e < 4; e++) {
                const int i = j * 8 + (lane & 3) * 2 + (e & 1);
                const bool hidden = ragged && row + (e >> 1) * 8 >= limits[buffer][i];
                p[j][e] = hidden ? 0.0f : exp2_fast(fmaf(p[j][e], factor, -denominators[buffer][i]));
                if constexpr (DROP) slope[j][e] = (keep >> e) & 1u ? slope[j][e] * keep_scale : 0.0f;
                slope[j][e] = p[j][e] * (slope[j][e] - alongs[buffer][i]);
                if constexpr (DROP) p[j][e] = (keep >> e) & 1u ? p[j][e] : 0.0f;
            }
        }
#pragma unroll
        for (int k = 0; k < 4; k++) {
            uint32_t a[4];
            as_left(a, p, k);
            Tile<D>::multiply(of_value, a, slope_tile, k);
            as_left(a, slope, k);
            Tile<D>::multiply(of_key, a, query_tile, k);
        }
        __syncthreads();
    }
    const float kept = DROP ? keep_scale : 1.0f;
    store<D>(key_gradient + keys_at, of_key, row, mask.keys, width, scale, scale);
    store<D>(value_gradient + keys_at, of_value, row, mask.keys, width, kept, kept);
}

#define GRADIENT(suffix, D, DROP)                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS) flash_query##suffix(const bf16* query, const bf16* key,  \
            const bf16* value, const float* log_sum, const bf16* out_gradient, const int* state,                   \
            const float* delta, bf16* query_gradient, int queries, int keys, int cell_tokens, int heads,           \
            float scale, int threshold, float keep_scale, int call) {                                              \
        query_pass<D, DROP>(query, key, value, log_sum, out_gradient, state, delta, query_gradient,                \
                Mask{queries, keys, cell_tokens}, heads, scale, threshold, keep_scale, call);                      \
    }                                                                                                               \
    extern "C" __global__ void __launch_bounds__(THREADS) flash_key##suffix(const bf16* query, const bf16* key,    \
            const bf16* value, const float* log_sum, const bf16* out_gradient, const int* state,                   \
            const float* delta, bf16* key_gradient, bf16* value_gradient, int queries, int keys, int cell_tokens,  \
            int heads, float scale, int threshold, float keep_scale, int call) {                                   \
        key_pass<D, DROP>(query, key, value, log_sum, out_gradient, state, delta, key_gradient, value_gradient,    \
                Mask{queries, keys, cell_tokens}, heads, scale, threshold, keep_scale, call);                      \
    }
GRADIENT(_64, 64, false)
GRADIENT(_64_dropout, 64, true)
GRADIENT(_80, 80, false)
GRADIENT(_80_dropout, 80, true)
