/* Stands in for the driver, libcuda.so.1: one device, whose memory is this process's. */
#include "standin.h"

typedef struct { int capturing, nodes; } Stream;
typedef struct { int nodes; } Graph;
typedef struct { char name[64]; } Function;

static long live; /* blocks, streams, events, modules and graphs that exist */
static int current;
static void *pinned;

long standin_live(void) { return live; }
int standin_context(void) { return current; }

static void *make(size_t bytes) {
  live++;
  return aligned_alloc(256, (bytes + 255) / 256 * 256);
}

static int drop(void *object) {
  live--;
  free(object);
  return 0;
}

/* A queued operation becomes a node while the stream is being captured. */
static int queue(Stream *stream) {
  if (stream && stream->capturing) stream->nodes++;
  return stream && stream->capturing;
}

int cuInit(unsigned flags) { ENTER("cuInit %u", flags); return 0; }
int cuDriverGetVersion(int *version) {
  const char *set = getenv("STANDIN_DRIVER");
  *version = set ? atoi(set) : 13000;
  return 0;
}
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal + 40; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, (size_t)length, "stand-in %d", device);
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  ENTER("cuDeviceGetAttribute %d %d", attribute, device);
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 16 ? 132 : attribute == 115;
  return 0;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = 80000000000; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER("cuDevicePrimaryCtxRetain %d", device);
  *context = (void *)0xC7;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) { ENTER("cuDevicePrimaryCtxRelease %d", device); return 0; }
int cuCtxSetCurrent(void *context) {
  ENTER("cuCtxSetCurrent %p", context);
  current++;
  return 0;
}
int cuCtxSynchronize(void) { ENTER("cuCtxSynchronize"); return 0; }
int cuGetErrorString(int status, const char **text) {
  *text = status == 700 ? "an illegal memory access was encountered" : "said by the driver";
  return 0;
}
int cuGetErrorName(int status, const char **text) { (void)status; *text = "NAME"; return 0; }

int cuDeviceGetDefaultMemPool(void **pool, int device) {
  ENTER("cuDeviceGetDefaultMemPool %d", device);
  *pool = (void *)0x9001;
  return 0;
}
int cuMemPoolSetAttribute(void *pool, int attribute, void *value) {
  ENTER("cuMemPoolSetAttribute %p %d %llx", pool, attribute, *(unsigned long long *)value);
  return 0;
}
int cuMemPoolTrimTo(void *pool, size_t keep) { ENTER("cuMemPoolTrimTo %p %zu", pool, keep); return 0; }
int cuMemGetInfo_v2(size_t *available, size_t *total) { *available = 5000000; *total = 80000000000; return 0; }
int cuMemAllocAsync(void **address, size_t bytes, void *stream) {
  (void)stream;
  ENTER("cuMemAllocAsync %zu", bytes);
  *address = make(bytes);
  return 0;
}
int cuMemFreeAsync(void *address, void *stream) { (void)stream; ENTER("cuMemFreeAsync"); return drop(address); }
int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
  ENTER("cuMemHostAlloc %zu %u", bytes, flags);
  *address = pinned = make(bytes);
  return 0;
}
int cuMemFreeHost(void *address) { ENTER("cuMemFreeHost %d", address == pinned); return drop(address); }

int cuMemcpyHtoDAsync_v2(void *target, const void *source, size_t bytes, Stream *stream) {
  ENTER("cuMemcpyHtoDAsync %zu", bytes);
  if (!queue(stream)) memcpy(target, source, bytes);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void *target, const void *source, size_t bytes, Stream *stream) {
  ENTER("cuMemcpyDtoHAsync %zu", bytes);
  if (!queue(stream)) memcpy(target, source, bytes);
  return 0;
}
int cuMemcpyDtoDAsync_v2(void *target, const void *source, size_t bytes, Stream *stream) {
  ENTER("cuMemcpyDtoDAsync %zu", bytes);
  if (!queue(stream)) memcpy(target, source, bytes);
  return 0;
}
int cuMemsetD8Async(void *target, unsigned char value, size_t bytes, Stream *stream) {
  ENTER("cuMemsetD8Async %u %zu", value, bytes);
  if (!queue(stream)) memset(target, value, bytes);
  return 0;
}

int cuStreamCreate(Stream **stream, unsigned flags) {
  ENTER("cuStreamCreate %u", flags);
  *stream = make(sizeof **stream);
  memset(*stream, 0, sizeof **stream);
  return 0;
}
int cuStreamDestroy_v2(Stream *stream) { ENTER("cuStreamDestroy"); return drop(stream); }
int cuStreamSynchronize(Stream *stream) {
  ENTER("cuStreamSynchronize");
  return stream->capturing ? 900 : 0;
}
int cuStreamWaitEvent(Stream *stream, void *event, unsigned flags) {
  (void)event;
  ENTER("cuStreamWaitEvent %u", flags);
  queue(stream);
  return 0;
}
int cuStreamBeginCapture_v2(Stream *stream, int mode) {
  ENTER("cuStreamBeginCapture %d", mode);
  stream->capturing = 1;
  stream->nodes = 0;
  return 0;
}
int cuStreamEndCapture(Stream *stream, Graph **graph) {
  ENTER("cuStreamEndCapture");
  *graph = make(sizeof **graph);
  (*graph)->nodes = stream->nodes;
  stream->capturing = 0;
  return 0;
}
int cuGraphGetNodes(Graph *graph, void **nodes, size_t *count) {
  note("cuGraphGetNodes %s", nodes ? "array" : "null");
  *count = (size_t)graph->nodes;
  return 0;
}
int cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long flags) {
  ENTER("cuGraphInstantiateWithFlags %llu", flags);
  *executable = make(sizeof **executable);
  (*executable)->nodes = graph->nodes;
  return 0;
}
int cuGraphLaunch(Graph *executable, Stream *stream) {
  (void)stream;
  ENTER("cuGraphLaunch %d", executable->nodes);
  return 0;
}
int cuGraphExecUpdate_v2(Graph *executable, Graph *graph, int *result) {
  ENTER("cuGraphExecUpdate_v2 %d %d", executable->nodes, graph->nodes);
  if (executable->nodes == graph->nodes) return 0;
  result[0] = 2;
  ((void **)result)[2] = graph; /* the third of three eight-byte members */
  return 910;
}
int cuGraphExecDestroy(Graph *executable) { ENTER("cuGraphExecDestroy"); return drop(executable); }
int cuGraphDestroy(Graph *graph) { ENTER("cuGraphDestroy"); return drop(graph); }

int cuEventCreate(void **event, unsigned flags) {
  ENTER("cuEventCreate %u", flags);
  *event = make(1);
  return 0;
}
int cuEventDestroy_v2(void *event) { ENTER("cuEventDestroy"); return drop(event); }
int cuEventRecord(void *event, void *stream) { (void)event; (void)stream; ENTER("cuEventRecord"); return 0; }
int cuEventQuery(void *event) { (void)event; ENTER("cuEventQuery"); return 0; }
int cuEventSynchronize(void *event) { (void)event; ENTER("cuEventSynchronize"); return 0; }
int cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  (void)from;
  (void)to;
  ENTER("cuEventElapsedTime");
  *milliseconds = 2.5f;
  return 0;
}

int cuModuleLoadDataEx(void **module, const char *image, unsigned count, int *options, void **values) {
  ENTER("cuModuleLoadDataEx %u: %d %d %d %d, sizes %zu %zu, %zu characters", count, options[0],
        options[1], options[2], options[3], (size_t)values[1], (size_t)values[3], strlen(image));
  if (strstr(image, "BROKEN")) {
    strcpy(values[2], "ptxas application, line 7; fatal: Parsing error near 'BROKEN'");
    return 218;
  }
  *module = make(1);
  return 0;
}
int cuModuleUnload(void *module) { ENTER("cuModuleUnload"); return drop(module); }
int cuModuleGetFunction(Function **function, void *module, const char *name) {
  (void)module;
  ENTER("cuModuleGetFunction %s", name);
  static Function functions[64];
  static int used;
  *function = &functions[used++ % 64];
  strcpy((*function)->name, name);
  return 0;
}
int cuFuncSetAttribute(Function *function, int attribute, int value) {
  ENTER("cuFuncSetAttribute %s %d %d", function->name, attribute, value);
  return 0;
}

/* One kernel is known here and runs; every other takes (pointer, int, float, long, double). */
static void note_launch(const char *how, Function *f, const unsigned *g, unsigned shared, void **p) {
  if (strcmp(f->name, "increment") == 0) {
    for (unsigned i = 0; i < *(unsigned *)p[1]; i++) (*(float **)p[0])[i] += 1;
    return;
  }
  note("%s %s %ux%ux%u %ux%ux%u %u: %llx %d %.3f %lld %.3f", how, f->name, g[0], g[1], g[2], g[3],
       g[4], g[5], shared, *(unsigned long long *)p[0], *(int *)p[1], *(float *)p[2],
       *(long long *)p[3], *(double *)p[4]);
}
int cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                   unsigned by, unsigned bz, unsigned shared, Stream *stream, void **parameters,
                   void **extra) {
  ENTER("cuLaunchKernel %s", extra ? "extra" : "plain");
  unsigned geometry[] = {gx, gy, gz, bx, by, bz};
  note_launch("launch", function, geometry, shared, parameters);
  queue(stream);
  return 0;
}

typedef struct { int id; char pad[4]; union { char bytes[64]; unsigned numbers[3]; } value; } Attribute;
typedef struct {
  unsigned geometry[6], shared;
  Stream *stream;
  Attribute *attributes;
  unsigned count;
} Config;
int cuLaunchKernelEx(const Config *config, Function *function, void **parameters, void **extra) {
  ENTER("cuLaunchKernelEx %s %u", extra ? "extra" : "plain", config->count);
  note_launch("launch", function, config->geometry, config->shared, parameters);
  for (unsigned i = 0; i < config->count; i++) {
    const Attribute *a = &config->attributes[i];
    note("attribute %d: %u %u %u", a->id, a->value.numbers[0], a->value.numbers[1], a->value.numbers[2]);
  }
  queue(config->stream);
  return 0;
}
int cuTensorMapEncodeTiled(void *map, int type, unsigned rank, void *address, const uint64_t *sizes,
                           const uint64_t *strides, const uint32_t *box, const uint32_t *steps,
                           int interleave, int swizzle, int l2, int fill) {
  ENTER("cuTensorMapEncodeTiled %d %u %p: %lu %lu, %lu, %u %u, %u %u, %d %d %d %d, aligned %d", type,
        rank, address, sizes[0], sizes[1], strides[0], box[0], box[1], steps[0], steps[1], interleave,
        swizzle, l2, fill, (uintptr_t)map % 128 == 0);
  memset(map, 0x5a, 128);
  return 0;
}
