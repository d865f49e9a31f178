// z = f(x, y) of operands that are repeated along some axes, through strides that are 0 there, for
// results of at most six axes: simple, and with 16 bytes a thread (NAME_broadcast_fast_*).
#include "common/pack.cuh"
#include "elementwise/binary_functions.cuh"

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
    extern "C" __global__ void NAME##_broadcast_##SUFFIX(const T* x, const T* y, T* z, int64_t count,                    \
                                                         SIX(d), SIX(s), SIX(t)) {                                      \
        broadcast<F>(x, y, z, count, d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1, t2, t3, t4, t5);            \
    }                                                                                                                  \
    extern "C" __global__ void NAME##_broadcast_fast_##SUFFIX(const T* x, const T* y, T* z, int64_t count,               \
                                                              SIX(d), SIX(s), SIX(t)) {                                 \
        broadcast_fast<F>(x, y, z, count, d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1, t2, t3, t4, t5);       \
    }
ALL_FUNCTIONS(KERNELS)
