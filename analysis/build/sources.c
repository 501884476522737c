// sources.c: the texts of Go files and their syntax trees, each parsed once per version. A new version is parsed
// against the one before it, so that declarations whose text is the same stay the same.
#include "build/sources.h"

#include <stdlib.h>

void sources_init(Sources *s) {
  memset(s, 0, sizeof *s);
  pthread_mutex_init(&s->lock, NULL);
  arena_init(&s->arena);
}

void parsed_file_release(ParsedFile *file) {
  if (!file || __atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL)) return;
  ast_file_free(file->ast);
  free(file);
}

void sources_release(Sources *s) {
  for (uint32_t i = 0; i < s->by_path.len; i++) {
    SourceEntry *entry = s->by_path.entries[i].value;
    parsed_file_release(entry->current);
  }
  strmap_release(&s->by_path);
  arena_release(&s->arena);
  pthread_mutex_destroy(&s->lock);
}

void sources_mark_stale(Sources *s, Str path) {
  pthread_mutex_lock(&s->lock);
  SourceEntry *one = path.n ? strmap_get(&s->by_path, path) : NULL;
  if (one) one->stale = true, one->has_digest = false;
  for (uint32_t i = 0; !path.n && i < s->by_path.len; i++) {
    SourceEntry *entry = s->by_path.entries[i].value;
    entry->stale = true;
    entry->has_digest = false;
  }
  pthread_mutex_unlock(&s->lock);
}

static SourceEntry *entry_at(Sources *s, Str path, Str display_path) {
  SourceEntry *entry = strmap_get(&s->by_path, path);
  if (entry) return entry;
  entry = ARENA_NEW(&s->arena, SourceEntry);
  entry->source.path = arena_str(&s->arena, path);
  entry->source.display_path = str_equal(path, display_path) ? entry->source.path : arena_str(&s->arena, display_path);
  entry->stale = true;
  strmap_set(&s->by_path, entry->source.path, entry);
  return entry;
}

static SourceEntry *entry_of(Sources *s, const LoadFile *load) {
  return entry_at(s, load->source.path, load->source.display_path);
}

static ParsedFile *retain(ParsedFile *file) {
  if (file) __atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED);
  return file;
}

const AstSource *sources_source(Sources *s, const LoadFile *load) {
  pthread_mutex_lock(&s->lock);
  const AstSource *source = &entry_of(s, load)->source;
  pthread_mutex_unlock(&s->lock);
  return source;
}

ParsedFile *sources_last(Sources *s, Str path) {
  pthread_mutex_lock(&s->lock);
  const SourceEntry *entry = strmap_get(&s->by_path, path);
  ParsedFile *file = entry ? retain(entry->current) : NULL;
  pthread_mutex_unlock(&s->lock);
  return file;
}

const AstSource *sources_at(Sources *s, Str path) {
  pthread_mutex_lock(&s->lock);
  const AstSource *source = &entry_at(s, path, path)->source;
  pthread_mutex_unlock(&s->lock);
  return source;
}

bool sources_digest(Sources *s, Loader *loader, const LoadFile *load, Digest *out) {
  pthread_mutex_lock(&s->lock);
  SourceEntry *entry = entry_of(s, load);
  bool fresh =
    entry->has_digest && load->mtime != -1 && entry->digest_mtime == load->mtime && entry->digest_size == load->size;
  *out = entry->digest;
  pthread_mutex_unlock(&s->lock);
  if (fresh) return true;
  Str text = STR_NONE;
  if (!loader_read_file(loader, entry->source.path, &text)) return false;
  *out = digest_of(text.p, text.n);
  free((char *)text.p);
  pthread_mutex_lock(&s->lock);
  entry->digest = *out;
  entry->has_digest = true;
  entry->digest_mtime = load->mtime;
  entry->digest_size = load->size;
  pthread_mutex_unlock(&s->lock);
  return true;
}

static void set_original(Loader *loader, Parser *parser, AstFile *file) {
  SharedText *original = loader_original(loader, file->source->path, file->text);
  if (original) ast_file_set_original(parser, file, original->text);
  shared_text_release(original);
}

ParsedFile *sources_parse_once(Sources *s, Loader *loader, Parser *parser, const LoadFile *load) {
  const AstSource *source = sources_source(s, load);
  Str text = STR_NONE;
  if (!loader_read_file(loader, source->path, &text)) return NULL;
  ParsedFile *file = mem_new(sizeof *file);
  file->references = 1;
  file->ast = parse_file(parser, source, text, NULL);
  set_original(loader, parser, file->ast);
  free((char *)text.p);
  return file;
}

void sources_adopt(Sources *s, ParsedFile *file) {
  pthread_mutex_lock(&s->lock);
  SourceEntry *entry = strmap_get(&s->by_path, file->ast->source->path);
  ParsedFile *drop = entry->stale ? NULL : entry->current;
  if (drop) entry->current = retain(file);
  pthread_mutex_unlock(&s->lock);
  parsed_file_release(drop);
}

// One thread at a time reads and parses a given file: two packages that share one (a package and its test variant) are
// never built at the same moment unless both wait for the same dependency, and then the second parse is thrown away.
ParsedFile *sources_parse(Sources *s, Loader *loader, Parser *parser, const LoadFile *load) {
  pthread_mutex_lock(&s->lock);
  SourceEntry *entry = entry_of(s, load);
  bool fresh = entry->current && !entry->stale && entry->size == load->size && entry->mtime == load->mtime;
  ParsedFile *known = retain(entry->current);
  pthread_mutex_unlock(&s->lock);
  if (fresh) return known;
  SharedText *overlay = loader_overlay(loader, entry->source.path);
  Str text = overlay ? overlay->text : STR_NONE;
  if (!overlay && !loader_read_file(loader, entry->source.path, &text)) {
    parsed_file_release(known);
    return NULL;
  }
  bool same = known && str_equal(known->ast->text, text);
  ParsedFile *file = known;
  if (!same) {
    file = mem_new(sizeof *file);
    file->references = 1;
    file->ast = overlay ? parse_shared(parser, &entry->source, overlay, known ? known->ast : NULL)
                        : parse_file(parser, &entry->source, text, known ? known->ast : NULL);
    set_original(loader, parser, file->ast);
  }
  pthread_mutex_lock(&s->lock);
  bool raced = !same && entry->current != known && entry->current && str_equal(entry->current->ast->text, text);
  ParsedFile *drop = NULL;
  if (raced) {
    drop = file;
    file = retain(entry->current);
  } else if (!same) {
    drop = entry->current;
    entry->current = retain(file);
  }
  entry->stale = false;
  entry->size = load->size;
  entry->mtime = load->mtime;
  pthread_mutex_unlock(&s->lock);
  if (!overlay) free((char *)text.p);
  shared_text_release(overlay);
  parsed_file_release(drop);
  if (!same) parsed_file_release(known); // NOLINT(clang-analyzer-unix.Malloc): a reference of its own
  return file;
}
