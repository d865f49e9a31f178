// How far the rows of A are from orthonormal: D = A A^T - I, its Frobenius norm, the regulariser mean(D^2), and
// the certificate that no singular value has left its band, decided on the device.
#include "basis/product.cuh"
#include "common/element.cuh"
#include "common/reduce.cuh"

// a [n, n]; difference [n, n], or null; partial: one sum of squares a tile.
extern "C" __global__ void __launch_bounds__(THREADS) gram_difference(const float* __restrict__ a, float* __restrict__ difference,
        float* __restrict__ partial, int n) {
    __shared__ Product shared;
    __shared__ float sums[THREADS / 32];
    const int first_row = blockIdx.y * EDGE, first_column = blockIdx.x * EDGE;
    float sum[4][4] = {}, squares = 0;
    multiply(shared, sum, n, [&](int r, int k) { return first_row + r < n ? a[(int64_t)(first_row + r) * n + k] : 0.0f; },
        [&](int k, int c) { return first_column + c < n ? a[(int64_t)(first_column + c) * n + k] : 0.0f; });
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const int row = first_row + threadIdx.x / 16 * 4 + i, column = first_column + threadIdx.x % 16 * 4 + j;
            if (row >= n || column >= n) continue;
            const float d = row == column ? sum[i][j] - 1.0f : sum[i][j];
            squares = fmaf(d, d, squares);
            if (difference != nullptr) difference[(int64_t)row * n + column] = d;
        }
    squares = block_reduce<THREADS>(squares, sums, Add());
    if (threadIdx.x == 0) partial[blockIdx.y * gridDim.x + blockIdx.x] = squares;
}

// measures = {norm, norm^2 / n^2}; flag = 1 if norm <= bound, else 0 (also for NaN); counters[flag] += 1. One block.
extern "C" __global__ void __launch_bounds__(THREADS) certificate(const float* __restrict__ partial, int count, int n, float bound,
        float* __restrict__ measures, int* __restrict__ flag, int* __restrict__ counters) {
    __shared__ float sums[THREADS / 32];
    float total = 0;
    for (int i = threadIdx.x; i < count; i += THREADS) total += partial[i];
    total = block_reduce<THREADS>(total, sums, Add());
    if (threadIdx.x == 0) {
        const float norm = sqrtf(total);
        const int holds = norm <= bound ? 1 : 0;
        measures[0] = norm;
        measures[1] = total / ((float)n * (float)n);
        flag[0] = holds;
        counters[holds]++;
    }
}
