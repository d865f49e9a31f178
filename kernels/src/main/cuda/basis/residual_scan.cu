// The residual loss by its definition: the running residual R_k = R_(k-1) - a_k p_k lives in registers, so that
// nothing but the sums is written. A block has one image and four channels; a thread has every 256th token.
#include "common/element.cuh"
#include "common/reduce.cuh"

constexpr int THREADS = 256, CHANNELS = 4, SLOTS = 4, WARPS = THREADS / 32;

struct Scan {
    const float* a;           // [n, n]
    const float* x;           // [images, n, channels]
    const float* prediction;  // likewise
    int n, channels;
    int64_t image_at;  // of the first element of the image
    int channel;       // first of four, fewer at the end

    __device__ __forceinline__ Scan(const float* a, const float* x, const float* prediction, int n, int channels, int item)
        : a(a), x(x), prediction(prediction), n(n), channels(channels) {
        const int chunks = (channels + CHANNELS - 1) / CHANNELS, image = item / chunks;
        image_at = (int64_t)image * n * channels;
        channel = (item - image * chunks) * CHANNELS;
    }

    __device__ __forceinline__ int64_t at(int token, int c) const { return image_at + (int64_t)token * channels + channel + c; }
    __device__ __forceinline__ bool has(int token, int c) const { return token < n && channel + c < channels; }
    __device__ __forceinline__ int token(int slot) const { return slot * THREADS + threadIdx.x; }

    __device__ __forceinline__ void start(float (&residual)[SLOTS][CHANNELS]) const {
#pragma unroll
        for (int s = 0; s < SLOTS; s++)
#pragma unroll
            for (int c = 0; c < CHANNELS; c++) residual[s][c] = has(token(s), c) ? x[at(token(s), c)] : 0.0f;
    }

    __device__ __forceinline__ void coefficients(float (&p)[CHANNELS], int k) const {
#pragma unroll
        for (int c = 0; c < CHANNELS; c++) p[c] = channel + c < channels ? prediction[at(k, c)] : 0.0f;
    }

    __device__ __forceinline__ float basis(int k, int slot) const { return token(slot) < n ? a[(int64_t)k * n + token(slot)] : 0.0f; }
};

// partial [gridDim.x]: the sum over prefixes of the squares of the block's residuals.
extern "C" __global__ void __launch_bounds__(THREADS) scan_value(const float* __restrict__ a, const float* __restrict__ x,
        const float* __restrict__ prediction, float* __restrict__ partial, int n, int channels) {
    __shared__ float sums[WARPS];
    const Scan scan(a, x, prediction, n, channels, blockIdx.x);
    float residual[SLOTS][CHANNELS], total = 0;
    scan.start(residual);
    for (int k = 0; k < n; k++) {
        float p[CHANNELS], square = 0;
        scan.coefficients(p, k);
#pragma unroll
        for (int s = 0; s < SLOTS; s++) {
            const float basis = scan.basis(k, s);
#pragma unroll
            for (int c = 0; c < CHANNELS; c++) {
                residual[s][c] = fmaf(-basis, p[c], residual[s][c]);
                square = fmaf(residual[s][c], residual[s][c], square);
            }
        }
        total += square;
    }
    total = block_reduce<THREADS>(total, sums, Add());
    if (threadIdx.x == 0) partial[blockIdx.x] = total;
}

// With S_l = sum over k >= l of R_k: dL/dx = 2 S_0, dL/dp_l = -2 a_l S_l, dL/da_l = -2 S_l p_l, all times
// gradient / elements; l runs down from the last residual. Block g does the images and channels g, g + gridDim.x, ... one
// after the other and adds their parts of dL/dA up in basis_parts[g] ([gridDim.x, n, n]), which no other block touches.
extern "C" __global__ void __launch_bounds__(THREADS) scan_gradient(const float* __restrict__ a, const float* __restrict__ x,
        const float* __restrict__ prediction, const float* __restrict__ gradient, float* __restrict__ basis_parts,
        float* __restrict__ x_gradient, float* __restrict__ prediction_gradient, int n, int channels, int items, float elements) {
    __shared__ float sums[2][WARPS][CHANNELS];
    const float scale = 2.0f * gradient[0] / elements;
    float* parts = basis_parts + (int64_t)blockIdx.x * n * n;
    for (int item = blockIdx.x; item < items; item += gridDim.x) {
        const Scan scan(a, x, prediction, n, channels, item);
        const bool first = item == (int)blockIdx.x;
        float residual[SLOTS][CHANNELS], suffix[SLOTS][CHANNELS] = {};
        scan.start(residual);
        for (int k = 0; k < n; k++) {
            float p[CHANNELS];
            scan.coefficients(p, k);
#pragma unroll
            for (int s = 0; s < SLOTS; s++) {
                const float basis = scan.basis(k, s);
#pragma unroll
                for (int c = 0; c < CHANNELS; c++) residual[s][c] = fmaf(-basis, p[c], residual[s][c]);
            }
        }
        for (int l = n - 1; l >= 0; l--) {
            float p[CHANNELS], along[CHANNELS] = {};
            scan.coefficients(p, l);
#pragma unroll
            for (int s = 0; s < SLOTS; s++) {
                const float basis = scan.basis(l, s);
                float across = 0;
#pragma unroll
                for (int c = 0; c < CHANNELS; c++) {
                    suffix[s][c] += residual[s][c];
                    along[c] = fmaf(basis, suffix[s][c], along[c]);
                    across = fmaf(suffix[s][c], p[c], across);
                    residual[s][c] = fmaf(basis, p[c], residual[s][c]);
                }
                if (scan.token(s) < n) {
                    float* part = parts + (int64_t)l * n + scan.token(s);
                    *part = first ? -scale * across : fmaf(-scale, across, *part);
                }
            }
            // Two buffers in turn: a warp cannot reach the next use of one before all have read it.
            float (&buffer)[WARPS][CHANNELS] = sums[l & 1];
#pragma unroll
            for (int c = 0; c < CHANNELS; c++) {
                along[c] = warp_reduce(along[c], Add());
                if ((threadIdx.x & 31) == 0) buffer[threadIdx.x >> 5][c] = along[c];
            }
            __syncthreads();
            if (threadIdx.x < CHANNELS && scan.channel + (int)threadIdx.x < channels) {
                float total = 0;
#pragma unroll
                for (int w = 0; w < WARPS; w++) total += buffer[w][threadIdx.x];
                prediction_gradient[scan.at(l, threadIdx.x)] = -scale * total;
            }
        }
#pragma unroll
        for (int s = 0; s < SLOTS; s++)
#pragma unroll
            for (int c = 0; c < CHANNELS; c++)
                if (scan.has(scan.token(s), c)) x_gradient[scan.at(scan.token(s), c)] = scale * suffix[s][c];
        __syncthreads();
    }
}

// out[i] = sum over parts of parts[part][i], in order.
extern "C" __global__ void __launch_bounds__(THREADS) scan_add_parts(const float* __restrict__ parts, float* __restrict__ out, int64_t count, int number) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        float total = 0;
        for (int part = 0; part < number; part++) total += parts[part * count + i];
        out[i] = total;
    }
}
