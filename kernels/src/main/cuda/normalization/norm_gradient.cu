// Backward of norm.cu, version 2. A block does a chunk of rows of one group: first dx, a warp a row in
// registers, then the sums over the chunk's rows, a thread 4 bytes of columns, while the rows are still in
// cache. The partial sums are [chunks, width]; there are none where of_factor is 0.
#include "normalization/kinds.cuh"

constexpr int THREADS = 256, WARPS = THREADS / 32, MOST_CHUNK = 128;

template <Kind KIND, typename T> __device__ __forceinline__ float factor_at(const T* factor, const Pack<T>& pack, int j) {
    return factor ? factor_of<KIND>(pack[j]) : 1.0f;
}

template <Kind KIND, int MOST_WIDTH, typename T>
__device__ __forceinline__ void backward(const T* __restrict__ x, const T* __restrict__ factor, const T* __restrict__ gradient,
        T* __restrict__ out, float* __restrict__ of_factor, float* __restrict__ of_shift, int width, int rows_per_group, int chunk,
        int chunks_per_group, float epsilon) {
    constexpr int SIZE = Pack<T>::SIZE;
    __shared__ float2 kept[MOST_CHUNK];
    const int group = blockIdx.x / chunks_per_group, begin = (blockIdx.x - group * chunks_per_group) * chunk;
    const int count = min(rows_per_group - begin, chunk);
    const int64_t start = ((int64_t)group * rows_per_group + begin) * width;
    const T* factors = factor + (int64_t)group * width;
    for (int r = threadIdx.x >> 5; r < count; r += WARPS) {
        const int64_t at = start + (int64_t)r * width;
        Row<T, MOST_WIDTH> row, direction;
        row.load(x + at, width);
        direction.load(gradient + at, width);
        const float2 s = statistics<KIND>(row, width, epsilon);
        float sum = 0, along = 0;
#pragma unroll
        for (int i = 0; i < row.PACKS; i++) {
            const int column = row.column(i);
            if (column >= width) continue;
            Pack<T> pack;
            if (factor) pack.load(factors + column);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                const float d = direction.packs[i][j] * factor_at<KIND>(factor, pack, j);
                sum += d;
                along = fmaf(d, (row.packs[i][j] - s.x) * s.y, along);
            }
        }
        const float mean = KIND == LAYER ? warp_reduce(sum, Add()) / width : 0.0f;
        along = warp_reduce(along, Add()) / width;
#pragma unroll
        for (int i = 0; i < row.PACKS; i++) {
            const int column = row.column(i);
            if (column >= width) continue;
            Pack<T> pack;
            if (factor) pack.load(factors + column);
            float dx[SIZE];
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                const float d = direction.packs[i][j] * factor_at<KIND>(factor, pack, j);
                dx[j] = s.y * (d - mean - (row.packs[i][j] - s.x) * s.y * along);
            }
#pragma unroll
            for (int j = 0; j < SIZE; j += 2) pack.set(j, dx[j], dx[j + 1]);
            pack.store(out + at + column);
        }
        if ((threadIdx.x & 31) == 0) kept[r] = s;
    }
    if (!of_factor) return;
    __syncthreads();
    constexpr int COLUMNS = 4 / (int)sizeof(T);
    const int words = width / COLUMNS;
    const uint32_t* xs = reinterpret_cast<const uint32_t*>(x + start);
    const uint32_t* gs = reinterpret_cast<const uint32_t*>(gradient + start);
    for (int word = threadIdx.x; word < words; word += THREADS) {
        float sum[COLUMNS] = {}, dot[COLUMNS] = {};
#pragma unroll 4
        for (int r = 0; r < count; r++) {
            const float2 s = kept[r];
            Pack<T> px, pg;
            px.words[0] = xs[(int64_t)r * words + word];
            pg.words[0] = gs[(int64_t)r * words + word];
#pragma unroll
            for (int j = 0; j < COLUMNS; j++) {
                dot[j] = fmaf(pg[j], (px[j] - s.x) * s.y, dot[j]);
                sum[j] += pg[j];
            }
        }
        const int64_t to = (int64_t)blockIdx.x * width + word * COLUMNS;
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            of_factor[to + j] = dot[j];
            of_shift[to + j] = sum[j];
        }
    }
}

#define NORM(name, KIND, MOST_WIDTH, suffix, T)                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) name##_gradient_##MOST_WIDTH##suffix(const T* x,           \
            const T* factor, const T* gradient, T* out, float* of_factor, float* of_shift, int width,                \
            int rows_per_group, int chunk, int chunks_per_group, float epsilon) {                                    \
        backward<KIND, MOST_WIDTH>(x, factor, gradient, out, of_factor, of_shift, width, rows_per_group, chunk,      \
                chunks_per_group, epsilon);                                                                          \
    }
#define NORMS(MOST_WIDTH, suffix, T)                                                                                 \
    NORM(rms, RMS, MOST_WIDTH, suffix, T)                                                                            \
    NORM(layer, LAYER, MOST_WIDTH, suffix, T)                                                                        \
    NORM(modulate, MODULATE, MOST_WIDTH, suffix, T)
NORMS(768, _f32, float)
NORMS(1280, _f32, float)
NORMS(768, _bf16, bf16)
NORMS(1280, _bf16, bf16)
