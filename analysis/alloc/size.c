// size.c: from bytes asked for to bytes taken: Go's size classes. Objects up to 32 KiB come from spans of one class; on
// the way there objects with pointers above 512 bytes (64 words) get a header of 8 bytes; larger ones take whole pages.
// Pointer-free objects below 16 bytes are packed into blocks of 16.
// From GOROOT/src/internal/runtime/gc/sizeclasses.go and runtime/malloc.go.
#include "alloc/alloc.h"

static const uint16_t CLASSES[] = {
  8,    16,   24,    32,    48,    64,    80,    96,    112,   128,   144,   160,   176,   192,   208,   224,  240,
  256,  288,  320,   352,   384,   416,   448,   480,   512,   576,   640,   704,   768,   896,   1024,  1152, 1280,
  1408, 1536, 1792,  2048,  2304,  2688,  3072,  3200,  3456,  4096,  4864,  5376,  6144,  6528,  6784,  6912, 8192,
  9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};
enum {
  CLASS_COUNT = sizeof CLASSES / sizeof *CLASSES,
  LARGEST_SMALL = 32768,
  HEADER = 8,
  PAGE = 8192,
  TINY_BLOCK = 16
};

bool alloc_is_tiny(int64_t bytes, bool no_pointers) { return no_pointers && bytes > 0 && bytes < TINY_BLOCK; }

static int64_t tiny_per_block(int64_t bytes) {
  if (bytes <= 0 || bytes >= TINY_BLOCK) return 1;
  int64_t align = bytes % 8 == 0 ? 8 : bytes % 4 == 0 ? 4 : bytes % 2 == 0 ? 2 : 1;
  int64_t count = 0;
  for (int64_t at = 0; at + bytes <= TINY_BLOCK; at = (at + bytes + align - 1) / align * align) count++;
  return count;
}

int64_t alloc_size_class(int64_t bytes, bool no_pointers, uint8_t word) {
  if (bytes < 0) return -1;
  if (bytes == 0) return 0;
  if (alloc_is_tiny(bytes, no_pointers)) return (TINY_BLOCK + tiny_per_block(bytes) - 1) / tiny_per_block(bytes);
  if (bytes > LARGEST_SMALL - HEADER) return bytes > INT64_MAX - PAGE ? bytes : (bytes + PAGE - 1) / PAGE * PAGE;
  int64_t header = !no_pointers && bytes > (int64_t)word * word * 8 ? HEADER : 0;
  for (unsigned i = 0; i < CLASS_COUNT; i++) {
    if (CLASSES[i] >= bytes + header) return CLASSES[i];
  }
  return LARGEST_SMALL;
}

double alloc_bytes_taken(int64_t bytes, bool no_pointers, uint8_t word) {
  if (alloc_is_tiny(bytes, no_pointers)) return (double)TINY_BLOCK / (double)tiny_per_block(bytes);
  return (double)alloc_size_class(bytes, no_pointers, word);
}

AllocFunc alloc_func_by_size(int64_t bytes, bool no_pointers, uint8_t word) {
  enum { SPECIALIZED_LIMIT = 80 };
  if (bytes <= 0 || bytes > SPECIALIZED_LIMIT) return ALLOC_FUNC_NONE;
  if (alloc_is_tiny(bytes, no_pointers)) return ALLOC_MALLOCGCTINYSC2;
  int64_t taken = alloc_size_class(bytes, no_pointers, word);
  int class = 1;
  while (CLASSES[class - 1] < taken) class ++;
  return (AllocFunc)(no_pointers ? ALLOC_MALLOCGCSMALLNOSCANSC2 + class - 2
                                 : ALLOC_MALLOCGCSMALLSCANNOHEADERSC1 + class - 1);
}
