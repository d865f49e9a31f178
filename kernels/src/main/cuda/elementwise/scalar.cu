// Functions of one variable with constants: y = scale * x + shift, x^exponent, x limited to an interval.
#include "common/element.cuh"

struct Affine {
    static __device__ __forceinline__ float apply(float x, float scale, float shift) { return scale * x + shift; }
};
struct Power {
    static __device__ __forceinline__ float apply(float x, float exponent, float) { return powf(x, exponent); }
};
struct Clamp {
    static __device__ __forceinline__ float apply(float x, float least, float most) {
        // A NaN passes through, which fminf would hide.
        return x < least ? least : x > most ? most : x;
    }
};

template <typename F, typename T>
__device__ __forceinline__ void scalar(const T* x, T* y, int64_t count, float a, float b) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) y[i] = from_float<T>(F::apply(to_float(x[i]), a, b));
}

#define KERNELS(NAME, F, T, SUFFIX)                                                                               \
    extern "C" __global__ void NAME##_##SUFFIX(const T* x, T* y, int64_t count, float a, float b) {                \
        scalar<F>(x, y, count, a, b);                                                                             \
    }
#define BOTH(NAME, F) KERNELS(NAME, F, float, f32) KERNELS(NAME, F, bf16, bf16)
BOTH(affine, Affine) BOTH(power, Power) BOTH(clamp, Clamp)
