// Softmax over the last axis and its gradient. Version 1: one block a row. Version 2: one warp a row, in
// registers, rows being whole packs of at most MOST_WIDTH elements.
#include <math_constants.h>
#include "common/reduce.cuh"
#include "common/row.cuh"

constexpr int THREADS = 128, WARPS = THREADS / 32;

template <typename T>
__device__ __forceinline__ void simple(const T* __restrict__ x, T* __restrict__ out, int width) {
    __shared__ float partial[WARPS];
    const int64_t at = (int64_t)blockIdx.x * width;
    float most = -CUDART_INF_F, sum = 0;
    for (int d = threadIdx.x; d < width; d += THREADS) most = fmaxf(most, to_float(x[at + d]));
    most = block_reduce<THREADS>(most, partial, Max());
    for (int d = threadIdx.x; d < width; d += THREADS) sum += expf(to_float(x[at + d]) - most);
    sum = block_reduce<THREADS>(sum, partial, Add());
    for (int d = threadIdx.x; d < width; d += THREADS) out[at + d] = from_float<T>(expf(to_float(x[at + d]) - most) / sum);
}

template <typename T>
__device__ __forceinline__ void simple_gradient(const T* __restrict__ y, const T* __restrict__ gradient, T* __restrict__ out, int width) {
    __shared__ float partial[WARPS];
    const int64_t at = (int64_t)blockIdx.x * width;
    float along = 0;
    for (int d = threadIdx.x; d < width; d += THREADS) along = fmaf(to_float(y[at + d]), to_float(gradient[at + d]), along);
    along = block_reduce<THREADS>(along, partial, Add());
    for (int d = threadIdx.x; d < width; d += THREADS)
        out[at + d] = from_float<T>(to_float(y[at + d]) * (to_float(gradient[at + d]) - along));
}

template <int MOST_WIDTH, typename T>
__device__ __forceinline__ void softmax(const T* __restrict__ x, T* __restrict__ out, int rows, int width) {
    const int64_t r = (int64_t)blockIdx.x * WARPS + (threadIdx.x >> 5), at = r * width;
    if (r >= rows) return;
    Row<T, MOST_WIDTH> row;
    row.load(x + at, width);
    float most = -CUDART_INF_F, sum = 0;
    row.each(width, [&](float v) { most = fmaxf(most, v); });
    most = warp_reduce(most, Max());
    row.each(width, [&](float v) { sum += expf(v - most); });
    sum = warp_reduce(sum, Add());
#pragma unroll
    for (int i = 0; i < row.PACKS; i++) {
        if (row.column(i) >= width) continue;
        Pack<T> pack;
#pragma unroll
        for (int j = 0; j < pack.SIZE; j += 2)
            pack.set(j, expf(row.packs[i][j] - most) / sum, expf(row.packs[i][j + 1] - most) / sum);
        pack.store(out + at + row.column(i));
    }
}

template <int MOST_WIDTH, typename T>
__device__ __forceinline__ void softmax_gradient(const T* __restrict__ y, const T* __restrict__ gradient, T* __restrict__ out, int rows,
        int width) {
    const int64_t r = (int64_t)blockIdx.x * WARPS + (threadIdx.x >> 5), at = r * width;
    if (r >= rows) return;
    Row<T, MOST_WIDTH> row, g;
    row.load(y + at, width);
    g.load(gradient + at, width);
    float along = 0;
#pragma unroll
    for (int i = 0; i < row.PACKS; i++)
        if (row.column(i) < width)
#pragma unroll
            for (int j = 0; j < row.SIZE; j++) along = fmaf(row.packs[i][j], g.packs[i][j], along);
    along = warp_reduce(along, Add());
#pragma unroll
    for (int i = 0; i < row.PACKS; i++) {
        if (row.column(i) >= width) continue;
        Pack<T> pack;
#pragma unroll
        for (int j = 0; j < pack.SIZE; j += 2)
            pack.set(j, row.packs[i][j] * (g.packs[i][j] - along), row.packs[i][j + 1] * (g.packs[i][j + 1] - along));
        pack.store(out + at + row.column(i));
    }
}

#define SOFTMAX(suffix, T)                                                                                           \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_softmax##suffix(const T* x, T* out, int width) {    \
        simple(x, out, width);                                                                                       \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_softmax_gradient##suffix(const T* y,                \
            const T* gradient, T* out, int width) {                                                                  \
        simple_gradient(y, gradient, out, width);                                                                    \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) softmax##suffix(const T* x, T* out, int rows, int width) { \
        softmax<1024>(x, out, rows, width);                                                                          \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) softmax_gradient##suffix(const T* y, const T* gradient,    \
            T* out, int rows, int width) {                                                                           \
        softmax_gradient<1024>(y, gradient, out, rows, width);                                                       \
    }
SOFTMAX(_f32, float)
SOFTMAX(_bf16, bf16)
