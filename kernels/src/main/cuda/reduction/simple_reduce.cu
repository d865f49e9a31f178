// Reduces the middle axis of [outer, extent, inner], version 1: one block for each result.
#include "reduction/state.cuh"

constexpr int THREADS = 128;

template <typename S, typename T>
__device__ __forceinline__ void simple(const T* __restrict__ in, T* __restrict__ out, int extent, int inner, float divisor) {
    const int64_t o = blockIdx.x / inner, i = blockIdx.x - o * inner;
    S state = S::empty();
    for (int64_t e = threadIdx.x; e < extent; e += THREADS) add(state, in[(o * extent + e) * inner + i]);
    state = block_merge<THREADS>(state);
    if (threadIdx.x == 0) out[blockIdx.x] = from_float<T>(state.finish(divisor));
}

#define SIMPLE(name, S, suffix, T)                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_##name##suffix(const T* in, T* out, int extent,     \
            int inner, float divisor) {                                                                              \
        simple<S>(in, out, extent, inner, divisor);                                                                  \
    }
#define SIMPLES(suffix, T)                                                                                           \
    SIMPLE(sum, SumState, suffix, T)                                                                                 \
    SIMPLE(max, MaxState, suffix, T)                                                                                 \
    SIMPLE(norm, NormState, suffix, T)                                                                               \
    SIMPLE(log_sum_exp, LogSumExpState, suffix, T)
SIMPLES(_f32, float)
SIMPLES(_bf16, bf16)
