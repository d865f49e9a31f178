// Sums over a warp and a block in an order that depends on the thread index alone, so that results
// are the same bits on every run. No atomics.
#pragma once
#include <stdint.h>

constexpr unsigned ALL_LANES = 0xffffffffu;

struct Add { __device__ __forceinline__ float operator()(float a, float b) const { return a + b; } };
struct Max { __device__ __forceinline__ float operator()(float a, float b) const { return fmaxf(a, b); } };
struct Min { __device__ __forceinline__ float operator()(float a, float b) const { return fminf(a, b); } };

// Every lane returns the warp's total.
template <typename F> __device__ __forceinline__ float warp_reduce(float x, F f) {
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) x = f(x, __shfl_xor_sync(ALL_LANES, x, offset));
    return x;
}

// Every thread returns the block's total. THREADS is the block size, a multiple of 32; partial has
// THREADS / 32 elements of shared memory, which may be used again after the call returns.
template <int THREADS, typename F> __device__ __forceinline__ float block_reduce(float x, float* partial, F f) {
    x = warp_reduce(x, f);
    if constexpr (THREADS > 32) {
        const int warp = threadIdx.x >> 5;
        if ((threadIdx.x & 31) == 0) partial[warp] = x;
        __syncthreads();
        x = partial[0];
#pragma unroll
        for (int i = 1; i < THREADS / 32; i++) x = f(x, partial[i]);
        __syncthreads();
    }
    return x;
}
