// sources.h: the texts of Go files and their syntax trees, each parsed once per version.
#ifndef HEAPLS_SOURCES_H
#define HEAPLS_SOURCES_H

#include <pthread.h>

#include "load/load.h"
#include "store/store.h"
#include "syntax/syntax.h"

// One parsed version of a file. Reference-counted.
typedef struct ParsedFile {
  AstFile *ast;
  uint32_t references; // atomic
} ParsedFile;
void parsed_file_release(ParsedFile *);

// A file by absolute path. Lives as long as the program, because syntax trees point to its AstSource.
typedef struct SourceEntry {
  AstSource source;
  ParsedFile *current; // NULL: not read yet
  Digest digest;       // of the text, if has_digest
  bool has_digest;
  int64_t digest_mtime; // of the file when that was made, with its size
  uint64_t digest_size;
  bool stale;    // the text may have changed since
  uint64_t size; // of the file on disk when it was read
  int64_t mtime;
} SourceEntry;

typedef struct Sources {
  pthread_mutex_t lock;
  StrMap by_path; // absolute path -> SourceEntry
  Arena arena;
} Sources;
void sources_init(Sources *);
void sources_release(Sources *);
void sources_mark_stale(Sources *, Str path); // empty path: all
// The file as it is now, parsed. Returns a reference, NULL when it can't be read.
ParsedFile *sources_parse(Sources *, Loader *, Parser *, const LoadFile *);
// The same for one use: the tree is not kept.
ParsedFile *sources_parse_once(Sources *, Loader *, Parser *, const LoadFile *);
// The digest of the file's text as it is now. False: it can't be read.
bool sources_digest(Sources *, Loader *, const LoadFile *, Digest *out);
// What sources_parse_once gave is the file's tree from now on. Takes a reference.
void sources_adopt(Sources *, ParsedFile *);
const AstSource *sources_source(Sources *, const LoadFile *);
ParsedFile *sources_last(Sources *, Str absolute_path); // as it was parsed last. Returns a reference, NULL: it was not
const AstSource *sources_at(Sources *, Str absolute_path); // of a file that may not be read yet

#endif
