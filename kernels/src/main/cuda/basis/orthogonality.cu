// How far the rows of A are from orthonormal: D = A A^T - I, its Frobenius norm, and the regulariser mean(D^2).
#include "basis/product.cuh"
#include "common/element.cuh"
#include "common/reduce.cuh"

// a [n, n]; difference [n, n]; partial: one sum of squares a tile.
template <typename T>
__device__ __forceinline__ void gram_difference(const T* __restrict__ a, float* __restrict__ difference,
        float* __restrict__ partial, int n) {
    __shared__ Product shared;
    __shared__ float sums[THREADS / 32];
    const int first_row = blockIdx.y * EDGE, first_column = blockIdx.x * EDGE;
    float sum[4][4] = {}, squares = 0;
    multiply(shared, sum, n,
        [&](int r, int k) { return first_row + r < n ? to_float(a[(int64_t)(first_row + r) * n + k]) : 0.0f; },
        [&](int k, int c) { return first_column + c < n ? to_float(a[(int64_t)(first_column + c) * n + k]) : 0.0f; });
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const int row = first_row + threadIdx.x / 16 * 4 + i, column = first_column + threadIdx.x % 16 * 4 + j;
            if (row >= n || column >= n) continue;
            const float d = row == column ? sum[i][j] - 1.0f : sum[i][j];
            squares = fmaf(d, d, squares);
            difference[(int64_t)row * n + column] = d;
        }
    squares = block_reduce<THREADS>(squares, sums, Add());
    if (threadIdx.x == 0) partial[blockIdx.y * gridDim.x + blockIdx.x] = squares;
}

extern "C" __global__ void __launch_bounds__(THREADS) gram_difference_f32(const float* a, float* difference, float* partial, int n) {
    gram_difference(a, difference, partial, n);
}
extern "C" __global__ void __launch_bounds__(THREADS) gram_difference_bf16(const bf16* a, float* difference, float* partial, int n) {
    gram_difference(a, difference, partial, n);
}

// The mean of the n^2 squares and the norm. One block.
extern "C" __global__ void __launch_bounds__(THREADS) gram_measures(const float* __restrict__ partial, int count, int n,
        float* __restrict__ mean, float* __restrict__ norm) {
    __shared__ float sums[THREADS / 32];
    float total = 0;
    for (int i = threadIdx.x; i < count; i += THREADS) total += partial[i];
    total = block_reduce<THREADS>(total, sums, Add());
    if (threadIdx.x == 0) {
        mean[0] = total / ((float)n * (float)n);
        norm[0] = sqrtf(total);
    }
}
