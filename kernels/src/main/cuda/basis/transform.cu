// The basis transform in one pass: y = A x with x in any order of its tokens, and y mixed with noise,
// (1 - t) y + t eps, with the normal numbers made in registers. Columns of the product are those of all images.
#include "basis/product.cuh"
#include "common/element.cuh"
#include "common/philox.cuh"

struct Noise {
    const float* time;  // [images, cells]
    const int* state;
    int cells, call;
};

// a [rows, inner]; x [images, inner, channels]; order [inner]: the place in x of each token, or null; y [images, rows, channels],
// or null; noisy likewise. The normal numbers are those of the call, element by element of y.
template <typename T>
__device__ __forceinline__ void transform(const float* __restrict__ a, const float* __restrict__ x, const int* __restrict__ order,
        float* __restrict__ y, T* __restrict__ noisy, const Noise noise, int images, int rows, int inner, int channels) {
    __shared__ Product shared;
    const int columns = images * channels, first_row = blockIdx.y * EDGE, first_column = blockIdx.x * EDGE;
    float sum[4][4] = {};
    multiply(shared, sum, inner,
        [&](int r, int k) { return first_row + r < rows ? a[(int64_t)(first_row + r) * inner + k] : 0.0f; },
        [&](int k, int c) {
            const int column = first_column + c, image = column / channels;
            const int token = order == nullptr ? k : order[k];
            return column < columns ? x[((int64_t)image * inner + token) * channels + column - image * channels] : 0.0f;
        });

    const int column = first_column + threadIdx.x % 16 * 4;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int row = first_row + threadIdx.x / 16 * 4 + i;
        if (row >= rows || column >= columns) continue;
        if (channels % 4 == 0) {
            // Four columns are four neighbouring elements, and one Philox block.
            const int image = column / channels;
            const int64_t at = ((int64_t)image * rows + row) * channels + column - image * channels;
            if (y != nullptr) {
#pragma unroll
                for (int j = 0; j < 4; j++) y[at + j] = sum[i][j];
            }
            if (noisy != nullptr) {
                const Philox philox(noise.state, noise.call);
                const uint4 words = philox.words((uint32_t)(at >> 2));
                const float2 even = normals_of(make_uint2(words.x, words.y)), odd = normals_of(make_uint2(words.z, words.w));
                const float normals[4] = {even.x, even.y, odd.x, odd.y};
                const float t = noise.time[image * noise.cells + (int)((int64_t)row * noise.cells / rows)];
#pragma unroll
                for (int j = 0; j < 4; j++) noisy[at + j] = from_float<T>((1.0f - t) * sum[i][j] + t * normals[j]);
            }
            continue;
        }
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (column + j >= columns) continue;
            const int image = (column + j) / channels;
            const int64_t at = ((int64_t)image * rows + row) * channels + column + j - image * channels;
            if (y != nullptr) y[at] = sum[i][j];
            if (noisy != nullptr) {
                const float2 pair = normals_of(Philox(noise.state, noise.call).pair(at));
                const float t = noise.time[image * noise.cells + (int)((int64_t)row * noise.cells / rows)];
                noisy[at] = from_float<T>((1.0f - t) * sum[i][j] + t * (at & 1 ? pair.y : pair.x));
            }
        }
    }
}

#define TRANSFORM(suffix, T)                                                                                          \
    extern "C" __global__ void __launch_bounds__(THREADS) transform##suffix(const float* a, const float* x,          \
            const int* order, float* y, T* noisy, const float* time, const int* state, int cells, int call,          \
            int images, int rows, int inner, int channels) {                                                         \
        transform(a, x, order, y, noisy, Noise{time, state, cells, call}, images, rows, inner, channels);            \
    }
TRANSFORM(_f32, float)
TRANSFORM(_bf16, bf16)
