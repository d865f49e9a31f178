// One AdamW step on all parameters in one launch: gradients scaled by min(1, most_norm / (norm + 1e-6)),
// moments, decoupled decay, moving average of the weights, and a bfloat16 copy of them where one is wanted.
// The table has seven numbers for each chunk: addresses of weight, gradient, first moment, second moment,
// average, copy (0 for none), and the number of elements. control is (rate, 1 - beta1^t, 1 - beta2^t).
// Nothing is written if the norm is not finite. Version 1 goes element by element, version 2 by 16 bytes.
#include "common/pack.cuh"

constexpr int THREADS = 256, TABLE_WIDTH = 7;

struct Constants {
    float beta1, one_minus_beta1, beta2, one_minus_beta2, epsilon, decay, average_decay, one_minus_average_decay;
};

struct Step {
    Constants c;
    float rate, correction1, correction2, clip;

    __device__ __forceinline__ void apply(float& weight, float gradient, float& first, float& second, float& average) const {
        const float g = gradient * clip;
        first = fmaf(c.beta1, first, c.one_minus_beta1 * g);
        second = fmaf(c.beta2, second, c.one_minus_beta2 * g * g);
        weight -= rate * c.decay * weight;
        weight -= rate * (first / correction1) / (sqrtf(second / correction2) + c.epsilon);
        average = fmaf(c.average_decay, average, c.one_minus_average_decay * weight);
    }
};

template <typename T> struct Chunk {
    T* weight;
    const T* gradient;
    T* first;
    T* second;
    T* average;
    bf16* copy;
    int count;
    bool aligned;

    __device__ __forceinline__ Chunk(const int64_t* __restrict__ entry)
        : weight(reinterpret_cast<T*>(entry[0])), gradient(reinterpret_cast<const T*>(entry[1])),
          first(reinterpret_cast<T*>(entry[2])), second(reinterpret_cast<T*>(entry[3])),
          average(reinterpret_cast<T*>(entry[4])), copy(reinterpret_cast<bf16*>(entry[5])), count((int)entry[6]),
          aligned(((entry[0] | entry[1] | entry[2] | entry[3] | entry[4] | entry[5]) & 15) == 0) {}

    __device__ __forceinline__ void one(const Step& step, int i) {
        float w = to_float(weight[i]), m = to_float(first[i]), v = to_float(second[i]), a = to_float(average[i]);
        step.apply(w, to_float(gradient[i]), m, v, a);
        weight[i] = from_float<T>(w);
        first[i] = from_float<T>(m);
        second[i] = from_float<T>(v);
        average[i] = from_float<T>(a);
        if (copy) copy[i] = from_float<bf16>(w);
    }

    __device__ __forceinline__ void pack(const Step& step, int i) {
        constexpr int SIZE = Pack<T>::SIZE;
        Pack<T> w, g, m, v, a;
        w.load(weight + i);
        g.load(gradient + i);
        m.load(first + i);
        v.load(second + i);
        a.load(average + i);
        float weights[SIZE];
#pragma unroll
        for (int j = 0; j < SIZE; j += 2) {
            float first0 = m[j], first1 = m[j + 1], second0 = v[j], second1 = v[j + 1];
            float average0 = a[j], average1 = a[j + 1];
            weights[j] = w[j];
            weights[j + 1] = w[j + 1];
            step.apply(weights[j], g[j], first0, second0, average0);
            step.apply(weights[j + 1], g[j + 1], first1, second1, average1);
            w.set(j, weights[j], weights[j + 1]);
            m.set(j, first0, first1);
            v.set(j, second0, second1);
            a.set(j, average0, average1);
        }
        w.store(weight + i);
        m.store(first + i);
        v.store(second + i);
        a.store(average + i);
        if (copy) {
            Pack<bf16> rounded;
#pragma unroll
            for (int j = 0; j < SIZE; j += 2) rounded.set(j, weights[j], weights[j + 1]);
            // As many elements as T has in 16 bytes.
            if constexpr (SIZE == 8) rounded.store(copy + i);
            else *reinterpret_cast<uint2*>(copy + i) = make_uint2(rounded.words[0], rounded.words[1]);
        }
    }
};

template <bool PACKED, typename T>
__device__ __forceinline__ void adam_w(const int64_t* __restrict__ table, const T* __restrict__ control, const T* __restrict__ norm,
        Constants constants, float most_norm) {
    const float length = to_float(norm[0]);
    if (!isfinite(length)) return;
    const Step step = {constants, to_float(control[0]), to_float(control[1]), to_float(control[2]),
            fminf(1.0f, most_norm / (length + 1e-6f))};
    Chunk<T> chunk(table + (int64_t)TABLE_WIDTH * blockIdx.x);
    int done = 0;
    if (PACKED && chunk.aligned) {
        constexpr int SIZE = Pack<T>::SIZE;
        done = chunk.count / SIZE * SIZE;
        for (int i = threadIdx.x * SIZE; i < done; i += THREADS * SIZE) chunk.pack(step, i);
    }
    for (int i = done + threadIdx.x; i < chunk.count; i += THREADS) chunk.one(step, i);
}

#define ADAM_W(name, PACKED, suffix, T)                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) name##suffix(const int64_t* table, const T* control,       \
            const T* norm, float beta1, float one_minus_beta1, float beta2, float one_minus_beta2, float epsilon,    \
            float decay, float average_decay, float one_minus_average_decay, float most_norm) {                      \
        const Constants constants = {beta1, one_minus_beta1, beta2, one_minus_beta2, epsilon, decay, average_decay,  \
                one_minus_average_decay};                                                                            \
        adam_w<PACKED>(table, control, norm, constants, most_norm);                                                  \
    }
ADAM_W(simple_adam_w, false, _f32, float)
ADAM_W(simple_adam_w, false, _bf16, bf16)
ADAM_W(adam_w, true, _f32, float)
ADAM_W(adam_w, true, _bf16, bf16)
