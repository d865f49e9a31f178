// y = f(x) and dx = f'(x) * dy, one entry per function and element type.
#include "common/element.cuh"
#include "common/normal.cuh"

__device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

#define FUNCTION(NAME, VALUE, SLOPE)                                                        \
    struct NAME {                                                                           \
        static __device__ __forceinline__ float value(float x) { return VALUE; }            \
        static __device__ __forceinline__ float slope(float x) { return SLOPE; }            \
    };
FUNCTION(Neg, -x, -1.0f)
FUNCTION(Exp, expf(x), expf(x))
FUNCTION(Log, logf(x), 1.0f / x)
FUNCTION(Sqrt, sqrtf(x), 0.5f / sqrtf(x))
FUNCTION(Rsqrt, 1.0f / sqrtf(x), -0.5f / (x * sqrtf(x)))
FUNCTION(Square, x * x, 2.0f * x)
FUNCTION(Abs, fabsf(x), x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f)
FUNCTION(Sigmoid, sigmoid(x), sigmoid(x) * sigmoid(-x))
FUNCTION(Silu, x * sigmoid(x), sigmoid(x) * (1.0f + x * sigmoid(-x)))
FUNCTION(Gelu, gelu(x), cumulative(x) + x * density(x))
FUNCTION(Tanh, tanhf(x), (1.0f - tanhf(x)) * (1.0f + tanhf(x)))
FUNCTION(Sin, sinf(x), cosf(x))
FUNCTION(Cos, cosf(x), -sinf(x))
FUNCTION(Trunc, truncf(x), 0.0f)

template <typename F, typename T> __device__ __forceinline__ void unary(const T* x, T* y, int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) y[i] = from_float<T>(F::value(to_float(x[i])));
}

template <typename F, typename T>
__device__ __forceinline__ void gradient(const T* x, const T* dy, T* dx, int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads())
        dx[i] = from_float<T>(F::slope(to_float(x[i])) * to_float(dy[i]));
}

#define KERNELS(NAME, F, T, SUFFIX)                                                                                   \
    extern "C" __global__ void NAME##_##SUFFIX(const T* x, T* y, int64_t count) { unary<F>(x, y, count); }             \
    extern "C" __global__ void NAME##_gradient_##SUFFIX(const T* x, const T* dy, T* dx, int64_t count) {               \
        gradient<F>(x, dy, dx, count);                                                                                \
    }
#define BOTH(NAME, F) KERNELS(NAME, F, float, f32) KERNELS(NAME, F, bf16, bf16)
BOTH(neg, Neg) BOTH(exp, Exp) BOTH(log, Log) BOTH(sqrt, Sqrt) BOTH(rsqrt, Rsqrt) BOTH(square, Square) BOTH(abs, Abs)
BOTH(sigmoid, Sigmoid) BOTH(silu, Silu) BOTH(gelu, Gelu) BOTH(tanh, Tanh) BOTH(sin, Sin) BOTH(cos, Cos) BOTH(trunc, Trunc)
