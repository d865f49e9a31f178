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
extern "C" __global__ void scatter_add_f32(const float* g, const int* index, float* y, int64_t count, int entries,
                                           int chosen, int64_t inner) {
    scatter_add(g, index, y, count, entries, chosen, inner);
}
extern "C" __global__ void scatter_add_bf16(const bf16* g, const int* index, bf16* y, int64_t count, int entries,
                                            int chosen, int64_t inner) {
    scatter_add(g, index, y, count, entries, chosen, inner);
}
