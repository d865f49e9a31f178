/* Stands in for cuBLASLt: computes D = epilogue(alpha A B + beta C), column-major. */
#include "standin.h"
#include <math.h>

typedef struct { int compute, scale, ta, tb, epilogue; const void *bias; } Description;
typedef struct { int type; uint64_t rows, columns; int64_t ld; int batch; int64_t stride; } Layout;
typedef struct { uint64_t workspace; } Preference;
typedef struct { uint64_t data[8]; } Algorithm;
typedef struct { Algorithm algorithm; size_t workspace; int state; float waves; int reserved[4]; } Result;

static long live;
long standin_live(void) { return live; }

static void *make(size_t bytes) { live++; return calloc(1, bytes); }
static int drop(void *object) { live--; free(object); return 0; }

size_t cublasLtGetVersion(void) { return 130705; }
int cublasLtCreate(void **handle) { ENTER("cublasLtCreate"); *handle = make(1); return 0; }
int cublasLtDestroy(void *handle) { ENTER("cublasLtDestroy"); return drop(handle); }
int cublasLtMatmulDescCreate(Description **description, int compute, int scale) {
  ENTER("cublasLtMatmulDescCreate %d %d", compute, scale);
  *description = make(sizeof **description);
  (*description)->compute = compute;
  return 0;
}
int cublasLtMatmulDescDestroy(Description *description) { ENTER("destroy"); return drop(description); }
int cublasLtMatmulDescSetAttribute(Description *d, int attribute, const void *value, size_t bytes) {
  ENTER("cublasLtMatmulDescSetAttribute %d", attribute);
  if (attribute == 8 && bytes == 8) memcpy(&d->bias, value, 8);
  else if (attribute == 3 && bytes == 4) memcpy(&d->ta, value, 4);
  else if (attribute == 4 && bytes == 4) memcpy(&d->tb, value, 4);
  else if (attribute == 7 && bytes == 4) memcpy(&d->epilogue, value, 4);
  else return 7;
  return 0;
}
int cublasLtMatrixLayoutCreate(Layout **layout, int type, uint64_t rows, uint64_t columns, int64_t ld) {
  ENTER("cublasLtMatrixLayoutCreate %d %lu %lu %ld", type, rows, columns, ld);
  *layout = make(sizeof **layout);
  **layout = (Layout){type, rows, columns, ld, 1, 0};
  return 0;
}
int cublasLtMatrixLayoutDestroy(Layout *layout) { ENTER("destroy"); return drop(layout); }
int cublasLtMatrixLayoutSetAttribute(Layout *layout, int attribute, const void *value, size_t bytes) {
  ENTER("cublasLtMatrixLayoutSetAttribute %d", attribute);
  if (attribute == 5 && bytes == 4) memcpy(&layout->batch, value, 4);
  else if (attribute == 6 && bytes == 8) memcpy(&layout->stride, value, 8);
  else return 7;
  return 0;
}
int cublasLtMatmulPreferenceCreate(Preference **p) { ENTER("create"); *p = make(sizeof **p); return 0; }
int cublasLtMatmulPreferenceDestroy(Preference *preference) { ENTER("destroy"); return drop(preference); }
int cublasLtMatmulPreferenceSetAttribute(Preference *p, int attribute, const void *value, size_t bytes) {
  if (attribute >= 5 && attribute <= 8 && bytes == 4) {
    ENTER("alignment %d: %u", attribute, *(const uint32_t *)value);
    return 0;
  }
  ENTER("cublasLtMatmulPreferenceSetAttribute %d", attribute);
  if (attribute != 1 || bytes != 8) return 7;
  memcpy(&p->workspace, value, 8);
  return 0;
}
int cublasLtMatmulAlgoGetHeuristic(void *handle, Description *d, Layout *a, Layout *b, Layout *c,
                                   Layout *result, Preference *p, int wanted, Result *results,
                                   int *found) {
  (void)handle, (void)a, (void)b, (void)c, (void)result;
  ENTER("cublasLtMatmulAlgoGetHeuristic %d %lu", wanted, p->workspace);
  if (!d->bias) return 7;
  memset(results, 0, sizeof *results);
  results->algorithm.data[3] = 0xA160;
  *found = 1;
  return 0;
}
int cublasLtMatmul(void *handle, Description *d, const float *alpha, const void *a, Layout *al,
                   const void *b, Layout *bl, const float *beta, const void *c, Layout *cl, void *r,
                   Layout *rl, const Algorithm *algorithm, void *workspace, size_t bytes, void *stream) {
  (void)handle;
  ENTER("cublasLtMatmul %zu %d", bytes, d->epilogue);
  if (algorithm->data[3] != 0xA160 || !workspace || !stream) return 13;
  uint64_t k = d->ta ? al->rows : al->columns;
  if (k != (d->tb ? bl->columns : bl->rows)) return 7;
  for (int q = 0; q < rl->batch; q++)
    for (uint64_t i = 0; i < rl->rows; i++)
      for (uint64_t j = 0; j < rl->columns; j++) {
        double sum = 0;
        for (uint64_t l = 0; l < k; l++)
          sum += load(a, q * al->stride + (d->ta ? l + i * al->ld : i + l * al->ld), al->type) *
                 load(b, q * bl->stride + (d->tb ? j + l * bl->ld : l + j * bl->ld), bl->type);
        sum *= *alpha;
        if (*beta != 0) sum += *beta * load(c, q * cl->stride + i + j * cl->ld, cl->type);
        sum += load(d->bias, (long)i, rl->type);
        if (d->epilogue == 36)
          sum = 0.5 * sum * (1 + tanh(0.7978845608028654 * (sum + 0.044715 * sum * sum * sum)));
        else if (d->epilogue != 4) return 15;
        store(r, q * rl->stride + i + j * rl->ld, rl->type, sum);
      }
  return 0;
}
