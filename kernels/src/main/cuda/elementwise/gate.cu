// What lies between the products of a block: the gated MLP's product, the gated residual, and the
// interpolation of tokens with noise. Rows of x are [rows, width]; token row r reads gate row
// r / per_gate, where per_gate is the number of tokens of a cell: modulation is indexed, never repeated.
#include "common/normal.cuh"
#include "common/pack.cuh"

__device__ __forceinline__ float gated(float gate, float value) { return gelu(gate) * value; }

// x becomes the gradient to the gate, y the gradient to the value.
__device__ __forceinline__ float2 gated_gradient(float gate, float value, float dy) {
    const float phi = cumulative(gate);
    return make_float2((phi + gate * density(gate)) * value * dy, gate * phi * dy);
}

template <typename T> __device__ __forceinline__ void gated_gelu(const T* gate, const T* value, T* y, int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads())
        y[i] = from_float<T>(gated(to_float(gate[i]), to_float(value[i])));
}

template <typename T> __device__ __forceinline__ void gelu_fast(const T* gate, const T* value, T* y, int64_t packs) {
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        const int64_t at = i * Pack<T>::SIZE;
        Pack<T> g, v, r;
        g.load(gate + at);
        v.load(value + at);
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2) r.set(j, gated(g[j], v[j]), gated(g[j + 1], v[j + 1]));
        r.store(y + at);
    }
}

template <typename T>
__device__ __forceinline__ void gelu_gradient(const T* gate, const T* value, const T* dy, T* dgate, T* dvalue,
                                              int64_t count) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const float2 both = gated_gradient(to_float(gate[i]), to_float(value[i]), to_float(dy[i]));
        dgate[i] = from_float<T>(both.x);
        dvalue[i] = from_float<T>(both.y);
    }
}

template <typename T>
__device__ __forceinline__ void gelu_gradient_fast(const T* gate, const T* value, const T* dy, T* dgate, T* dvalue,
                                                   int64_t packs) {
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        const int64_t at = i * Pack<T>::SIZE;
        Pack<T> g, v, d, a, b;
        g.load(gate + at);
        v.load(value + at);
        d.load(dy + at);
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2) {
            const float2 even = gated_gradient(g[j], v[j], d[j]), odd = gated_gradient(g[j + 1], v[j + 1], d[j + 1]);
            a.set(j, even.x, odd.x);
            b.set(j, even.y, odd.y);
        }
        a.store(dgate + at);
        b.store(dvalue + at);
    }
}

#define GATED(T, SUFFIX)                                                                                               \
    extern "C" __global__ void gated_gelu_##SUFFIX(const T* gate, const T* value, T* y, int64_t count) {                 \
        gated_gelu(gate, value, y, count);                                                                             \
    }                                                                                                                  \
    extern "C" __global__ void gated_gelu_fast_##SUFFIX(const T* gate, const T* value, T* y, int64_t packs) {            \
        gelu_fast(gate, value, y, packs);                                                                              \
    }                                                                                                                  \
    extern "C" __global__ void gated_gelu_gradient_##SUFFIX(const T* gate, const T* value, const T* dy, T* dgate,        \
                                                            T* dvalue, int64_t count) {                                 \
        gelu_gradient(gate, value, dy, dgate, dvalue, count);                                                          \
    }                                                                                                                  \
    extern "C" __global__ void gated_gelu_gradient_fast_##SUFFIX(const T* gate, const T* value, const T* dy, T* dgate,   \
                                                                 T* dvalue, int64_t packs) {                            \
        gelu_gradient_fast(gate, value, dy, dgate, dvalue, packs);                                                     \
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
    const int per_row = width / Pack<T>::SIZE;
    for (int64_t i = global_thread(); i < packs; i += global_threads()) {
        const int64_t row = i / per_row, at = i * Pack<T>::SIZE;
        Pack<T> a, b, g, r;
        a.load(x + at);
        b.load(y + at);
        g.load(gate + (row / per_gate * per_row + (i - row * per_row)) * Pack<T>::SIZE);
#pragma unroll
        for (int j = 0; j < Pack<T>::SIZE; j += 2) r.set(j, a[j] + g[j] * b[j], a[j + 1] + g[j + 1] * b[j + 1]);
        r.store(out + at);
    }
}

// dy = gate * dout, and dgate, the sum of y * dout over the tokens of a gate row in their order. A block
// has 32 columns and 8 slices of the tokens; the slices are added in order.
template <typename T>
__device__ __forceinline__ void residual_gradient(const T* y, const T* gate, const T* dout, T* dy, T* dgate, int width,
                                                  int per_gate) {
    __shared__ float partial[8][32];
    const int column = blockIdx.y * 32 + threadIdx.x;
    const int64_t group = blockIdx.x;
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

// The same sums in the same order, a pack of columns a lane. width is a whole number of packs.
template <typename T>
__device__ __forceinline__ void residual_gradient_fast(const T* y, const T* gate, const T* dout, T* dy, T* dgate,
                                                       int width, int per_gate) {
    constexpr int SIZE = Pack<T>::SIZE;
    __shared__ float partial[8][SIZE][32];
    const int column = (blockIdx.y * 32 + threadIdx.x) * SIZE;
    const int64_t group = blockIdx.x;
    float sums[SIZE] = {};
    if (column < width) {
        Pack<T> g;
        g.load(gate + group * width + column);
        for (int token = threadIdx.y; token < per_gate; token += 8) {
            const int64_t at = (group * per_gate + token) * width + column;
            Pack<T> d, value, r;
            d.load(dout + at);
            value.load(y + at);
#pragma unroll
            for (int j = 0; j < SIZE; j += 2) {
                r.set(j, g[j] * d[j], g[j + 1] * d[j + 1]);
                sums[j] += value[j] * d[j];
                sums[j + 1] += value[j + 1] * d[j + 1];
            }
            r.store(dy + at);
        }
    }
#pragma unroll
    for (int j = 0; j < SIZE; j++) partial[threadIdx.y][j][threadIdx.x] = sums[j];
    __syncthreads();
    if (threadIdx.y == 0 && column < width) {
        Pack<T> r;
#pragma unroll
        for (int j = 0; j < SIZE; j += 2) {
            for (int slice = 1; slice < 8; slice++) {
                sums[j] += partial[slice][j][threadIdx.x];
                sums[j + 1] += partial[slice][j + 1][threadIdx.x];
            }
            r.set(j, sums[j], sums[j + 1]);
        }
        r.store(dgate + group * width + column);
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
    extern "C" __global__ void __launch_bounds__(256, 4) gate_residual_gradient_fast_##SUFFIX(                             \
        const T* y, const T* gate, const T* dout, T* dy, T* dgate, int width, int per_gate) {                           \
        residual_gradient_fast(y, gate, dout, dy, dgate, width, per_gate);                                            \
    }                                                                                                                 \
    extern "C" __global__ void interpolate_##SUFFIX(const T* x, const T* noise, const T* time, T* out, int64_t count,   \
                                                    int width, int per_gate) {                                        \
        interpolate(x, noise, time, out, count, width, per_gate);                                                     \
    }
ROWS(float, f32)
ROWS(bf16, bf16)
