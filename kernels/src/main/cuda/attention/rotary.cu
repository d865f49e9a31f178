// Rotary positions, one thread a pair of neighbouring elements (a, b) of a head.
#include "common/element.cuh"

// qkv [rows, 3 * width]; tables [tokens, head_width]; query, key, value [rows, width]; row = image * tokens + token.
template <typename T>
__device__ __forceinline__ void rotary_split(const T* __restrict__ qkv, const T* __restrict__ cosine, const T* __restrict__ sine,
        T* __restrict__ query, T* __restrict__ key, T* __restrict__ value, int64_t rows, int tokens, int width, int head_width) {
    const int pairs = width / 2;
    for (int64_t i = global_thread(); i < rows * pairs; i += global_threads()) {
        const int64_t row = i / pairs;
        const int d = (int)(i - row * pairs) * 2;
        const int angle = (int)(row % tokens) * head_width + d % head_width;
        const float cos_a = to_float(cosine[angle]), cos_b = to_float(cosine[angle + 1]);
        const float sin_a = to_float(sine[angle]), sin_b = to_float(sine[angle + 1]);
        const T* from = qkv + row * 3 * width + d;
        const int64_t to = row * width + d;
        const float qa = to_float(from[0]), qb = to_float(from[1]);
        query[to] = from_float<T>(qa * cos_a - qb * sin_a);
        query[to + 1] = from_float<T>(qb * cos_b + qa * sin_b);
        const float ka = to_float(from[width]), kb = to_float(from[width + 1]);
        key[to] = from_float<T>(ka * cos_a - kb * sin_a);
        key[to + 1] = from_float<T>(kb * cos_b + ka * sin_b);
        value[to] = from[2 * width];
        value[to + 1] = from[2 * width + 1];
    }
}

// The adjoint: turns query and key gradients back and joins the three.
template <typename T>
__device__ __forceinline__ void rotary_join(const T* __restrict__ query, const T* __restrict__ key, const T* __restrict__ value,
        const T* __restrict__ cosine, const T* __restrict__ sine, T* __restrict__ qkv, int64_t rows, int tokens, int width, int head_width) {
    const int pairs = width / 2;
    for (int64_t i = global_thread(); i < rows * pairs; i += global_threads()) {
        const int64_t row = i / pairs;
        const int d = (int)(i - row * pairs) * 2;
        const int angle = (int)(row % tokens) * head_width + d % head_width;
        const float cos_a = to_float(cosine[angle]), cos_b = to_float(cosine[angle + 1]);
        const float sin_a = to_float(sine[angle]), sin_b = to_float(sine[angle + 1]);
        const int64_t from = row * width + d;
        T* to = qkv + row * 3 * width + d;
        const float qa = to_float(query[from]), qb = to_float(query[from + 1]);
        to[0] = from_float<T>(qa * cos_a + qb * sin_b);
        to[1] = from_float<T>(qb * cos_b - qa * sin_a);
        const float ka = to_float(key[from]), kb = to_float(key[from + 1]);
        to[width] = from_float<T>(ka * cos_a + kb * sin_b);
        to[width + 1] = from_float<T>(kb * cos_b - ka * sin_a);
        to[2 * width] = value[from];
        to[2 * width + 1] = value[from + 1];
    }
}

#define ROTARY(suffix, T)                                                                                          \
    extern "C" __global__ void rotary_split##suffix(const T* qkv, const T* cosine, const T* sine, T* query,       \
            T* key, T* value, int64_t rows, int tokens, int width, int head_width) {                              \
        rotary_split(qkv, cosine, sine, query, key, value, rows, tokens, width, head_width);                      \
    }                                                                                                              \
    extern "C" __global__ void rotary_join##suffix(const T* query, const T* key, const T* value, const T* cosine, \
            const T* sine, T* qkv, int64_t rows, int tokens, int width, int head_width) {                         \
        rotary_join(query, key, value, cosine, sine, qkv, rows, tokens, width, head_width);                       \
    }
ROTARY(_f32, float)
ROTARY(_bf16, bf16)
