// z = f(x, y), comparisons, and selection. Operands of equal shape are read in step, 16 bytes a thread
// where the addresses allow (NAME_fast_*); others through strides that are 0 along repeated axes, for
// results of at most six axes (NAME_broadcast_*, and NAME_broadcast_fast_* with 16 bytes a thread).
#include "common/pack.cuh"

struct Add { static __device__ __forceinline__ float apply(float x, float y) { return x + y; } };
struct Sub { static __device__ __forceinline__ float apply(float x, float y) { return x - y; } };
struct Mul { static __device__ __forceinline__ float apply(float x, float y) { return x * y; } };
struct Div { static __device__ __forceinline__ float apply(float x, float y) { return x / y; } };
struct Max { static __device__ __forceinline__ float apply(float x, float y) { return x != x ? x : y != y ? y : fmaxf(x, y); } };
struct Min { static __device__ __forceinline__ float apply(float x, float y) { return x != x ? x : y != y ? y : fminf(x, y); } };

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

// Extents of the result and strides of x and y, leading axes filled up with 1 and 0.
#define SIX(NAME) int NAME##0, int NAME##1, int NAME##2, int NAME##3, int NAME##4, int NAME##5
#define SIX_OF(NAME) {NAME##0, NAME##1, NAME##2, NAME##3, NAME##4, NAME##5}
template <typename F, typename T>
__device__ __forceinline__ void broadcast(const T* x, const T* y, T* z, int64_t count, SIX(d), SIX(s), SIX(t)) {
    const int extents[6] = SIX_OF(d), left_strides[6] = SIX_OF(s), right_strides[6] = SIX_OF(t);
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        int64_t rest = i, left = 0, right = 0;
#pragma unroll
        for (int axis = 5; axis >= 0; axis--) {
            if (extents[axis] == 1) continue;
            const int64_t next = rest / extents[axis];
            const int at = (int)(rest - next * extents[axis]);
            left += (int64_t)at * left_strides[axis];
            right += (int64_t)at * right_strides[axis];
            rest = next;
        }
        z[i] = from_float<T>(F::apply(to_float(x[left]), to_float(y[right])));
    }
}

template <typename T> __device__ __forceinline__ Pack<T> load(const T* x, bool repeated) {
    Pack<T> pack;
    if (repeated) {
        const float one = to_float(*x);
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2) pack.set(j, one, one);
    } else {
        pack.load(x);
    }
    return pack;
}

// Packs along the last axis, in which an operand is dense or repeated: d5 and count are packs, s5 and t5
// are SIZE or 0, and all other strides are whole packs.
template <typename F, typename T>
__device__ __forceinline__ void broadcast_fast(const T* x, const T* y, T* z, int64_t count, SIX(d), SIX(s), SIX(t)) {
    const int extents[6] = SIX_OF(d), left_strides[6] = SIX_OF(s), right_strides[6] = SIX_OF(t);
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        int64_t rest = i, left = 0, right = 0;
#pragma unroll
        for (int axis = 5; axis >= 0; axis--) {
            if (extents[axis] == 1) continue;
            const int64_t next = rest / extents[axis];
            const int at = (int)(rest - next * extents[axis]);
            left += (int64_t)at * left_strides[axis];
            right += (int64_t)at * right_strides[axis];
            rest = next;
        }
        const Pack<T> a = load(x + left, s5 == 0), b = load(y + right, t5 == 0);
        Pack<T> result;
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2) result.set(j, F::apply(a[j], b[j]), F::apply(a[j + 1], b[j + 1]));
        result.store(z + i * Pack<T>::SIZE);
    }
}

#define KERNELS(NAME, F, T, SUFFIX)                                                                                    \
    extern "C" __global__ void NAME##_##SUFFIX(const T* x, const T* y, T* z, int64_t count) { same<F>(x, y, z, count); } \
    extern "C" __global__ void NAME##_fast_##SUFFIX(const T* x, const T* y, T* z, int64_t packs) {                       \
        fast<F>(x, y, z, packs);                                                                                       \
    }                                                                                                                  \
    extern "C" __global__ void NAME##_broadcast_##SUFFIX(const T* x, const T* y, T* z, int64_t count,                    \
                                                         SIX(d), SIX(s), SIX(t)) {                                      \
        broadcast<F>(x, y, z, count, d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1, t2, t3, t4, t5);            \
    }                                                                                                                  \
    extern "C" __global__ void NAME##_broadcast_fast_##SUFFIX(const T* x, const T* y, T* z, int64_t count,               \
                                                              SIX(d), SIX(s), SIX(t)) {                                 \
        broadcast_fast<F>(x, y, z, count, d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1, t2, t3, t4, t5);       \
    }
#define BOTH(NAME, F) KERNELS(NAME, F, float, f32) KERNELS(NAME, F, bf16, bf16)
BOTH(add, Add) BOTH(sub, Sub) BOTH(mul, Mul) BOTH(div, Div) BOTH(max, Max) BOTH(min, Min)

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
