// [outer, middle, channels] -> [middle, outer, channels]: brings the tokens of all images side by side for
// one matrix product, and back.
#include "common/element.cuh"

template <typename In, typename Out>
__device__ __forceinline__ void turn(const In* __restrict__ in, Out* __restrict__ out, int outer, int middle, int channels) {
    const int64_t count = (int64_t)outer * middle * channels;
    const int64_t row = (int64_t)outer * channels;
    for (int64_t i = global_thread(); i < count; i += global_threads()) {
        const int64_t m = i / row, rest = i - m * row, o = rest / channels;
        out[i] = from_float<Out>(to_float(in[(o * middle + m) * channels + rest - o * channels]));
    }
}

#define TURN(suffix, In, Out)                                                                                     \
    extern "C" __global__ void turn##suffix(const In* in, Out* out, int outer, int middle, int channels) {        \
        turn(in, out, outer, middle, channels);                                                                   \
    }
TURN(_f32_f32, float, float)
TURN(_bf16_bf16, bf16, bf16)
TURN(_bf16_f32, bf16, float)
TURN(_f32_bf16, float, bf16)
