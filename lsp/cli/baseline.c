// baseline.c: a file of findings that are known. {"version": 1, "findings": [{"package", "function", "kind", "text",
// "count"}]}: sorted, and without lines, so that it differs only where the findings do. So many of a kind as it counts
// are known; one more is new.
#include "cli/rows.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

typedef struct Entry {
  Str package, function, kind, text;
  int64_t count;
} Entry;

struct Baseline {
  StrMap by_key; // to Entry
  Arena arena;
};

Baseline *baseline_new(void) {
  Baseline *b = mem_new(sizeof *b);
  arena_init(&b->arena);
  return b;
}

void baseline_free(Baseline *b) {
  if (!b) return;
  strmap_release(&b->by_key);
  arena_release(&b->arena);
  free(b);
}

static Entry *entry_of(Baseline *b, const Entry *like, bool add) {
  Buf key = {0};
  buf_printf(&key, "%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(like->package), STR_ARG(like->function), STR_ARG(like->kind),
             STR_ARG(like->text));
  Entry *e = strmap_get(&b->by_key, buf_view(&key));
  if (!e && add) {
    e = ARENA_NEW(&b->arena, Entry);
    *e = (Entry){arena_str(&b->arena, like->package), arena_str(&b->arena, like->function),
                 arena_str(&b->arena, like->kind), arena_str(&b->arena, like->text), 0};
    strmap_set(&b->by_key, arena_str(&b->arena, buf_view(&key)), e);
  }
  buf_release(&key);
  return e;
}

static Entry entry_like(const Row *r) {
  return (Entry){.package = r->package, .function = r->function, .kind = str_of(r->rule), .text = r->subject};
}

void baseline_add(Baseline *b, const Row *row) {
  Entry like = entry_like(row);
  entry_of(b, &like, true)->count++;
}

bool baseline_take(Baseline *b, const Row *row) {
  Entry like = entry_like(row);
  Entry *e = entry_of(b, &like, false);
  if (!e || !e->count) return false;
  e->count--;
  return true;
}

static bool refuse(const char *path, const char *why) {
  fprintf(stderr, "heapls check: %s: %s\n", path, why);
  return false;
}

static bool text_of(const json_t *object, const char *name, Str *out) {
  const json_t *value = json_object_get(object, name);
  *out = (Str){json_string_value(value), json_string_length(value)};
  return json_is_string(value);
}

bool baseline_read(Baseline *b, const char *path) {
  json_error_t error;
  FILE *f = fopen(path, "rb");
  if (!f) return refuse(path, strerror(errno));
  json_t *root = json_loadf(f, 0, &error);
  fclose(f);
  if (!root) {
    fprintf(stderr, "heapls check: %s:%d: not a baseline: %s\n", path, error.line, error.text);
    return false;
  }
  const json_t *list = json_object_get(root, "findings"), *item;
  bool good = json_integer_value(json_object_get(root, "version")) == 1 && json_is_array(list);
  size_t i;
  json_array_foreach(list, i, item) {
    Entry like;
    json_int_t count = json_integer_value(json_object_get(item, "count"));
    good &= text_of(item, "package", &like.package) && text_of(item, "function", &like.function) &&
            text_of(item, "kind", &like.kind) && text_of(item, "text", &like.text) && count > 0;
    if (!good) break;
    entry_of(b, &like, true)->count += count;
  }
  json_decref(root);
  return good || refuse(path, "not a baseline as --write-baseline writes it (version 1)");
}

static int by_words(const void *a, const void *b) {
  const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;
  int order = str_compare(x->package, y->package);
  if (!order) order = str_compare(x->function, y->function);
  if (!order) order = str_compare(x->kind, y->kind);
  return order ? order : str_compare(x->text, y->text);
}

static json_t *text_json(Str s) {
  json_t *value = json_stringn(s.p ? s.p : "", s.n);
  return value ? value : json_string("?");
}

bool baseline_write(const Baseline *b, const char *path) {
  Entry **sorted = mem_new(sizeof(Entry *) * (b->by_key.len + 1));
  for (uint32_t i = 0; i < b->by_key.len; i++) sorted[i] = b->by_key.entries[i].value;
  if (b->by_key.len) qsort(sorted, b->by_key.len, sizeof *sorted, by_words);
  json_t *list = json_array();
  for (uint32_t i = 0; i < b->by_key.len; i++)
    json_array_append_new(list,
                          json_pack("{s:o, s:o, s:o, s:o, s:I}", "package", text_json(sorted[i]->package), "function",
                                    text_json(sorted[i]->function), "kind", text_json(sorted[i]->kind), "text",
                                    text_json(sorted[i]->text), "count", (json_int_t)sorted[i]->count));
  free(sorted);
  json_t *root = json_pack("{s:i, s:o}", "version", 1, "findings", list);
  FILE *f = fopen(path, "wb");
  bool good = f && json_dumpf(root, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF;
  if (f) good &= fclose(f) == 0;
  json_decref(root);
  return good || refuse(path, strerror(errno));
}
