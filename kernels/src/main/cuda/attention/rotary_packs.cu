// Rotary positions, 16 bytes of a head a thread and one block a row: the fast form of rotary.cu, for head widths
// that are whole packs and aligned addresses. Shapes as there.
#include "common/pack.cuh"

constexpr int THREADS = 128;

template <typename T> struct Turn {
    Pack<T> cosine, sine;

    __device__ __forceinline__ Turn(const T* __restrict__ cosines, const T* __restrict__ sines, int angle) {
        cosine.load(cosines + angle);
        sine.load(sines + angle);
    }

    __device__ __forceinline__ void forward(const T* __restrict__ from, T* to) const {
        Pack<T> in, out;
        in.load(from);
#pragma unroll
        for (int i = 0; i < Pack<T>::SIZE; i += 2)
            out.set(i, in[i] * cosine[i] - in[i + 1] * sine[i], in[i + 1] * cosine[i + 1] + in[i] * sine[i + 1]);
        out.store(to);
    }

    __device__ __forceinline__ void backward(const T* __restrict__ from, T* to) const {
        Pack<T> in, out;
        in.load(from);
#pragma unroll
        for (int i = 0; i < Pack<T>::SIZE; i += 2)
            out.set(i, in[i] * cosine[i] + in[i + 1] * sine[i + 1], in[i + 1] * cosine[i + 1] - in[i] * sine[i]);
        out.store(to);
    }
};

template <typename T> __device__ __forceinline__ void copy(const T* __restrict__ from, T* to) {
    Pack<T> pack;
    pack.load(from);
    pack.store(to);
}

template <typename T>
__device__ __forceinline__ void rotary_split(const T* __restrict__ qkv, const T* __restrict__ cosine, const T* __restrict__ sine,
        T* query, T* key, T* value, int tokens, int width, int head_width) {
    const int64_t row = blockIdx.x;
    const int table = (int)(blockIdx.x % tokens) * head_width;
    for (int d = threadIdx.x * Pack<T>::SIZE; d < width; d += THREADS * Pack<T>::SIZE) {
        const Turn<T> turn(cosine, sine, table + d % head_width);
        const T* from = qkv + row * 3 * width + d;
        const int64_t to = row * width + d;
        turn.forward(from, query + to);
        turn.forward(from + width, key + to);
        copy(from + 2 * width, value + to);
    }
}

template <typename T>
__device__ __forceinline__ void rotary_join(const T* __restrict__ query, const T* __restrict__ key, const T* __restrict__ value,
        const T* __restrict__ cosine, const T* __restrict__ sine, T* qkv, int tokens, int width, int head_width) {
    const int64_t row = blockIdx.x;
    const int table = (int)(blockIdx.x % tokens) * head_width;
    for (int d = threadIdx.x * Pack<T>::SIZE; d < width; d += THREADS * Pack<T>::SIZE) {
        const Turn<T> turn(cosine, sine, table + d % head_width);
        const int64_t from = row * width + d;
        T* to = qkv + row * 3 * width + d;
        turn.backward(query + from, to);
        turn.backward(key + from, to + width);
        copy(value + from, to + 2 * width);
    }
}

#define ROTARY(suffix, T)                                                                                               \
    extern "C" __global__ void __launch_bounds__(THREADS) rotary_split_packs##suffix(const T* qkv, const T* cosine,    \
            const T* sine, T* query, T* key, T* value, int tokens, int width, int head_width) {                        \
        rotary_split(qkv, cosine, sine, query, key, value, tokens, width, head_width);                                 \
    }                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS) rotary_join_packs##suffix(const T* query, const T* key,      \
            const T* value, const T* cosine, const T* sine, T* qkv, int tokens, int width, int head_width) {           \
        rotary_join(query, key, value, cosine, sine, qkv, tokens, width, head_width);                                  \
    }
ROTARY(_f32, float)
ROTARY(_bf16, bf16)
