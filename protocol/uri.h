// uri.h: document URIs and file paths (RFC 3986, RFC 8089).
//
// Editors spell the same file differently ("file:///c%3A/a.go", "file:///C:/a.go"): compare paths, and answer with the
// URI the client used. Documents whose scheme is not file (untitled:, git:) have no path and are known by their URI.
#ifndef HEAPLS_URI_H
#define HEAPLS_URI_H

#include "pool.h"
#include <stdbool.h>

// The path of a file URI, percent-decoded, "." and ".." and doubled slashes resolved; NULL when the scheme is not file,
// the host is neither empty nor localhost, an escape is broken or stands for a zero byte, or the path is not absolute.
// "file:///C:/x" gives "C:/x" with the drive letter in upper case, as does "file:///c%3A/x"; everything else keeps its
// case. '?' and '#' that were not escaped belong to the path: documents have no query, and sloppy clients do not
// escape. Lives in the pool.
char *uri_to_path(Pool *, const char *uri);
// The file URI of an absolute path; a drive letter is written as VS Code does ("file:///c%3A/x"). Lives in the pool.
char *uri_of_path(Pool *, const char *path);
bool uri_is_file(const char *uri);
// A spelling for use as a key: file URIs by way of their path, others unchanged. Lives in the pool.
char *uri_normal(Pool *, const char *uri);

#endif
