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
    __shared__ __align__(16) float tile[EDGE * EDGE];
    const int columns = images * channels, first_row = blockIdx.y * EDGE, first_column = blockIdx.x * EDGE;
    float sum[4][4] = {};
    multiply(shared, sum, inner,
        [&](int r, int k) { return first_row + r < rows ? a[(int64_t)(first_row + r) * inner + k] : 0.0f; },
        [&](int k, int c) {
            const int column = first_column + c, image = column / channels;
            const int token = order == nullptr ? k : order[k];
            return column < columns ? x[((int64_t)image * inner + token) * channels + column - image * channels] : 0.0f;
        });

    // Through shared memory, so that neighbouring threads have neighbouring elements, and the code for one
    // group of normal numbers is there once and not sixteen times.
    const int place = threadIdx.x / 16 * 4 * EDGE + threadIdx.x % 16 * 4;
#pragma unroll
    for (int i = 0; i < 4; i++) *(float4*)&tile[place + i * EDGE] = make_float4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
    __syncthreads();
    // Four neighbouring elements are one Philox block if channels allow; else each makes its pair.
    const int group = channels % 4 == 0 ? 4 : 1;
#pragma unroll 1
    for (int id = threadIdx.x * group; id < EDGE * EDGE; id += THREADS * group) {
        const int row = first_row + id / EDGE, column = first_column + id % EDGE;
        if (row >= rows || column >= columns) continue;
        const int image = column / channels;
        const int64_t at = ((int64_t)image * rows + row) * channels + column - image * channels;
        if (y != nullptr)
            for (int j = 0; j < group; j++) y[at + j] = tile[id + j];
        if (noisy == nullptr) continue;
        const float t = noise.time[image * noise.cells + (int)((int64_t)row * noise.cells / rows)];
        const uint4 words = Philox(noise.state, noise.call).words((uint32_t)(at >> 2));
#pragma unroll 1
        for (int j = 0; j < group; j += 2) {
            const float2 pair = normals_of((at + j) & 2 ? make_uint2(words.z, words.w) : make_uint2(words.x, words.y));
            if (group == 1) {
                noisy[at] = from_float<T>((1.0f - t) * tile[id] + t * (at & 1 ? pair.y : pair.x));
            } else {
                noisy[at + j] = from_float<T>((1.0f - t) * tile[id + j] + t * pair.x);
                noisy[at + j + 1] = from_float<T>((1.0f - t) * tile[id + j + 1] + t * pair.y);
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
