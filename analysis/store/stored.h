// stored.h: the result of a package as bytes: its findings with all that is shown of them, and where its declarations
// are. What comes back cannot be told from what was written by anything that a client is shown; types and code are not
// in it, nor what the load graph and a file's own syntax tree say.
//
// The bytes are checked when they are opened and read: what is damaged or leads outside is not used.
#ifndef HEAPLS_STORED_H
#define HEAPLS_STORED_H

#include "report/report.h"
#include "store/sealed.h"

// Appends the result. False, and nothing is appended: it shows what is not in its files now (last good versions of
// broken code), or there are no findings.
bool stored_write(Buf *out, const PackageResult *, Digest key);

typedef struct Stored Stored;
// Takes the bytes, which come from the C heap (and go also on failure). NULL: not a result of this release with this
// key, or damaged. Returns owned.
Stored *stored_open(void *bytes, size_t len, Digest key);
void stored_free(Stored *);
Digest stored_key(const Stored *);
Str stored_bytes(const Stored *); // borrows
uint32_t stored_file_count(const Stored *);
uint32_t stored_decl_count(const Stored *, uint32_t file);
bool stored_decl_broken(const Stored *, uint32_t file, uint32_t decl); // package_result_broken
// The i-th file, with declarations without trees. Returns owned.
AstFile *stored_file(const Stored *, uint32_t i, const AstSource *, Str text);
// files: all of them, each with as many declarations. source_of: of a file of another package. The strings stay in the
// Stored. Returns owned; NULL: the bytes make no sense.
FindingSet *stored_findings(const Stored *, AstFile *const *files,
                            const AstSource *(*source_of)(void *context, Str path), void *context);

#endif
