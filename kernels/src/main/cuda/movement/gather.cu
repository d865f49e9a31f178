// Entries along one axis chosen by an index, and the transpose of that. x is [outer, entries, inner].
#include "common/element.cuh"

// y [outer, chosen, inner]. An index outside the axis is a mistake of the caller and ends the kernel.
template <typename T>
__device__ __forceinline__ void gather(const T* x, const int* index, T* y, int64_t count, int entries, int chosen,
                                       int64_t inner) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t strip = i / inner, outer = strip / chosen;
        const int from = index[strip - outer * chosen];
        if (from < 0 || from >= entries) __trap();
        y[i] = x[(outer * entries + from) * inner + (i - strip * inner)];
    }
}
#define GATHER(T, SIZE)                                                                                                \
    extern "C" __global__ void gather_##SIZE(const T* x, const int* index, T* y, int64_t count, int entries, int chosen, \
                                             int64_t inner) {                                                          \
        gather(x, index, y, count, entries, chosen, inner);                                                            \
    }
GATHER(uint8_t, 1)
GATHER(uint16_t, 2)
GATHER(uint32_t, 4)
GATHER(uint64_t, 8)
GATHER(uint4, 16)

// y [outer, entries, inner]: the sum, in order, of the entries of g [outer, chosen, inner] whose index
// it is. A thread owns an element of y, so that no two add to the same one.
template <typename T>
__device__ __forceinline__ void scatter_add(const T* g, const int* index, T* y, int64_t count, int entries, int chosen,
                                            int64_t inner) {
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t strip = i / inner, outer = strip / entries, column = i - strip * inner;
        const int entry = (int)(strip - outer * entries);
        float sum = 0.0f;
        for (int k = 0; k < chosen; k++)
            if (index[k] == entry) sum += to_float(g[(outer * chosen + k) * inner + column]);
        y[i] = from_float<T>(sum);
    }
}

// The same for rows of many elements: a warp owns 32 columns of an entry and asks 32 indices at a time.
template <typename T>
__device__ __forceinline__ void scatter_add_fast(const T* g, const int* index, T* y, int64_t strips, int entries,
                                                 int chosen, int64_t inner) {
    const int lane = threadIdx.x & 31;
    const int64_t per_strip = (inner + 31) / 32, warps = global_threads() / 32;
    for (int64_t i = global_thread() / 32; i < strips * per_strip; i += warps) {
        const int64_t strip = i / per_strip, outer = strip / entries, column = (i - strip * per_strip) * 32 + lane;
        const int entry = (int)(strip - outer * entries);
        float sum = 0.0f;
        for (int first = 0; first < chosen; first += 32) {
            unsigned found = __ballot_sync(0xffffffffu, first + lane < chosen && index[first + lane] == entry);
            for (; found != 0; found &= found - 1) {
                const int64_t k = first + __ffs(found) - 1;
                if (column < inner) sum += to_float(g[(outer * chosen + k) * inner + column]);
            }
        }
        if (column < inner) y[strip * inner + column] = from_float<T>(sum);
    }
}

#define SCATTER(T, SUFFIX)                                                                                             \
    extern "C" __global__ void scatter_add_##SUFFIX(const T* g, const int* index, T* y, int64_t count, int entries,      \
                                                    int chosen, int64_t inner) {                                       \
        scatter_add(g, index, y, count, entries, chosen, inner);                                                       \
    }                                                                                                                  \
    extern "C" __global__ void scatter_add_fast_##SUFFIX(const T* g, const int* index, T* y, int64_t strips,             \
                                                         int entries, int chosen, int64_t inner) {                     \
        scatter_add_fast(g, index, y, strips, entries, chosen, inner);                                                 \
    }
SCATTER(float, f32)
SCATTER(bf16, bf16)
