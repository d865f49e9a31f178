/* What every stand-in library has: a record of its calls, and failures on request. */
#ifndef STANDIN_H
#define STANDIN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char recorded[1 << 16];
static size_t recorded_length;
static char failing[64];
static int failing_status;


/* The calls since the last clear, one a line. */
const char *standin_log(void) { return recorded; }

void standin_clear(void) {
  recorded_length = 0;
  recorded[0] = 0;
}

/* Makes a function answer with a status; no function for an empty name. */
void standin_fail(const char *function, int status) {
  snprintf(failing, sizeof failing, "%s", function);
  failing_status = status;
}

static void note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  size_t room = sizeof recorded - recorded_length;
  int written = vsnprintf(recorded + recorded_length, room, format, arguments);
  va_end(arguments);
  if (written > 0 && (size_t)written + 2 < room) {
    recorded_length += (size_t)written;
    recorded[recorded_length++] = '\n';
    recorded[recorded_length] = 0;
  }
}

/* Begins every function: records the call, and leaves if the function is to fail. */
#define ENTER(...)                                                                                 \
  do {                                                                                             \
    note(__VA_ARGS__);                                                                             \
    if (strcmp(failing, __func__) == 0) return failing_status;                                     \
  } while (0)

/* Elements by cuBLAS's numbers of types: 0 single, 1 double, 14 bfloat16. */
static double load(const void *array, long index, int type) {
  if (type == 1) return ((const double *)array)[index];
  if (type == 0) return ((const float *)array)[index];
  uint32_t bits = (uint32_t)((const uint16_t *)array)[index] << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void store(void *array, long index, int type, double value) {
  if (type == 1) {
    ((double *)array)[index] = value;
  } else if (type == 0) {
    ((float *)array)[index] = (float)value;
  } else {
    float rounded = (float)value;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    ((uint16_t *)array)[index] = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
}

#endif
