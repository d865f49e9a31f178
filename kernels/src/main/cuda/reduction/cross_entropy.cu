// Cross-entropy of logits [rows, classes] with one label a row; one block a row.
#include "reduction/state.cuh"

constexpr int THREADS = 128;

// log sum exp of a row, NaN where the label is no class; every thread returns it.
template <typename T> __device__ __forceinline__ float log_sum(const T* __restrict__ row, int classes, int label) {
    __shared__ float shared;
    LogSumExpState state = LogSumExpState::empty();
    for (int k = threadIdx.x; k < classes; k += THREADS) add(state, row[k]);
    state = block_merge<THREADS>(state);
    if (threadIdx.x == 0) shared = label < 0 || label >= classes ? CUDART_NAN_F : state.finish(1.0f);
    __syncthreads();
    return shared;
}

template <typename T>
__device__ __forceinline__ void losses(const T* __restrict__ logits, const int* __restrict__ labels, float* __restrict__ out, int classes) {
    const T* row = logits + (int64_t)blockIdx.x * classes;
    const int label = labels[blockIdx.x];
    const float sum = log_sum(row, classes, label);
    if (threadIdx.x == 0) out[blockIdx.x] = sum == sum ? sum - to_float(row[label]) : sum;
}

template <typename T>
__device__ __forceinline__ void gradients(const T* __restrict__ logits, const int* __restrict__ labels, const T* __restrict__ gradient,
        T* __restrict__ out, int classes, float rows) {
    const int64_t at = (int64_t)blockIdx.x * classes;
    const int label = labels[blockIdx.x];
    const float sum = log_sum(logits + at, classes, label), scale = to_float(gradient[0]) / rows;
    for (int k = threadIdx.x; k < classes; k += THREADS) {
        const float probability = expf(to_float(logits[at + k]) - sum);
        out[at + k] = from_float<T>(scale * (probability - (k == label ? 1.0f : 0.0f)));
    }
}

#define CROSS_ENTROPY(suffix, T)                                                                                     \
    extern "C" __global__ void __launch_bounds__(THREADS) cross_entropy##suffix(const T* logits, const int* labels,  \
            float* out, int classes) {                                                                               \
        losses(logits, labels, out, classes);                                                                        \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) cross_entropy_gradient##suffix(const T* logits,            \
            const int* labels, const T* gradient, T* out, int classes, float rows) {                                 \
        gradients(logits, labels, gradient, out, classes, rows);                                                     \
    }
CROSS_ENTROPY(_f32, float)
CROSS_ENTROPY(_bf16, bf16)
