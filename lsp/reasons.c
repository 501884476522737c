// reasons.c: the page that explains the codes of diagnostics, and where in it a code is.
//
// A page on the web is linked to by anchor. A file is opened by editors as it is, and what they understand behind its
// address is a line (VS Code, Sublime Text: #L12), so its headings are looked up, once.
#include "server.h"

#include <limits.h>
#include <stdlib.h>

enum { PAGE_LIMIT = 256 * 1024 };

void reasons_release(Reasons *r) {
  free(r->address);
  free(r->text);
  *r = (Reasons){0};
}

static char *read_page(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  char *text = protocol_alloc(PAGE_LIMIT + 1);
  text[fread(text, 1, PAGE_LIMIT, file)] = 0;
  fclose(file);
  return text;
}

// That which is installed with heapls, or stands beside its sources.
static bool find_installed(char real[PATH_MAX]) {
  static const char *const places[] = {"../share/doc/heapls/reasons.md", "../editors/reasons.md",
                                       "../../editors/reasons.md"};
  char exe[4096], path[4200];
  size_t size = sizeof exe;
  char *end = uv_exepath(exe, &size) == 0 ? strrchr(exe, '/') : NULL;
  if (!end) return false;
  end[1] = 0;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    snprintf(path, sizeof path, "%s%s", exe, places[i]);
    if (realpath(path, real)) return true;
  }
  return false;
}

static char *copy(const char *text) {
  char *p = protocol_alloc(strlen(text) + 1);
  memcpy(p, text, strlen(text));
  return p;
}

// The page that the settings want.
static void settle(Server *s, Pool *pool) {
  Reasons *r = &s->reasons;
  if (r->known && strcmp(r->setting, s->settings.reasons) == 0) return;
  reasons_release(r);
  r->known = true;
  snprintf(r->setting, sizeof r->setting, "%s", s->settings.reasons);
  char real[PATH_MAX];
  if (*r->setting) {
    r->address = copy(r->setting);
    const char *path = uri_to_path(pool, r->setting);
    if (path) r->text = read_page(path);
  } else if (find_installed(real)) {
    r->address = copy(uri_of_path(pool, real));
    r->text = read_page(real);
  }
}

// The line (from 1) of the heading "## name"; 0: none.
static uint32_t heading_line(const char *text, const char *name) {
  size_t n = strlen(name);
  uint32_t line = 1;
  for (const char *p = text; p && *p; line++) {
    if (strncmp(p, "## ", 3) == 0 && strncmp(p + 3, name, n) == 0 && (p[3 + n] == '\n' || p[3 + n] == 0)) return line;
    p = strchr(p, '\n');
    if (p) p++;
  }
  return 0;
}

const char *reasons_address(Server *s, Pool *pool, const char *code) {
  settle(s, pool);
  const Reasons *r = &s->reasons;
  if (!r->address) return NULL;
  const char *slash = strchr(code, '/'), *anchor = slash ? slash + 1 : code;
  uint32_t line = r->text ? heading_line(r->text, anchor) : 0;
  return line ? pool_printf(pool, "%s#L%u", r->address, line) : pool_printf(pool, "%s#%s", r->address, anchor);
}
