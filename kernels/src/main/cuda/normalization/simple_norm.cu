// Normalisation over the last axis, version 1: one block a row, which is read from memory as often as needed.
#include "normalization/kinds.cuh"

constexpr int THREADS = 128;

// Mean (0 unless LAYER) and rsqrt(mean of squares + epsilon) of a row; every thread returns them.
template <Kind KIND, typename T>
__device__ __forceinline__ float2 statistics(const T* __restrict__ x, int width, float epsilon, float* partial) {
    float mean = 0;
    if (KIND == LAYER) {
        float sum = 0;
        for (int d = threadIdx.x; d < width; d += THREADS) sum += to_float(x[d]);
        mean = block_reduce<THREADS>(sum, partial, Add()) / width;
    }
    float squares = 0;
    for (int d = threadIdx.x; d < width; d += THREADS) {
        const float difference = to_float(x[d]) - mean;
        squares = fmaf(difference, difference, squares);
    }
    return make_float2(mean, rsqrtf(block_reduce<THREADS>(squares, partial, Add()) / width + epsilon));
}

template <Kind KIND, typename T>
__device__ __forceinline__ void forward(const T* __restrict__ x, const T* __restrict__ factor, const T* __restrict__ shift,
        T* __restrict__ out, int width, int rows_per_group, float epsilon) {
    __shared__ float partial[THREADS / 32];
    const int64_t at = (int64_t)blockIdx.x * width, group = (int64_t)(blockIdx.x / rows_per_group) * width;
    const float2 s = statistics<KIND>(x + at, width, epsilon, partial);
    for (int d = threadIdx.x; d < width; d += THREADS) {
        float y = (to_float(x[at + d]) - s.x) * s.y;
        if (factor) y *= factor_of<KIND>(to_float(factor[group + d]));
        if (shift) y += to_float(shift[group + d]);
        out[at + d] = from_float<T>(y);
    }
}

// dx, and the statistics of each row for the sums over rows.
template <Kind KIND, typename T>
__device__ __forceinline__ void backward(const T* __restrict__ x, const T* __restrict__ factor, const T* __restrict__ gradient,
        T* __restrict__ out, float2* __restrict__ kept, int width, int rows_per_group, float epsilon) {
    __shared__ float partial[THREADS / 32];
    const int64_t at = (int64_t)blockIdx.x * width, group = (int64_t)(blockIdx.x / rows_per_group) * width;
    const float2 s = statistics<KIND>(x + at, width, epsilon, partial);
    float sum = 0, along = 0;
    for (int d = threadIdx.x; d < width; d += THREADS) {
        const float direction = to_float(gradient[at + d]) * (factor ? factor_of<KIND>(to_float(factor[group + d])) : 1.0f);
        sum += direction;
        along = fmaf(direction, (to_float(x[at + d]) - s.x) * s.y, along);
    }
    const float mean = KIND == LAYER ? block_reduce<THREADS>(sum, partial, Add()) / width : 0.0f;
    along = block_reduce<THREADS>(along, partial, Add()) / width;
    for (int d = threadIdx.x; d < width; d += THREADS) {
        const float direction = to_float(gradient[at + d]) * (factor ? factor_of<KIND>(to_float(factor[group + d])) : 1.0f);
        out[at + d] = from_float<T>(s.y * (direction - mean - (to_float(x[at + d]) - s.x) * s.y * along));
    }
    if (kept && threadIdx.x == 0) kept[blockIdx.x] = s;
}

// Sums over the rows of each chunk, [chunks, width]; a thread a column. Chunks do not cross groups.
template <typename T>
__device__ __forceinline__ void sums(const T* __restrict__ x, const T* __restrict__ gradient, const float2* __restrict__ kept,
        float* __restrict__ of_factor, float* __restrict__ of_shift, int width, int rows_per_group, int chunk, int chunks_per_group) {
    const int column = blockIdx.y * THREADS + threadIdx.x;
    if (column >= width) return;
    const int group = blockIdx.x / chunks_per_group, begin = (blockIdx.x - group * chunks_per_group) * chunk;
    const int end = min(rows_per_group, begin + chunk);
    float factor = 0, shift = 0;
    for (int r = begin; r < end; r++) {
        const int64_t row = (int64_t)group * rows_per_group + r;
        const float2 s = kept[row];
        const float g = to_float(gradient[row * width + column]);
        factor = fmaf(g, (to_float(x[row * width + column]) - s.x) * s.y, factor);
        shift += g;
    }
    const int64_t to = (int64_t)blockIdx.x * width + column;
    of_factor[to] = factor;
    of_shift[to] = shift;
}

#define NORM(name, KIND, suffix, T)                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_##name##suffix(const T* x, const T* factor,         \
            const T* shift, T* out, int width, int rows_per_group, float epsilon) {                                  \
        forward<KIND>(x, factor, shift, out, width, rows_per_group, epsilon);                                        \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_##name##_gradient##suffix(const T* x,               \
            const T* factor, const T* gradient, T* out, float2* kept, int width, int rows_per_group, float epsilon) { \
        backward<KIND>(x, factor, gradient, out, kept, width, rows_per_group, epsilon);                              \
    }
#define NORMS(suffix, T)                                                                                             \
    NORM(rms, RMS, suffix, T)                                                                                        \
    NORM(layer, LAYER, suffix, T)                                                                                    \
    NORM(modulate, MODULATE, suffix, T)                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) simple_sums##suffix(const T* x, const T* gradient,         \
            const float2* kept, float* of_factor, float* of_shift, int width, int rows_per_group, int chunk,         \
            int chunks_per_group) {                                                                                  \
        sums(x, gradient, kept, of_factor, of_shift, width, rows_per_group, chunk, chunks_per_group);                \
    }
NORMS(_f32, float)
NORMS(_bf16, bf16)
