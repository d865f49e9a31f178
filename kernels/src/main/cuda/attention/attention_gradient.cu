// Gradient of attention of any head width, fp32 arithmetic. Probabilities are computed anew, from the
// log denominators. Two passes without atomics: one block a query gives its row of the query gradient and
// delta = sum over keys of probability times slope; then one block a key gives its rows of the other two.
#include "attention/visible.cuh"
#include "common/element.cuh"
#include "common/philox.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 128;

// Shapes as in attention.cu; out_gradient [images, queries, width], delta [images, heads, queries].
// Dynamic shared memory: 2 * (head_width + keys) floats.
template <typename T>
__device__ __forceinline__ void query_gradient(const T* __restrict__ query, const T* __restrict__ key, const T* __restrict__ value,
        const float* __restrict__ log_sum, const T* __restrict__ out_gradient, const int* __restrict__ state, T* __restrict__ gradient,
        float* __restrict__ delta, const Mask mask, int heads, int head_width, float scale, int threshold, float keep_scale, int call) {
    extern __shared__ float shared[];
    __shared__ float partial[THREADS / 32];
    float* row = shared;
    float* slope_row = row + head_width;
    float* probability = slope_row + head_width;
    float* slope = probability + mask.keys;
    const int item = blockIdx.x / mask.queries, i = blockIdx.x - item * mask.queries;
    const int image = item / heads, column = (item - image * heads) * head_width;
    const int64_t width = (int64_t)heads * head_width;
    const int64_t at = ((int64_t)image * mask.queries + i) * width + column;
    const int64_t keys_at = (int64_t)image * mask.keys * width + column;
    const int64_t index = (int64_t)item * mask.queries + i;
    const int seen = mask.visible(i);

    for (int d = threadIdx.x; d < head_width; d += THREADS) {
        row[d] = to_float(query[at + d]) * scale;
        slope_row[d] = to_float(out_gradient[at + d]);
    }
    __syncthreads();
    const float denominator = log_sum[index];
    float along = 0;
    for (int j = threadIdx.x; j < seen; j += THREADS) {
        const T* k = key + keys_at + j * width;
        const T* v = value + keys_at + j * width;
        float score = 0, s = 0;
        for (int d = 0; d < head_width; d++) {
            score = fmaf(row[d], to_float(k[d]), score);
            s = fmaf(slope_row[d], to_float(v[d]), s);
        }
        if (keep_scale != 0) s = keeps(Philox(state, call).word(index * mask.keys + j), threshold) ? s * keep_scale : 0.0f;
        const float p = expf(score - denominator);
        along = fmaf(p, s, along);
        probability[j] = p;
        slope[j] = s;
    }
    along = block_reduce<THREADS>(along, partial, Add());
    for (int j = threadIdx.x; j < seen; j += THREADS) slope[j] = probability[j] * (slope[j] - along) * scale;
    __syncthreads();
    for (int d = threadIdx.x; d < head_width; d += THREADS) {
        const T* k = key + keys_at + d;
        float total = 0;
        for (int j = 0; j < seen; j++) total = fmaf(slope[j], to_float(k[j * width]), total);
        gradient[at + d] = from_float<T>(total);
    }
    if (threadIdx.x == 0) delta[index] = along;
}

// Dynamic shared memory: 2 * (head_width + queries) floats.
template <typename T>
__device__ __forceinline__ void key_gradient(const T* __restrict__ query, const T* __restrict__ key, const T* __restrict__ value,
        const float* __restrict__ log_sum, const T* __restrict__ out_gradient, const int* __restrict__ state, const float* __restrict__ delta,
        T* __restrict__ key_out, T* __restrict__ value_out, const Mask mask, int heads, int head_width, float scale, int threshold,
        float keep_scale, int call) {
    extern __shared__ float shared[];
    float* key_row = shared;
    float* value_row = key_row + head_width;
    float* probability = value_row + head_width;
    float* slope = probability + mask.queries;
    const int item = blockIdx.x / mask.keys, j = blockIdx.x - item * mask.keys;
    const int image = item / heads, column = (item - image * heads) * head_width;
    const int64_t width = (int64_t)heads * head_width;
    const int64_t at = ((int64_t)image * mask.keys + j) * width + column;
    const int64_t queries_at = (int64_t)image * mask.queries * width + column;
    const int first = mask.first_query(j);

    for (int d = threadIdx.x; d < head_width; d += THREADS) {
        key_row[d] = to_float(key[at + d]) * scale;
        value_row[d] = to_float(value[at + d]);
    }
    __syncthreads();
    for (int i = first + threadIdx.x; i < mask.queries; i += THREADS) {
        const T* q = query + queries_at + i * width;
        const T* g = out_gradient + queries_at + i * width;
        const int64_t index = (int64_t)item * mask.queries + i;
        float score = 0, s = 0;
        for (int d = 0; d < head_width; d++) {
            score = fmaf(key_row[d], to_float(q[d]), score);
            s = fmaf(value_row[d], to_float(g[d]), s);
        }
        float keep = 1;
        if (keep_scale != 0) keep = keeps(Philox(state, call).word(index * mask.keys + j), threshold) ? keep_scale : 0.0f;
        const float p = expf(score - log_sum[index]);
        probability[i] = p * keep;
        slope[i] = p * (s * keep - delta[index]) * scale;
    }
    __syncthreads();
    for (int d = threadIdx.x; d < head_width; d += THREADS) {
        const T* q = query + queries_at + d;
        const T* g = out_gradient + queries_at + d;
        float of_key = 0, of_value = 0;
        for (int i = first; i < mask.queries; i++) {
            of_key = fmaf(slope[i], to_float(q[i * width]), of_key);
            of_value = fmaf(probability[i], to_float(g[i * width]), of_value);
        }
        key_out[at + d] = from_float<T>(of_key);
        value_out[at + d] = from_float<T>(of_value);
    }
}

#define GRADIENT(suffix, T)                                                                                            \
    extern "C" __global__ void __launch_bounds__(THREADS) query_gradient##suffix(const T* query, const T* key,        \
            const T* value, const float* log_sum, const T* out_gradient, const int* state, T* gradient, float* delta, \
            int queries, int keys, int cell_tokens, int heads, int head_width, float scale, int threshold,            \
            float keep_scale, int call) {                                                                              \
        query_gradient(query, key, value, log_sum, out_gradient, state, gradient, delta,                              \
                Mask{queries, keys, cell_tokens}, heads, head_width, scale, threshold, keep_scale, call);             \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS) key_gradient##suffix(const T* query, const T* key,          \
            const T* value, const float* log_sum, const T* out_gradient, const int* state, const float* delta,        \
            T* key_out, T* value_out, int queries, int keys, int cell_tokens, int heads, int head_width, float scale, \
            int threshold, float keep_scale, int call) {                                                               \
        key_gradient(query, key, value, log_sum, out_gradient, state, delta, key_out, value_out,                      \
                Mask{queries, keys, cell_tokens}, heads, head_width, scale, threshold, keep_scale, call);             \
    }
GRADIENT(_f32, float)
GRADIENT(_bf16, bf16)
