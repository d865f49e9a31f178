// What has been combined so far, for every way to combine. take is for one element, merge for another
// state, finish gives the result; a NaN anywhere makes the result NaN.
#pragma once
#include <math_constants.h>
#include "common/pack.cuh"
#include "common/reduce.cuh"

struct SumState {
    float sum;
    static __device__ __forceinline__ SumState empty() { return {0.0f}; }
    __device__ __forceinline__ void take(float x) { sum += x; }
    __device__ __forceinline__ void merge(SumState other) { sum += other.sum; }
    __device__ __forceinline__ float finish(float divisor) const { return sum / divisor; }
    __device__ __forceinline__ SumState shuffle(int offset) const { return {__shfl_xor_sync(ALL_LANES, sum, offset)}; }
};

struct NormState {
    float squares;
    static __device__ __forceinline__ NormState empty() { return {0.0f}; }
    __device__ __forceinline__ void take(float x) { squares = fmaf(x, x, squares); }
    __device__ __forceinline__ void merge(NormState other) { squares += other.squares; }
    __device__ __forceinline__ float finish(float) const { return sqrtf(squares); }
    __device__ __forceinline__ NormState shuffle(int offset) const { return {__shfl_xor_sync(ALL_LANES, squares, offset)}; }
};

struct MaxState {
    float most;
    static __device__ __forceinline__ MaxState empty() { return {-CUDART_INF_F}; }
    __device__ __forceinline__ void take(float x) {
        if (x > most || x != x) most = x;
    }
    __device__ __forceinline__ void merge(MaxState other) { take(other.most); }
    __device__ __forceinline__ float finish(float) const { return most; }
    __device__ __forceinline__ MaxState shuffle(int offset) const { return {__shfl_xor_sync(ALL_LANES, most, offset)}; }
};

// sum is of exp(x - most).
struct LogSumExpState {
    float most, sum;
    static __device__ __forceinline__ LogSumExpState empty() { return {-CUDART_INF_F, 0.0f}; }
    __device__ __forceinline__ void take(float x) { merge({x, 1.0f}); }
    __device__ __forceinline__ void merge(LogSumExpState other) {
        if (other.most > most) {
            sum = fmaf(sum, expf(most - other.most), other.sum);
            most = other.most;
        } else {
            // Infinities of one sign are equal, their difference would be NaN.
            sum = fmaf(other.sum, other.most == most ? 1.0f : expf(other.most - most), sum);
        }
    }
    __device__ __forceinline__ float finish(float) const { return isinf(most) && sum == sum ? most : most + logf(sum); }
    __device__ __forceinline__ LogSumExpState shuffle(int offset) const {
        return {__shfl_xor_sync(ALL_LANES, most, offset), __shfl_xor_sync(ALL_LANES, sum, offset)};
    }
};

template <typename S> __device__ __forceinline__ void add(S& state, float x) { state.take(x); }
template <typename S> __device__ __forceinline__ void add(S& state, bf16 x) { state.take(to_float(x)); }
template <typename S> __device__ __forceinline__ void add(S& state, S other) { state.merge(other); }

// Lane 0 returns the warp's.
template <typename S> __device__ __forceinline__ S warp_merge(S state) {
#pragma unroll
    for (int offset = 16; offset > 0; offset >>= 1) state.merge(state.shuffle(offset));
    return state;
}

// Thread 0 returns the block's, warps in order.
template <int THREADS, typename S> __device__ __forceinline__ S block_merge(S state) {
    __shared__ S partial[THREADS / 32];
    state = warp_merge(state);
    if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = state;
    __syncthreads();
    state = partial[0];
#pragma unroll
    for (int i = 1; i < THREADS / 32; i++) state.merge(partial[i]);
    return state;
}
