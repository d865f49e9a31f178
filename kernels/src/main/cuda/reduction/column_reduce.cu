// Reduces the middle axis of [outer, extent, inner], version 2: a warp reads neighbouring columns, the warps
// of a block take turns at the rows of a chunk, and the block merges them in order. It leaves a state for
// each column, or the result if there is one chunk. columns: one element a lane; packed: 16 bytes a lane,
// where rows are whole packs; finish: from states.
#include "reduction/state.cuh"

constexpr int THREADS = 256, WARPS = THREADS / 32;

template <typename S, typename In, typename T, int VECTOR>
__device__ __forceinline__ void columns(const In* __restrict__ in, S* __restrict__ partial, T* __restrict__ out, int extent, int inner,
        int chunk, int chunks, float divisor) {
    constexpr int WIDTH = 32 * VECTOR;
    __shared__ S merged[WARPS][WIDTH];
    const int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    const int strips = (inner + WIDTH - 1) / WIDTH;
    const int chunk_row = blockIdx.x / strips, strip = blockIdx.x - chunk_row * strips;
    const int64_t o = chunk_row / chunks;
    const int first = (int)(chunk_row - o * chunks) * chunk, end = (int)min((int64_t)extent, (int64_t)first + chunk);
    const int64_t column = ((int64_t)strip * 32 + lane) * VECTOR;
    S states[VECTOR];
#pragma unroll
    for (int j = 0; j < VECTOR; j++) states[j] = S::empty();
    if (column < inner) {
        const In* from = in + (o * extent + first + warp) * inner + column;
#pragma unroll 4
        for (int e = first + warp; e < end; e += WARPS, from += (int64_t)WARPS * inner) {
            if constexpr (VECTOR == 1) {
                add(states[0], from[0]);
            } else {
                Pack<In> pack;
                pack.load(from);
#pragma unroll
                for (int j = 0; j < VECTOR; j++) states[j].take(pack[j]);
            }
        }
    }
#pragma unroll
    for (int j = 0; j < VECTOR; j++) merged[warp][32 * j + lane] = states[j];
    __syncthreads();
    for (int i = threadIdx.x; i < WIDTH; i += THREADS) {
        S state = merged[0][i];
#pragma unroll
        for (int w = 1; w < WARPS; w++) state.merge(merged[w][i]);
        const int64_t to = ((int64_t)strip * 32 + (i & 31)) * VECTOR + (i >> 5);
        if (to < inner) {
            if (out) out[(int64_t)chunk_row * inner + to] = from_float<T>(state.finish(divisor));
            else partial[(int64_t)chunk_row * inner + to] = state;
        }
    }
}

#define COLUMN(name, S, suffix, T)                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS) columns_##name##suffix(const T* in, S* partial, T* out,    \
            int extent, int inner, int chunk, int chunks, float divisor) {                                           \
        columns<S, T, T, 1>(in, partial, out, extent, inner, chunk, chunks, divisor);                                \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) packed_##name##suffix(const T* in, S* partial, T* out,     \
            int extent, int inner, int chunk, int chunks, float divisor) {                                           \
        columns<S, T, T, Pack<T>::SIZE>(in, partial, out, extent, inner, chunk, chunks, divisor);                    \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) finish_##name##suffix(const S* in, S* partial, T* out,     \
            int extent, int inner, int chunk, int chunks, float divisor) {                                           \
        columns<S, S, T, 1>(in, partial, out, extent, inner, chunk, chunks, divisor);                                \
    }
#define COLUMNS(suffix, T)                                                                                           \
    COLUMN(sum, SumState, suffix, T)                                                                                 \
    COLUMN(max, MaxState, suffix, T)                                                                                 \
    COLUMN(norm, NormState, suffix, T)                                                                               \
    COLUMN(log_sum_exp, LogSumExpState, suffix, T)
COLUMNS(_f32, float)
COLUMNS(_bf16, bf16)
