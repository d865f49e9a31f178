// Small kernels, each right as written and wrong in one way with a BUG_... defined. The template
// parameter plays the part of the macro, so that one text holds both: name and name_<bug>.
//   nvcc -std=c++17 -O3 -ptx -arch=compute_80 -lineinfo
#include <stdint.h>

enum Bug {
    NONE, BOUND, BOUND_BELOW, STRIDE, NO_BARRIER, NO_SECOND_BARRIER, HALF_BARRIER, EARLY_EXIT, NO_WAIT, WAIT_ONE_LESS, NO_COMMIT,
    UNINITIALISED, PAST_SHARED, MISALIGNED, NO_WARP_BARRIER, HALF_SHUFFLE, WRONG_MASK, OVERLAP, NO_ATOMIC, NO_FENCE, ENDLESS, NULL_POINTER,
    UNINITIALISED_LOCAL, PAST_LOCAL, WRAPPED, TRAP, TWO_WRITERS, PARTIAL_TAIL
};

__device__ __forceinline__ void copy_async(void* target, const void* source) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"((unsigned)__cvta_generic_to_shared(target)), "l"(source) : "memory");
}

// out[i] = 2 in[i]
template <Bug bug> __device__ __forceinline__ void scale(const float* in, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (bug == BOUND_BELOW) i -= 1;
    if (bug == WRAPPED) i = (short)(i * 9000);
    if (bug == NULL_POINTER && i == 5) in = nullptr;
    if (bug == BOUND ? i <= n : i < n) out[bug == OVERLAP ? i / 2 : i] = 2 * in[bug == STRIDE ? i * 2 : i];
    if (bug == TRAP && i == 3) __trap();
    if (bug == ENDLESS && i < n)
        while (((volatile float*)out)[i] > -1e30f) {}
}

// out[block] = sum of the block's 128 elements
template <Bug bug> __device__ __forceinline__ void block_sum(const float* in, float* out) {
    __shared__ float partial[128];
    __shared__ float after[4];
    if (bug == EARLY_EXIT && threadIdx.x >= 96) return;
    if (bug != UNINITIALISED || threadIdx.x != 77) partial[threadIdx.x] = in[blockIdx.x * 128 + threadIdx.x];
    if (threadIdx.x < 4) after[threadIdx.x] = 0;
    if (bug == HALF_BARRIER) {
        if (threadIdx.x < 50) __syncthreads();
    } else if (bug != NO_BARRIER) __syncthreads();
    for (int half = 64; half > 0; half >>= 1) {
        if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half + (bug == PAST_SHARED ? 64 : 0)];
        if (bug != NO_SECOND_BARRIER) __syncthreads();
    }
    if (bug == TWO_WRITERS || threadIdx.x == 0) out[blockIdx.x] = partial[0] + after[3];
}

// Two tiles of 32 x 4 floats go through shared memory by cp.async, one ahead.
template <Bug bug> __device__ __forceinline__ void pipeline(const float* in, float* out) {
    __shared__ __align__(16) float tile[2][128];
    const int lane = threadIdx.x;
    copy_async(&tile[0][lane * 4], in + lane * 4);
    if (bug != NO_COMMIT) asm volatile("cp.async.commit_group;" ::: "memory");
    copy_async(&tile[1][lane * 4], in + 128 + lane * 4);
    asm volatile("cp.async.commit_group;" ::: "memory");
    if (bug == WAIT_ONE_LESS) asm volatile("cp.async.wait_group 2;" ::: "memory");
    else if (bug != NO_WAIT) asm volatile("cp.async.wait_group 1;" ::: "memory");
    __syncthreads();
    float x = tile[0][127 - lane];
    asm volatile("cp.async.wait_group 0;" ::: "memory");
    if (bug != NO_BARRIER) __syncthreads();
    out[lane] = x + tile[1][127 - lane];
}

// Neighbours exchange through shared memory, then through registers.
template <Bug bug> __device__ __forceinline__ void neighbours(const float* in, float* out) {
    __shared__ float tile[32];
    float x = in[threadIdx.x];
    tile[threadIdx.x] = x;
    if (bug != NO_WARP_BARRIER) __syncwarp();
    float y = tile[threadIdx.x ^ 1];
    if (bug == HALF_SHUFFLE) {
        if (threadIdx.x % 2) y += __shfl_xor_sync(0xffffffffu, x, 2);
    } else y += __shfl_xor_sync(bug == WRONG_MASK ? 0x0000ffffu : 0xffffffffu, x, 2);
    out[threadIdx.x] = y;
}

// histogram of values modulo 8
template <Bug bug> __device__ __forceinline__ void histogram(const int* in, int* bins, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    if (bug == NO_ATOMIC) bins[in[i] & 7] += 1;
    else atomicAdd(bins + (in[i] & 7), 1);
}

// sum over blocks by the last one to arrive
template <Bug bug> __device__ __forceinline__ void grid_sum(const float* in, float* partial, unsigned* counter, float* out) {
    if (threadIdx.x != 0) return;
    partial[blockIdx.x] = in[blockIdx.x];
    if (bug != NO_FENCE) __threadfence();
    if (bug == NO_ATOMIC ? blockIdx.x == gridDim.x - 1 : atomicAdd(counter, 1) == gridDim.x - 1) {
        float sum = 0;
        for (unsigned i = 0; i < gridDim.x; i++) sum += partial[i];
        *out = sum;
    }
}

// out[i] = sum of four neighbours, read as one vector
template <Bug bug> __device__ __forceinline__ void vectors(const float* in, float* out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (bug == PARTIAL_TAIL ? i * 4 < n : i * 4 + 3 < n) {
        float4 v = *(const float4*)(in + i * 4 + (bug == MISALIGNED ? 1 : 0));
        out[i] = v.x + v.y + v.z + v.w;
    }
}

// the n-th of some values kept in local memory
template <Bug bug> __device__ __forceinline__ void locals(const int* in, int* out, int n) {
    int values[12];
#pragma unroll 1
    for (int i = bug == UNINITIALISED_LOCAL ? 1 : 0; i < (bug == PAST_LOCAL ? n + 1 : n); i++) values[i] = in[i] * 3;
    out[threadIdx.x] = values[in[threadIdx.x] % 12];
}

#define SCALE(name, bug) extern "C" __global__ void name(const float* in, float* out, int n) { scale<bug>(in, out, n); }
SCALE(scale_none, NONE) SCALE(scale_bound, BOUND) SCALE(scale_bound_below, BOUND_BELOW) SCALE(scale_stride, STRIDE) SCALE(scale_overlap, OVERLAP)
SCALE(scale_endless, ENDLESS) SCALE(scale_null_pointer, NULL_POINTER) SCALE(scale_wrapped, WRAPPED) SCALE(scale_trap, TRAP)
#define BLOCK_SUM(name, bug) extern "C" __global__ void name(const float* in, float* out) { block_sum<bug>(in, out); }
BLOCK_SUM(block_sum_none, NONE) BLOCK_SUM(block_sum_no_barrier, NO_BARRIER) BLOCK_SUM(block_sum_no_second_barrier, NO_SECOND_BARRIER)
BLOCK_SUM(block_sum_half_barrier, HALF_BARRIER) BLOCK_SUM(block_sum_early_exit, EARLY_EXIT) BLOCK_SUM(block_sum_uninitialised, UNINITIALISED)
BLOCK_SUM(block_sum_past_shared, PAST_SHARED) BLOCK_SUM(block_sum_two_writers, TWO_WRITERS)
#define PIPELINE(name, bug) extern "C" __global__ void name(const float* in, float* out) { pipeline<bug>(in, out); }
PIPELINE(pipeline_none, NONE) PIPELINE(pipeline_no_wait, NO_WAIT) PIPELINE(pipeline_wait_one_less, WAIT_ONE_LESS) PIPELINE(pipeline_no_commit, NO_COMMIT)
PIPELINE(pipeline_no_barrier, NO_BARRIER)
#define NEIGHBOURS(name, bug) extern "C" __global__ void name(const float* in, float* out) { neighbours<bug>(in, out); }
NEIGHBOURS(neighbours_none, NONE) NEIGHBOURS(neighbours_no_warp_barrier, NO_WARP_BARRIER) NEIGHBOURS(neighbours_half_shuffle, HALF_SHUFFLE)
NEIGHBOURS(neighbours_wrong_mask, WRONG_MASK)
#define HISTOGRAM(name, bug) extern "C" __global__ void name(const int* in, int* bins, int n) { histogram<bug>(in, bins, n); }
HISTOGRAM(histogram_none, NONE) HISTOGRAM(histogram_no_atomic, NO_ATOMIC)
#define GRID_SUM(name, bug) extern "C" __global__ void name(const float* in, float* partial, unsigned* counter, float* out) { grid_sum<bug>(in, partial, counter, out); }
GRID_SUM(grid_sum_none, NONE) GRID_SUM(grid_sum_no_fence, NO_FENCE) GRID_SUM(grid_sum_no_atomic, NO_ATOMIC)
#define VECTORS(name, bug) extern "C" __global__ void name(const float* in, float* out, int n) { vectors<bug>(in, out, n); }
VECTORS(vectors_none, NONE) VECTORS(vectors_misaligned, MISALIGNED) VECTORS(vectors_partial_tail, PARTIAL_TAIL)
#define LOCALS(name, bug) extern "C" __global__ void name(const int* in, int* out, int n) { locals<bug>(in, out, n); }
LOCALS(locals_none, NONE) LOCALS(locals_uninitialised_local, UNINITIALISED_LOCAL) LOCALS(locals_past_local, PAST_LOCAL)
