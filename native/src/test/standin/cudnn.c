/* Stands in for cuDNN 9: convolutions as loops over NCHW arrays. */
#include "standin.h"

typedef struct { int type, n, c, h, w; } Array;
typedef struct { int pad, stride, mode, groups, math; } Rules;
typedef struct { int algorithm, status; float time; size_t memory; int determinism, math, reserved[3]; } Perf;

static long live;
long standin_live(void) { return live; }

static int make(void **object, size_t bytes) { live++; *object = calloc(1, bytes); return 0; }
static int drop(void *object) { live--; free(object); return 0; }

size_t cudnnGetVersion(void) { return 91904; }
const char *cudnnGetErrorString(int status) { return status == 3000 ? "CUDNN_STATUS_NOT_SUPPORTED" : "said by cuDNN"; }
int cudnnCreate(void **handle) { ENTER("cudnnCreate"); return make(handle, 1); }
int cudnnDestroy(void *handle) { ENTER("cudnnDestroy"); return drop(handle); }
int cudnnSetStream(void *handle, void *stream) { (void)handle; ENTER("cudnnSetStream"); return stream ? 0 : 2000; }
int cudnnCreateTensorDescriptor(void **d) { return make(d, sizeof(Array)); }
int cudnnDestroyTensorDescriptor(void *d) { return drop(d); }
int cudnnCreateFilterDescriptor(void **d) { return make(d, sizeof(Array)); }
int cudnnDestroyFilterDescriptor(void *d) { return drop(d); }
int cudnnCreateConvolutionDescriptor(void **d) { return make(d, sizeof(Rules)); }
int cudnnDestroyConvolutionDescriptor(void *d) { return drop(d); }
int cudnnSetTensor4dDescriptor(Array *d, int format, int type, int n, int c, int h, int w) {
  ENTER("cudnnSetTensor4dDescriptor %d %d %d %d %d %d", format, type, n, c, h, w);
  *d = (Array){type == 9 ? 14 : type, n, c, h, w};
  return 0;
}
int cudnnSetFilter4dDescriptor(Array *d, int type, int format, int k, int c, int h, int w) {
  ENTER("cudnnSetFilter4dDescriptor %d %d %d %d %d %d", type, format, k, c, h, w);
  *d = (Array){type == 9 ? 14 : type, k, c, h, w};
  return 0;
}
int cudnnSetConvolution2dDescriptor(Rules *r, int ph, int pw, int sh, int sw, int dh, int dw, int mode, int type) {
  ENTER("cudnnSetConvolution2dDescriptor %d %d %d %d %d %d %d %d", ph, pw, sh, sw, dh, dw, mode, type);
  r->pad = ph, r->stride = sh, r->mode = mode;
  return mode == 1 ? 0 : 3000;
}
int cudnnSetConvolutionGroupCount(Rules *r, int groups) { r->groups = groups; return 0; }
int cudnnSetConvolutionMathType(Rules *r, int math) { ENTER("cudnnSetConvolutionMathType %d", math); r->math = math; return 0; }

/* The first is not deterministic, the second not supported, the third is right. */
static int choose(int most, int *count, Perf *found, int right) {
  if (most < 3) return 2000;
  found[0] = (Perf){right + 1, 0, 1, 10, 0, 0, {0}};
  found[1] = (Perf){right + 2, 3000, -1, 0, 1, 0, {0}};
  found[2] = (Perf){right, 0, 2, 4096, 1, 0, {0}};
  *count = 3;
  return 0;
}
int cudnnGetConvolutionForwardAlgorithm_v7(void *h, Array *x, Array *w, Rules *r, Array *y, int most, int *count, Perf *found) {
  (void)h, (void)x, (void)w, (void)r, (void)y;
  ENTER("cudnnGetConvolutionForwardAlgorithm_v7");
  return choose(most, count, found, 100);
}
int cudnnGetConvolutionBackwardDataAlgorithm_v7(void *h, Array *w, Array *y, Rules *r, Array *x, int most, int *count, Perf *found) {
  (void)h, (void)x, (void)w, (void)r, (void)y;
  ENTER("cudnnGetConvolutionBackwardDataAlgorithm_v7");
  return choose(most, count, found, 200);
}
int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void *h, Array *x, Array *y, Rules *r, Array *w, int most, int *count, Perf *found) {
  (void)h, (void)x, (void)w, (void)r, (void)y;
  ENTER("cudnnGetConvolutionBackwardFilterAlgorithm_v7");
  return choose(most, count, found, 300);
}

enum Direction { FORWARD, DATA, FILTER };

static int convolve(enum Direction to, const Rules *r, const Array *xd, void *x, const Array *wd, void *w, const Array *yd, void *y) {
  long sizes[] = {(long)yd->n * yd->c * yd->h * yd->w, (long)xd->n * xd->c * xd->h * xd->w, (long)wd->n * wd->c * wd->h * wd->w};
  double *sums = calloc((size_t)sizes[to], sizeof *sums);
  int per_group = yd->c / r->groups;
  for (int n = 0; n < yd->n; n++)
    for (int k = 0; k < yd->c; k++)
      for (int p = 0; p < yd->h; p++)
        for (int q = 0; q < yd->w; q++)
          for (int c = 0; c < wd->c; c++)
            for (int i = 0; i < wd->h; i++)
              for (int j = 0; j < wd->w; j++) {
                int row = p * r->stride - r->pad + i, column = q * r->stride - r->pad + j;
                if (row < 0 || row >= xd->h || column < 0 || column >= xd->w) continue;
                long at_y = (((long)n * yd->c + k) * yd->h + p) * yd->w + q;
                long at_x = (((long)n * xd->c + k / per_group * wd->c + c) * xd->h + row) * xd->w + column;
                long at_w = (((long)k * wd->c + c) * wd->h + i) * wd->w + j;
                if (to == FORWARD) sums[at_y] += load(x, at_x, xd->type) * load(w, at_w, wd->type);
                else if (to == DATA) sums[at_x] += load(y, at_y, yd->type) * load(w, at_w, wd->type);
                else sums[at_w] += load(y, at_y, yd->type) * load(x, at_x, xd->type);
              }
  void *target = to == FORWARD ? y : to == DATA ? x : w;
  for (long i = 0; i < sizes[to]; i++) store(target, i, xd->type, sums[i]);
  free(sums);
  return 0;
}

static int usable(const float *alpha, const float *beta, void *workspace, size_t bytes) {
  return *alpha == 1 && *beta == 0 && workspace && bytes == 4096;
}
int cudnnConvolutionForward(void *h, const float *alpha, Array *xd, void *x, Array *wd, void *w, Rules *r, int algorithm, void *workspace, size_t bytes, const float *beta, Array *yd, void *y) {
  (void)h;
  ENTER("cudnnConvolutionForward %d", algorithm);
  return usable(alpha, beta, workspace, bytes) && algorithm == 100 ? convolve(FORWARD, r, xd, x, wd, w, yd, y) : 2000;
}
int cudnnConvolutionBackwardData(void *h, const float *alpha, Array *wd, void *w, Array *yd, void *y, Rules *r, int algorithm, void *workspace, size_t bytes, const float *beta, Array *xd, void *x) {
  (void)h;
  ENTER("cudnnConvolutionBackwardData %d", algorithm);
  return usable(alpha, beta, workspace, bytes) && algorithm == 200 ? convolve(DATA, r, xd, x, wd, w, yd, y) : 2000;
}
int cudnnConvolutionBackwardFilter(void *h, const float *alpha, Array *xd, void *x, Array *yd, void *y, Rules *r, int algorithm, void *workspace, size_t bytes, const float *beta, Array *wd, void *w) {
  (void)h;
  ENTER("cudnnConvolutionBackwardFilter %d", algorithm);
  return usable(alpha, beta, workspace, bytes) && algorithm == 300 ? convolve(FILTER, r, xd, x, wd, w, yd, y) : 2000;
}
