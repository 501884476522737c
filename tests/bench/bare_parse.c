// bare_parse: tree-sitter's parse of the Go files named on standard input, a line each, and nothing else: the floor
// that whole-workspace times are measured against. Prints files, lines, bytes and seconds of CPU; files are read
// before.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_go(void);

typedef struct Text {
  char *bytes;
  size_t len;
} Text;

static Text read_file(const char *path) {
  Text t = {0};
  FILE *f = fopen(path, "rb");
  if (!f) return t;
  if (fseek(f, 0, SEEK_END) == 0) {
    long size = ftell(f);
    rewind(f);
    t.bytes = size > 0 ? malloc((size_t)size) : NULL;
    if (t.bytes) t.len = fread(t.bytes, 1, (size_t)size, f);
  }
  fclose(f);
  return t;
}

int main(void) {
  char path[4096];
  Text *texts = NULL;
  size_t count = 0, lines = 0, bytes = 0;
  while (fgets(path, sizeof path, stdin)) {
    path[strcspn(path, "\n")] = 0;
    Text t = read_file(path);
    if (!t.bytes) continue;
    Text *grown = realloc(texts, (count + 1) * sizeof *texts);
    if (!grown) abort();
    texts = grown;
    texts[count++] = t;
    bytes += t.len;
    for (size_t i = 0; i < t.len; i++) lines += t.bytes[i] == '\n';
  }
  TSParser *parser = ts_parser_new();
  if (!ts_parser_set_language(parser, tree_sitter_go())) abort();
  clock_t from = clock();
  for (size_t i = 0; i < count; i++) {
    TSTree *tree = ts_parser_parse_string(parser, NULL, texts[i].bytes, (uint32_t)texts[i].len);
    if (tree) ts_tree_delete(tree);
  }
  double seconds = (double)(clock() - from) / CLOCKS_PER_SEC;
  ts_parser_delete(parser);
  printf("%zu %zu %zu %.3f\n", count, lines, bytes, seconds);
  for (size_t i = 0; i < count; i++) free(texts[i].bytes);
  free(texts);
  return 0;
}
