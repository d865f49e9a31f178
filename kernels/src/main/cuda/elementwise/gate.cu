// What lies between the products of a block: the gated MLP's product, the gated residual, and the
// interpolation of tokens with noise. Rows of x are [rows, width]; token row r reads gate row
// r / per_gate, where per_gate is the number of tokens of a cell: modulation is indexed, never repeated.
#include "common/element.cuh"

__device__ __forceinline__ float cumulative(float x) { return 0.5f * erfcf(-x * 0.70710678f); }
__device__ __forceinline__ float density(float x) { return 0.39894228f * expf(-0.5f * x * x); }

template <typename T> struct alignas(16) Pack { T at[16 / sizeof(T)]; };

template <typename T>
__device__ __forceinline__ T gated(T gate, T value) {
    const float g = to_float(gate);
    return from_float<T>(g * cumulative(g) * to_float(value));
}

template <typename T>
__device__ __forceinline__ void gated_gradient(T gate, T value, T dy, T& dgate, T& dvalue) {
    const float g = to_float(gate), phi = cumulative(g), d = to_float(dy);
    dgate = from_float<T>((phi + g * density(g)) * to_float(value) * d);
    dvalue = from_float<T>(g * phi * d);
}

#define GATED(T, SUFFIX)                                                                                             \
    extern "C" __global__ void gated_gelu_##SUFFIX(const T* gate, const T* value, T* y, int64_t count) {               \
        for (int64_t i = global_thread(); i < count; i += global_threads()) y[i] = gated(gate[i], value[i]);           \
    }                                                                                                                \
    extern "C" __global__ void gated_gelu_fast_##SUFFIX(const T* gate, const T* value, T* y, int64_t packs) {          \
        for (int64_t i = global_thread(); i < packs; i += global_threads()) {                                        \
            const Pack<T> g = ((const Pack<T>*)gate)[i], v = ((const Pack<T>*)value)[i];                              \
            Pack<T> r;                                                                                               \
            _Pragma("unroll") for (int j = 0; j < 16 / sizeof(T); j++) r.at[j] = gated(g.at[j], v.at[j]);              \
            ((Pack<T>*)y)[i] = r;                                                                                    \
        }                                                                                                            \
    }                                                                                                                \
    extern "C" __global__ void gated_gelu_gradient_##SUFFIX(const T* gate, const T* value, const T* dy, T* dgate,      \
                                                            T* dvalue, int64_t count) {                               \
        for (int64_t i = global_thread(); i < count; i += global_threads())                                          \
            gated_gradient(gate[i], value[i], dy[i], dgate[i], dvalue[i]);                                           \
    }                                                                                                                \
    extern "C" __global__ void gated_gelu_gradient_fast_##SUFFIX(const T* gate, const T* value, const T* dy, T* dgate, \
                                                                 T* dvalue, int64_t packs) {                          \
        for (int64_t i = global_thread(); i < packs; i += global_threads()) {                                        \
            const Pack<T> g = ((const Pack<T>*)gate)[i], v = ((const Pack<T>*)value)[i], d = ((const Pack<T>*)dy)[i];  \
            Pack<T> a, b;                                                                                            \
            _Pragma("unroll") for (int j = 0; j < 16 / sizeof(T); j++)                                               \
                gated_gradient(g.at[j], v.at[j], d.at[j], a.at[j], b.at[j]);                                         \
            ((Pack<T>*)dgate)[i] = a;                                                                                \
            ((Pack<T>*)dvalue)[i] = b;                                                                               \
        }                                                                                                            \
    }
GATED(float, f32)
GATED(bf16, bf16)

// out = x + gate * y.
template <typename T>
__device__ __forceinline__ void residual(const T* x, const T* y, const T* gate, T* out, int64_t count, int width,
                                         int per_gate) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t row = i / width;
        const float g = to_float(gate[row / per_gate * width + (i - row * width)]);
        out[i] = from_float<T>(to_float(x[i]) + g * to_float(y[i]));
    }
}

// width is a whole number of packs.
template <typename T>
__device__ __forceinline__ void residual_fast(const T* x, const T* y, const T* gate, T* out, int64_t packs, int width,
                                              int per_gate) {
    const int per_row = width / (16 / sizeof(T));
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        const int64_t row = i / per_row;
        const Pack<T> a = ((const Pack<T>*)x)[i], b = ((const Pack<T>*)y)[i],
                      g = ((const Pack<T>*)gate)[row / per_gate * per_row + (i - row * per_row)];
        Pack<T> r;
#pragma unroll
        for (int j = 0; j < 16 / sizeof(T); j++)
            r.at[j] = from_float<T>(to_float(a.at[j]) + to_float(g.at[j]) * to_float(b.at[j]));
        ((Pack<T>*)out)[i] = r;
    }
}

// dy = gate * dout, and dgate, the sum of y * dout over the tokens of a gate row in their order. A block
// has 32 columns and 8 slices of the tokens; the slices are added in order.
template <typename T>
__device__ __forceinline__ void residual_gradient(const T* y, const T* gate, const T* dout, T* dy, T* dgate, int width,
                                                  int per_gate) {
    __shared__ float partial[8][32];
    const int column = blockIdx.x * 32 + threadIdx.x;
    const int64_t group = blockIdx.y + (int64_t)blockIdx.z * gridDim.y;
    float sum = 0.0f;
    if (column < width) {
        const float g = to_float(gate[group * width + column]);
        for (int token = threadIdx.y; token < per_gate; token += 8) {
            const int64_t at = (group * per_gate + token) * width + column;
            const float d = to_float(dout[at]);
            dy[at] = from_float<T>(g * d);
            sum += to_float(y[at]) * d;
        }
    }
    partial[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < width) {
        for (int slice = 1; slice < 8; slice++) sum += partial[slice][threadIdx.x];
        dgate[group * width + column] = from_float<T>(sum);
    }
}

// out = (1 - t) * x + t * noise, t one number per gate row.
template <typename T>
__device__ __forceinline__ void interpolate(const T* x, const T* noise, const T* time, T* out, int64_t count, int width,
                                            int per_gate) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const float t = to_float(time[i / width / per_gate]);
        out[i] = from_float<T>((1.0f - t) * to_float(x[i]) + t * to_float(noise[i]));
    }
}

#define ROWS(T, SUFFIX)                                                                                               \
    extern "C" __global__ void gate_residual_##SUFFIX(const T* x, const T* y, const T* gate, T* out, int64_t count,     \
                                                      int width, int per_gate) {                                      \
        residual(x, y, gate, out, count, width, per_gate);                                                            \
    }                                                                                                                 \
    extern "C" __global__ void gate_residual_fast_##SUFFIX(const T* x, const T* y, const T* gate, T* out, int64_t packs, \
                                                           int width, int per_gate) {                                 \
        residual_fast(x, y, gate, out, packs, width, per_gate);                                                       \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) gate_residual_gradient_##SUFFIX(                                  \
        const T* y, const T* gate, const T* dout, T* dy, T* dgate, int width, int per_gate) {                           \
        residual_gradient(y, gate, dout, dy, dgate, width, per_gate);                                                 \
    }                                                                                                                 \
    extern "C" __global__ void interpolate_##SUFFIX(const T* x, const T* noise, const T* time, T* out, int64_t count,   \
                                                    int width, int per_gate) {                                        \
        interpolate(x, noise, time, out, count, width, per_gate);                                                     \
    }
ROWS(float, f32)
ROWS(bf16, bf16)
