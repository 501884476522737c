// profiledump.c: reads a profile and prints its edges as `go tool preprofile` does, or why it can't be read (and exits
// with 1). With -hot the number of hot edges instead.
#include <stdlib.h>

#include "profile/profile.h"

static Str read_file(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) exit(2);
  Buf b = {0};
  char chunk[65536];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(&b, (Str){chunk, n});
  fclose(f);
  return buf_view(&b);
}

int main(int argc, char **argv) {
  bool hot = argc > 2;
  Arena arena;
  arena_init(&arena);
  Str error = STR_NONE, bytes = read_file(argv[argc - 1]);
  Profile *p = profile_read(bytes, &arena, &error);
  if (!p) {
    printf("%.*s\n", STR_ARG(error));
  } else if (hot) {
    printf("%u of %u\n", p->hot_count, p->edge_count);
  } else {
    puts("GO PREPROFILE V1");
    for (uint32_t i = 0; i < p->edge_count; i++)
      printf("%.*s\n%.*s\n%lld %lld\n", STR_ARG(p->edges[i].caller), STR_ARG(p->edges[i].callee),
             (long long)p->edges[i].offset, (long long)p->edges[i].weight);
  }
  int status = p ? 0 : 1;
  profile_free(p);
  arena_release(&arena);
  free((char *)(uintptr_t)bytes.p);
  return status;
}
