// Reduces the last axis of [outer, extent], version 2. rows: one warp a row, for many short rows. chunks:
// one block for each chunk of a row, which leaves a state, or the result if a row is one chunk. total: the
// same from states. packed says that rows are whole packs at multiples of 16 bytes.
#include "reduction/state.cuh"

constexpr int THREADS = 256, WARPS = THREADS / 32;

// Elements first ... end - 1, a step apart being `threads`; this thread is number `thread`.
template <typename S, typename In>
__device__ __forceinline__ S gather(const In* __restrict__ in, int64_t first, int64_t end, int thread, int threads) {
    S state = S::empty();
    for (int64_t e = first + thread; e < end; e += threads) add(state, in[e]);
    return state;
}

template <typename S, typename T>
__device__ __forceinline__ S gather_packs(const T* __restrict__ in, int64_t first, int64_t end, int thread, int threads) {
    constexpr int SIZE = Pack<T>::SIZE;
    S state = S::empty();
#pragma unroll 2
    for (int64_t e = first + (int64_t)thread * SIZE; e < end; e += (int64_t)threads * SIZE) {
        Pack<T> pack;
        pack.load(in + e);
#pragma unroll
        for (int j = 0; j < SIZE; j++) state.take(pack[j]);
    }
    return state;
}

template <typename S, typename T>
__device__ __forceinline__ void rows(const T* __restrict__ in, T* __restrict__ out, int outer, int extent, int packed, float divisor) {
    const int64_t row = (int64_t)blockIdx.x * WARPS + (threadIdx.x >> 5);
    if (row >= outer) return;
    const int lane = threadIdx.x & 31;
    const int64_t first = row * extent;
    S state = packed ? gather_packs<S>(in, first, first + extent, lane, 32) : gather<S>(in, first, first + extent, lane, 32);
    state = warp_merge(state);
    if (lane == 0) out[row] = from_float<T>(state.finish(divisor));
}

// Stores a state, or the result where out is given.
template <typename S, typename T>
__device__ __forceinline__ void leave(S state, S* __restrict__ partial, T* __restrict__ out, float divisor) {
    state = block_merge<THREADS>(state);
    if (threadIdx.x == 0) {
        if (out) out[blockIdx.x] = from_float<T>(state.finish(divisor));
        else partial[blockIdx.x] = state;
    }
}

template <typename S, typename T>
__device__ __forceinline__ void chunks(const T* __restrict__ in, S* __restrict__ partial, T* __restrict__ out, int extent, int chunk,
        int chunks, int packed, float divisor) {
    const int64_t row = blockIdx.x / chunks, begin = (blockIdx.x - row * chunks) * (int64_t)chunk;
    const int64_t first = row * extent + begin, end = row * extent + min((int64_t)extent, begin + chunk);
    leave(packed ? gather_packs<S>(in, first, end, threadIdx.x, THREADS) : gather<S>(in, first, end, threadIdx.x, THREADS),
          partial, out, divisor);
}

template <typename S, typename T>
__device__ __forceinline__ void total(const S* __restrict__ in, S* __restrict__ partial, T* __restrict__ out, int extent, float divisor) {
    const int64_t first = (int64_t)blockIdx.x * extent;
    leave(gather<S>(in, first, first + extent, threadIdx.x, THREADS), partial, out, divisor);
}

#define ROW(name, S, suffix, T)                                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) rows_##name##suffix(const T* in, T* out, int outer,        \
            int extent, int packed, float divisor) {                                                                 \
        rows<S>(in, out, outer, extent, packed, divisor);                                                            \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) chunks_##name##suffix(const T* in, S* partial, T* out,     \
            int extent, int chunk, int count, int packed, float divisor) {                                           \
        chunks(in, partial, out, extent, chunk, count, packed, divisor);                                             \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) total_##name##suffix(const S* in, S* partial, T* out,      \
            int extent, float divisor) {                                                                             \
        total(in, partial, out, extent, divisor);                                                                    \
    }
#define ROWS(suffix, T)                                                                                              \
    ROW(sum, SumState, suffix, T)                                                                                    \
    ROW(max, MaxState, suffix, T)                                                                                    \
    ROW(norm, NormState, suffix, T)                                                                                  \
    ROW(log_sum_exp, LogSumExpState, suffix, T)
ROWS(_f32, float)
ROWS(_bf16, bf16)
