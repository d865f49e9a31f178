// What the closed form of the residual loss needs around its matrix products. With tokens x and prediction
// p as [N, columns], columns = images * channels, w_l = N - l and W_lm = N - max(l, m):
//   sum over k of |R_k|^2 = N |x|^2 - 2 sum_l w_l <p_l, (A x)_l> + sum_lm W_lm (A A^T)_lm (p p^T)_lm
#include "common/element.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 256;

// partial[l] is the part of row l; one block a row. The last sum is symmetric, so that m < l counts twice.
extern "C" __global__ void __launch_bounds__(THREADS) residual_rows(const float* __restrict__ tokens,
        const float* __restrict__ prediction, const float* __restrict__ transformed, const float* __restrict__ basis_gram,
        const float* __restrict__ prediction_gram, float* __restrict__ partial, int n, int columns) {
    __shared__ float sums[THREADS / 32];
    const int l = blockIdx.x;
    const int64_t row = (int64_t)l * columns, gram = (int64_t)l * n;
    float square = 0, mixed = 0, below = 0;
    for (int i = threadIdx.x; i < columns; i += THREADS) {
        const float x = tokens[row + i];
        square = fmaf(x, x, square);
        mixed = fmaf(prediction[row + i], transformed[row + i], mixed);
    }
    for (int m = threadIdx.x; m <= l; m += THREADS)
        below = fmaf(m < l ? 2.0f * basis_gram[gram + m] : basis_gram[gram + m], prediction_gram[gram + m], below);
    square = block_reduce<THREADS>(square, sums, Add());
    mixed = block_reduce<THREADS>(mixed, sums, Add());
    below = block_reduce<THREADS>(below, sums, Add());
    if (threadIdx.x == 0) partial[l] = n * square + (n - l) * (below - 2.0f * mixed);
}

// out = sum of the parts / elements; one block.
template <typename T>
__device__ __forceinline__ void residual_total(const float* __restrict__ partial, T* __restrict__ out, int count, float elements) {
    __shared__ float sums[THREADS / 32];
    float total = 0;
    for (int i = threadIdx.x; i < count; i += THREADS) total += partial[i];
    total = block_reduce<THREADS>(total, sums, Add());
    if (threadIdx.x == 0) out[0] = from_float<T>(total / elements);
}

// Weights the matrices of the gradients: weighted[l, m] = w_l A[l, m], and both Gram matrices by W.
extern "C" __global__ void __launch_bounds__(THREADS) residual_weigh(const float* __restrict__ a, float* __restrict__ weighted,
        float* __restrict__ basis_gram, float* __restrict__ prediction_gram, int n) {
    const int64_t count = (int64_t)n * n;
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int l = (int)(i / n), m = (int)(i - (int64_t)l * n);
        const float weight = (float)(n - max(l, m));
        weighted[i] = (float)(n - l) * a[i];
        basis_gram[i] *= weight;
        prediction_gram[i] *= weight;
    }
}

// out = scale * (product - factor_l * other), scale = 2 * gradient / elements, in the layout of the operation:
// [images, N, channels] from [N, images, channels]. factor_l is w_l, or N where weigh is 0 and then the sign is
// reversed: dL/dprediction and dL/dA have product - w * other, dL/dx has N * x - product.
template <typename T>
__device__ __forceinline__ void residual_finish(const float* __restrict__ product, const float* __restrict__ other,
        const T* __restrict__ gradient, T* __restrict__ out, int images, int n, int channels, int weigh, float elements) {
    const int64_t count = (int64_t)images * n * channels, image_size = (int64_t)n * channels;
    const float scale = 2.0f / elements * to_float(gradient[0]);
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t image = i / image_size, rest = i - image * image_size;
        const int l = (int)(rest / channels), c = (int)(rest - (int64_t)l * channels);
        const int64_t from = ((int64_t)l * images + image) * channels + c;
        const float weight = weigh ? (float)(n - l) : (float)n;
        const float difference = product[from] - weight * other[from];
        out[i] = from_float<T>(weigh ? scale * difference : -scale * difference);
    }
}

#define RESIDUAL(suffix, T)                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) residual_total##suffix(const float* partial, T* out, int count,  \
            float elements) {                                                                                             \
        residual_total(partial, out, count, elements);                                                                     \
    }                                                                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) residual_finish##suffix(const float* product, const float* other,\
            const T* gradient, T* out, int images, int n, int channels, int weigh, float elements) {                      \
        residual_finish(product, other, gradient, out, images, n, channels, weigh, elements);                              \
    }
RESIDUAL(_f32, float)
RESIDUAL(_bf16, bf16)
