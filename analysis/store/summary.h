// summary.h: what importers need of a compiled package, as bytes: where each name is declared, and for each function if
// it can be inlined and, if importers can call it (ir/asked.c), what its parameters leak. Types and bodies are not in
// it: they are read from the source when somebody asks (types/demand.h, IrFactSource), so that a summary is about a
// tenth of its package's text.
//
// Two 128-bit hashes go with it. The key says what the summary was made from: texts, options, the release of heapls,
// and what the package's imports show; equal keys, equal summaries. What it shows is the part of it that importers can
// see: all declarations but the bodies of functions that are neither inlined nor generic. So an edit of such a body
// changes the package's key, but not its importers' ones.
//
// The bytes are checked in full when a summary is opened; reading it then needs no further checks.
#ifndef HEAPLS_SUMMARY_H
#define HEAPLS_SUMMARY_H

#include "ir/ir.h"
#include "store/sealed.h"
#include "syntax/syntax.h"
#include "types/demand.h"

// Appends the summary of a complete package. text_digests: of its files, in the package's order. imports: what the
// direct imports show, digested.
void summary_write(Buf *out, const Package *, const IrUnit *, Digest key, Digest imports, const Digest *text_digests);

// Immutable; reference-counted.
typedef struct Summary Summary;
// Takes the bytes, which come from the C heap (and go also on failure). NULL: not a summary of this release with this
// key, or damaged.
Summary *summary_open(void *bytes, size_t len, Digest key);
Summary *summary_retain(Summary *);
void summary_release(Summary *);
Digest summary_key(const Summary *);
Digest summary_shows(const Summary *);
size_t summary_size(const Summary *); // bytes

Str summary_package_name(const Summary *);
uint32_t summary_file_count(const Summary *);
Digest summary_text_digest(const Summary *, uint32_t file);
uint32_t summary_file_go_minor(const Summary *, uint32_t file);
uint32_t summary_decl_count(const Summary *, uint32_t file);
DeclPlace summary_decl(const Summary *, uint32_t file, uint32_t decl);
bool summary_find_name(const Summary *, Sym name, DemandName *out);
// The i-th method of a type; the name's text. Empty: no more.
Str summary_method(const Summary *, Sym type, uint32_t i, DemandName *out);
Str summary_exported(const Summary *, uint32_t i); // names, then an empty one
uint32_t summary_local_type(const Summary *, uint32_t file, uint32_t decl, uint32_t offset);
bool summary_find_function(const Summary *, Sym printed, IrFacts *out);
// Is the body of a function of another package exported; or, not body, is a function that the profile names known to
// importers?
bool summary_exports(const Summary *, Str package_path, Str printed, bool body);

#endif
