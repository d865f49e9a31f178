// z = f(x, y) of operands of equal shape, comparisons, and selection. Operands are read in step, 16 bytes
// a thread where the addresses allow (NAME_fast_*).
#include "common/pack.cuh"
#include "elementwise/binary_functions.cuh"

template <typename F, typename T>
__device__ __forceinline__ void same(const T* x, const T* y, T* z, int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads())
        z[i] = from_float<T>(F::apply(to_float(x[i]), to_float(y[i])));
}

// packs is the number of whole 16-byte packs; the rest is left to the simple kernel.
template <typename F, typename T>
__device__ __forceinline__ void fast(const T* x, const T* y, T* z, int64_t packs) {
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        const int64_t at = i * Pack<T>::SIZE;
        Pack<T> left, right, result;
        left.load(x + at);
        right.load(y + at);
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2)
            result.set(j, F::apply(left[j], right[j]), F::apply(left[j + 1], right[j + 1]));
        result.store(z + at);
    }
}

#define KERNELS(NAME, F, T, SUFFIX)                                                                                    \
    extern "C" __global__ void NAME##_##SUFFIX(const T* x, const T* y, T* z, int64_t count) { same<F>(x, y, z, count); } \
    extern "C" __global__ void NAME##_fast_##SUFFIX(const T* x, const T* y, T* z, int64_t packs) {                       \
        fast<F>(x, y, z, packs);                                                                                       \
    }
ALL_FUNCTIONS(KERNELS)

// kind: 0 less, 1 less or equal, 2 equal, 3 greater, 4 greater or equal.
template <typename T>
__device__ __forceinline__ void compare(const T* x, const T* y, uint8_t* z, int64_t count, int kind) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const float a = to_float(x[i]), b = to_float(y[i]);
        z[i] = kind == 0 ? a < b : kind == 1 ? a <= b : kind == 2 ? a == b : kind == 3 ? a > b : a >= b;
    }
}
extern "C" __global__ void compare_f32(const float* x, const float* y, uint8_t* z, int64_t count, int kind) {
    compare(x, y, z, count, kind);
}
extern "C" __global__ void compare_bf16(const bf16* x, const bf16* y, uint8_t* z, int64_t count, int kind) {
    compare(x, y, z, count, kind);
}

template <typename T>
__device__ __forceinline__ void where(const uint8_t* condition, const T* x, const T* y, T* z, int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) z[i] = condition[i] ? x[i] : y[i];
}
extern "C" __global__ void where_f32(const uint8_t* condition, const float* x, const float* y, float* z, int64_t count) {
    where(condition, x, y, z, count);
}
extern "C" __global__ void where_bf16(const uint8_t* condition, const bf16* x, const bf16* y, bf16* z, int64_t count) {
    where(condition, x, y, z, count);
}
