// uri.c: file URIs (RFC 8089, with the drive letters of its appendix E) and percent-encoding (RFC 3986 section 2).
#include "uri.h"

#include <string.h>
#include <strings.h>

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

bool uri_is_file(const char *uri) { return strncasecmp(uri, "file:", 5) == 0; }

// Percent-decodes in place; false for a broken escape or a zero byte.
static bool decode(char *text) {
  char *out = text;
  for (const char *p = text; *p; p++) {
    if (*p != '%') {
      *out++ = *p;
      continue;
    }
    int high = hex(p[1]), low = high < 0 ? -1 : hex(p[2]);
    if (low < 0 || (high == 0 && low == 0)) return false;
    *out++ = (char)(high * 16 + low);
    p += 2;
  }
  *out = 0;
  return true;
}

// Resolves ".", ".." and empty segments of an absolute path in place.
static void clean(char *path) {
  char *out = path;
  for (const char *p = path; *p;) {
    while (*p == '/') p++;
    size_t n = strcspn(p, "/");
    if (n == 2 && p[0] == '.' && p[1] == '.') {
      while (out > path && *--out != '/') {
      }
    } else if (n && !(n == 1 && p[0] == '.')) {
      *out++ = '/';
      memmove(out, p, n);
      out += n;
    }
    p += n;
  }
  if (out == path) *out++ = '/';
  *out = 0;
}

char *uri_to_path(Pool *pool, const char *uri) {
  if (!uri_is_file(uri)) return NULL;
  uri += 5;
  if (uri[0] == '/' && uri[1] == '/') {
    uri += 2;
    size_t host = strcspn(uri, "/");
    if (host && !(host == 9 && strncasecmp(uri, "localhost", 9) == 0)) return NULL;
    uri += host;
  }
  char *path = pool_text(pool, uri, strlen(uri));
  if (!decode(path) || path[0] != '/') return NULL;
  clean(path);
  if (is_letter(path[1]) && path[2] == ':' && (path[3] == '/' || !path[3])) {
    path++;
    if (path[0] >= 'a') path[0] = (char)(path[0] - 'a' + 'A');
  }
  return path;
}

char *uri_of_path(Pool *pool, const char *path) {
  static const char digits[] = "0123456789ABCDEF";
  size_t n = strlen(path);
  bool drive = is_letter(path[0]) && path[1] == ':';
  char *uri = pool_alloc(pool, 3 * n + sizeof "file:///"), *out = uri;
  memcpy(out, "file://", 7);
  out += 7;
  if (drive) *out++ = '/';
  for (size_t i = 0; i < n; i++) {
    char c = path[i];
    if (drive && i == 0 && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (is_letter(c) || (c >= '0' && c <= '9') || (c && strchr("-._~/", c))) {
      *out++ = c;
    } else {
      *out++ = '%';
      *out++ = digits[(unsigned char)c >> 4];
      *out++ = digits[(unsigned char)c & 15];
    }
  }
  return uri;
}

char *uri_normal(Pool *pool, const char *uri) {
  char *path = uri_to_path(pool, uri);
  return path ? uri_of_path(pool, path) : pool_text(pool, uri, strlen(uri));
}
