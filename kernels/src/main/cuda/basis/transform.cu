// The basis transform in one pass: y = A x with x in any order of its tokens, and y mixed with noise,
// (1 - t) y + t noise, while y is still on the chip. Columns of the product are those of all images.
#include "basis/product.cuh"
#include "common/element.cuh"

// a [rows, inner]; x [images, inner, channels]; order [inner]: the place in x of each token, or null; y, noise and noisy
// [images, rows, channels], of which y or noisy may be null; time [images, cells].
template <typename T>
__device__ __forceinline__ void transform(const T* __restrict__ a, const T* __restrict__ x, const int* __restrict__ order,
        T* __restrict__ y, const T* __restrict__ noise, const T* __restrict__ time, T* __restrict__ noisy, int cells,
        int images, int rows, int inner, int channels) {
    __shared__ Product shared;
    __shared__ __align__(16) float tile[EDGE * EDGE];
    const int columns = images * channels, first_row = blockIdx.y * EDGE, first_column = blockIdx.x * EDGE;
    float sum[4][4] = {};
    multiply(shared, sum, inner,
        [&](int r, int k) { return first_row + r < rows ? to_float(a[(int64_t)(first_row + r) * inner + k]) : 0.0f; },
        [&](int k, int c) {
            const int column = first_column + c, image = column / channels;
            const int token = order == nullptr ? k : order[k];
            return column < columns ? to_float(x[((int64_t)image * inner + token) * channels + column - image * channels]) : 0.0f;
        });

    // Through shared memory, so that neighbouring threads have neighbouring elements.
    const int place = threadIdx.x / 16 * 4 * EDGE + threadIdx.x % 16 * 4;
#pragma unroll
    for (int i = 0; i < 4; i++) *(float4*)&tile[place + i * EDGE] = make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
    __syncthreads();
    const int cell_rows = rows / cells;
#pragma unroll 1
    for (int id = threadIdx.x; id < EDGE * EDGE; id += THREADS) {
        const int row = first_row + id / EDGE, column = first_column + id % EDGE;
        if (row >= rows || column >= columns) continue;
        const int image = column / channels;
        const int64_t at = ((int64_t)image * rows + row) * channels + column - image * channels;
        const float value = tile[id];
        if (y != nullptr) y[at] = from_float<T>(value);
        if (noisy != nullptr) {
            const float t = to_float(time[image * cells + row / cell_rows]);
            noisy[at] = from_float<T>((1.0f - t) * value + t * to_float(noise[at]));
        }
    }
}

#define TRANSFORM(suffix, T)                                                                                          \
    extern "C" __global__ void __launch_bounds__(THREADS) transform##suffix(const T* a, const T* x, const int* order, \
            T* y, const T* noise, const T* time, T* noisy, int cells, int images, int rows, int inner,                \
            int channels) {                                                                                           \
        transform(a, x, order, y, noise, time, noisy, cells, images, rows, inner, channels);                          \
    }
TRANSFORM(_f32, float)
TRANSFORM(_bf16, bf16)
