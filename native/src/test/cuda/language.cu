// What the compiler makes of ordinary C++: calls, tables, local arrays, divergence. Compile with
//   nvcc -std=c++17 -O3 -ptx -arch=compute_80 -lineinfo
#include <stdint.h>

__constant__ float table[8] = {1, 2, 3, 4, 5, 6, 7, 8};
__device__ int visits = 3;

__device__ __noinline__ float polynomial(float x, float4 c) { return ((c.x * x + c.y) * x + c.z) * x + c.w; }
__device__ __noinline__ void halve(int* values, int count) {
    for (int i = 0; i < count; i++) values[i] /= 2;
}

extern "C" __global__ void calls(float* out, int n) {
    int values[6];
    for (int i = 0; i < 6; i++) values[i] = n * i + threadIdx.x;
    halve(values, 6);
    float sum = 0;
    if (threadIdx.x % 3 == 1) sum = polynomial(0.5f, make_float4(1, 2, 3, 4));
    for (int i = 0; i < 6; i++) sum += values[(i + threadIdx.x) % 6] * table[i & 7] * (i % 2 ? -1 : 1);
    out[threadIdx.x] = sum;
}

extern "C" __global__ void generic(float* out, int shared) {
    __shared__ float tile[32];
    tile[threadIdx.x] = threadIdx.x;
    out[threadIdx.x] = -1.f * threadIdx.x;
    __syncthreads();
    float* from = shared ? tile : out;
    atomicAdd(&visits, 1);
    float x = from[threadIdx.x ^ 1];
    __syncthreads();
    from[threadIdx.x] = x + 100;
    __syncthreads();
    out[threadIdx.x] = from[threadIdx.x];
}

extern "C" __global__ void read_visits(int* out) { *out = visits; }

// A loop that lanes leave at different times, with breaks, continues and a switch.
extern "C" __global__ void diverge(const unsigned* in, unsigned* out, int n) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= n) return;
    unsigned x = in[index], acc = 0;
    for (unsigned i = 0; i < (x & 31); i++) {
        if ((x >> i & 1) && i > 20) break;
        unsigned y = x * 2654435761u + i;
        while (y > 3) {
            if (y & 1) { y = (y >> 2) + 1; if ((y & 7) == 5) continue; acc ^= y << (i & 7); }
            else { y >>= 1; if ((y & 63) == 33) { acc += 7; break; } }
            switch (y & 7) { case 0: acc += i; break; case 3: acc = acc * 3 + 1; case 4: acc ^= 0x55; break; case 6: if (acc & 1) { out[index] = acc ^ y; return; } default: acc -= y; }
        }
        if (acc % 11 == 3) { unsigned a = acc, b = i * 12 + 8; while (b) { unsigned t = a % b; a = b; b = t; } acc += a; }
    }
    out[index] = acc;
}

// Warp functions of groups of lanes that went different ways.
extern "C" __global__ void groups(const unsigned* in, unsigned* out) {
    unsigned lane = threadIdx.x & 31, v = in[threadIdx.x], mask = lane < 16 ? 0x0000ffffu : 0xffff0000u;
    if (lane < 16) { v += 7 * lane; v += __shfl_xor_sync(mask, v, 3); } else { v ^= 0x1234; v += __shfl_xor_sync(mask, v, 5); }
    v += __shfl_xor_sync(mask, v, 1);
    unsigned k = 0;
    while (k < (v & 15)) { k++; if (k == 9) v += 3; }
    __syncwarp();
    unsigned sum = v;
    for (int m = 16; m; m >>= 1) sum += __shfl_down_sync(0xffffffffu, sum, m);
    out[threadIdx.x] = __shfl_sync(0xffffffffu, sum, 0) * 31 + __ballot_sync(0xffffffffu, v & 1) + __syncthreads_count(v & 2);
}

// The last block of a grid adds what the others have left.
extern "C" __global__ void last_block(const float* in, float* partial, unsigned* counter, float* out) {
    __shared__ bool last;
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = in[blockIdx.x] * 2;
        __threadfence();
        last = atomicAdd(counter, 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float sum = 0;
        for (unsigned i = 0; i < gridDim.x; i++) sum += partial[i];
        *out = sum;
        *counter = 0;
    }
}
