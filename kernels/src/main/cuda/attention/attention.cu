// Attention of any head width, fp32 arithmetic, one block a query of a head. The fast kernels of
// flash.cu are checked against this one.
#include "attention/visible.cuh"
#include "common/element.cuh"
#include "common/philox.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 128;

// query, out [images, queries, width]; key, value [images, keys, width]; log_sum [images, heads, queries].
// Dynamic shared memory: head_width + keys floats. keep_scale is 1 / (1 - rate), 0 without dropout.
template <typename T>
__device__ __forceinline__ void attention(const T* __restrict__ query, const T* __restrict__ key, const T* __restrict__ value,
        const int* __restrict__ state, T* __restrict__ out, float* __restrict__ log_sum, const Mask mask, int heads, int head_width,
        float scale, int threshold, float keep_scale, int call) {
    extern __shared__ float shared[];
    __shared__ float partial[THREADS / 32];
    float* row = shared;
    float* scores = shared + head_width;
    const int item = blockIdx.x / mask.queries, i = blockIdx.x - item * mask.queries;
    const int image = item / heads, column = (item - image * heads) * head_width;
    const int64_t width = (int64_t)heads * head_width;
    const int64_t at = ((int64_t)image * mask.queries + i) * width + column;
    const int64_t keys_at = (int64_t)image * mask.keys * width + column;
    const int seen = mask.visible(i);

    for (int d = threadIdx.x; d < head_width; d += THREADS) row[d] = to_float(query[at + d]) * scale;
    __syncthreads();
    float most = -INFINITY;
    for (int j = threadIdx.x; j < seen; j += THREADS) {
        const T* k = key + keys_at + j * width;
        float score = 0;
        for (int d = 0; d < head_width; d++) score = fmaf(row[d], to_float(k[d]), score);
        scores[j] = score;
        most = fmaxf(most, score);
    }
    most = block_reduce<THREADS>(most, partial, Max());
    float sum = 0;
    for (int j = threadIdx.x; j < seen; j += THREADS) {
        const float p = expf(scores[j] - most);
        sum += p;
        scores[j] = p;
    }
    sum = block_reduce<THREADS>(sum, partial, Add());
    if (keep_scale != 0) {
        const Philox philox(state, call);
        const int64_t first = ((int64_t)item * mask.queries + i) * mask.keys;
        for (int j = threadIdx.x; j < seen; j += THREADS)
            scores[j] = keeps(philox.word(first + j), threshold) ? scores[j] * keep_scale : 0.0f;
        __syncthreads();
    }
    const float inverse = 1.0f / sum;
    for (int d = threadIdx.x; d < head_width; d += THREADS) {
        const T* v = value + keys_at + d;
        float total = 0;
        for (int j = 0; j < seen; j++) total = fmaf(scores[j], to_float(v[j * width]), total);
        out[at + d] = from_float<T>(total * inverse);
    }
    if (threadIdx.x == 0) log_sum[(int64_t)item * mask.queries + i] = most + logf(sum);
}

#define ATTENTION(suffix, T)                                                                                           \
    extern "C" __global__ void __launch_bounds__(THREADS) attention##suffix(const T* query, const T* key,             \
            const T* value, const int* state, T* out, float* log_sum, int queries, int keys, int cell_tokens,         \
            int heads, int head_width, float scale, int threshold, float keep_scale, int call) {                      \
        attention(query, key, value, state, out, log_sum, Mask{queries, keys, cell_tokens}, heads, head_width, scale, \
                threshold, keep_scale, call);                                                                         \
    }
ATTENTION(_f32, float)
ATTENTION(_bf16, bf16)
