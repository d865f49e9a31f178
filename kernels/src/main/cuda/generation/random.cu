// Random numbers as a function of (state, call, element): the same from any launch geometry. A thread
// makes the four elements of one Philox block.
#include "common/element.cuh"
#include "common/philox.cuh"

// Four elements at once where the array starts at a multiple of their size and they are all there.
template <typename T> struct alignas(4 * sizeof(T)) Four { T values[4]; };

template <typename T> __device__ __forceinline__ bool whole(const T* array, int64_t first, int64_t count) {
    return (uintptr_t)array % sizeof(Four<T>) == 0 && first + 4 <= count;
}

template <typename T> __device__ __forceinline__ void store4(T* out, int64_t first, int64_t count, const float (&values)[4]) {
    Four<T> four;
#pragma unroll
    for (int j = 0; j < 4; j++) four.values[j] = from_float<T>(values[j]);
    if (whole(out, first, count)) {
        *reinterpret_cast<Four<T>*>(out + first) = four;
    } else {
#pragma unroll
        for (int j = 0; j < 4; j++)
            if (first + j < count) out[first + j] = four.values[j];
    }
}

template <typename T> __device__ __forceinline__ Four<T> load4(const T* x, int64_t first, int64_t count) {
    if (whole(x, first, count)) return *reinterpret_cast<const Four<T>*>(x + first);
    Four<T> four;
#pragma unroll
    for (int j = 0; j < 4; j++) four.values[j] = first + j < count ? x[first + j] : from_float<T>(0.0f);
    return four;
}

template <typename T> __device__ __forceinline__ void normal(T* out, int64_t count, const int* state, int call) {
    const Philox philox(state, call);
    for (int64_t block = global_thread(); 4 * block < count; block += global_threads()) {
        const uint4 w = philox.words((uint32_t)block);
        const float2 even = normals_of(make_uint2(w.x, w.y)), odd = normals_of(make_uint2(w.z, w.w));
        store4(out, 4 * block, count, {even.x, even.y, odd.x, odd.y});
    }
}

template <typename T> __device__ __forceinline__ void uniform(T* out, int64_t count, const int* state, int call) {
    const Philox philox(state, call);
    for (int64_t block = global_thread(); 4 * block < count; block += global_threads()) {
        const uint4 w = philox.words((uint32_t)block);
        store4(out, 4 * block, count, {uniform_of(w.x), uniform_of(w.y), uniform_of(w.z), uniform_of(w.w)});
    }
}

// Elements whose uniform number is below the rate become 0, the others are multiplied by 1 / (1 - rate).
template <typename T>
__device__ __forceinline__ void dropout(const T* x, T* out, int64_t count, const int* state, int call, int threshold,
                                        float scale) {
    const Philox philox(state, call);
    for (int64_t block = global_thread(); 4 * block < count; block += global_threads()) {
        const uint4 w = philox.words((uint32_t)block);
        const uint32_t words[4] = {w.x, w.y, w.z, w.w};
        const Four<T> four = load4(x, 4 * block, count);
        float values[4];
#pragma unroll
        for (int j = 0; j < 4; j++) values[j] = keeps(words[j], threshold) ? to_float(four.values[j]) * scale : 0.0f;
        store4(out, 4 * block, count, values);
    }
}

#define KERNELS(T, SUFFIX)                                                                                              \
    extern "C" __global__ void normal_##SUFFIX(T* out, int64_t count, const int* state, int call) {                     \
        normal(out, count, state, call);                                                                                \
    }                                                                                                                   \
    extern "C" __global__ void uniform_##SUFFIX(T* out, int64_t count, const int* state, int call) {                    \
        uniform(out, count, state, call);                                                                               \
    }                                                                                                                   \
    extern "C" __global__ void dropout_##SUFFIX(const T* x, T* out, int64_t count, const int* state, int call,          \
                                                int threshold, float scale) {                                            \
        dropout(x, out, count, state, call, threshold, scale);                                                           \
    }
KERNELS(float, f32)
KERNELS(bf16, bf16)
