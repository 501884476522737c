// vet_fix.c: fixes for go vet -fix. The go command takes whole files out of a zip archive, whose entries are named by
// absolute paths and whose comment is the unit's ID, and writes them when all packages have been looked at.
//
// The archive is written by APPNOTE.TXT of PKWARE, 4.3: a local header and the bytes of each file, as they are; then
// the central directory; then its end.
#include "cli/vet.h"

#include <errno.h>

#include "fix/fix.h"
#include "render.h"
#include "syntax/ignored.h"
#include "syntax/syntax.h"

// ---- The archive

enum { LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50, VERSION = 10, UTF8 = 1 << 11, DATE_1980 = 0x21 };

typedef struct Entry {
  Str name, text;
  uint32_t crc, offset;
} Entry;
typedef struct Archive {
  Buf bytes;
  VEC(Entry) entries; // in the arena
} Archive;

static uint32_t crc32_of(Str text) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < text.n; i++) {
    crc ^= (unsigned char)text.p[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

static void put(Buf *out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++) buf_byte(out, (char)(value >> (8 * i)));
}

// What both headers have.
static void put_common(Buf *out, const Entry *e) {
  put(out, UTF8, 2);
  put(out, 0, 2); // stored
  put(out, 0, 2);
  put(out, DATE_1980, 2);
  put(out, e->crc, 4);
  put(out, (uint32_t)e->text.n, 4);
  put(out, (uint32_t)e->text.n, 4);
  put(out, (uint32_t)e->name.n, 2);
  put(out, 0, 2);
}

static void archive_add(Archive *z, Arena *a, Str name, Str text) {
  Entry e = {arena_str(a, name), text, crc32_of(text), (uint32_t)z->bytes.len};
  put(&z->bytes, LOCAL, 4);
  put(&z->bytes, VERSION, 2);
  put_common(&z->bytes, &e);
  buf_str(&z->bytes, name);
  buf_str(&z->bytes, text);
  VEC_PUSH(a, &z->entries, e);
}

static void archive_end(Archive *z, Str comment) {
  uint32_t start = (uint32_t)z->bytes.len;
  for (uint32_t i = 0; i < z->entries.len; i++) {
    const Entry *e = &z->entries.items[i];
    put(&z->bytes, CENTRAL, 4);
    put(&z->bytes, VERSION, 2);
    put(&z->bytes, VERSION, 2);
    put_common(&z->bytes, e);
    put(&z->bytes, 0, 2); // comment, disk, attributes
    put(&z->bytes, 0, 2);
    put(&z->bytes, 0, 2);
    put(&z->bytes, 0, 4);
    put(&z->bytes, e->offset, 4);
    buf_str(&z->bytes, e->name);
  }
  uint32_t size = (uint32_t)z->bytes.len - start;
  put(&z->bytes, END, 4);
  put(&z->bytes, 0, 4); // disks
  put(&z->bytes, z->entries.len, 2);
  put(&z->bytes, z->entries.len, 2);
  put(&z->bytes, size, 4);
  put(&z->bytes, start, 4);
  put(&z->bytes, (uint32_t)comment.n, 2);
  buf_str(&z->bytes, comment);
}

// ---- The fixes

// Of a file: what comments hide, and what a person has to look at, is left out.
static void propose(Arena *a, const PackageResult *r, const AstFile *file, FixList *out) {
  FixList all = {0};
  IgnoredList ignored = {0};
  if (file->is_generated) return;
  ignored_read(&ignored, file->text);
  fix_propose(a, r, file, 0, (uint32_t)file->text.n, FIX_ALL_KINDS, &all);
  for (uint32_t i = 0; i < all.items.len; i++) {
    const Fix *f = &all.items.items[i];
    if (!f->rewrite && !ignored_at(&ignored, f->start)) VEC_PUSH(a, &out->items, *f);
  }
  ignored_release(&ignored);
}

static void take_file(const VetFix *v, Arena *a, const AstFile *file, const FixList *proved, Archive *z) {
  const Fix **fixes = ARENA_ARRAY(a, const Fix *, proved->items.len + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < proved->items.len; i++)
    if (proved->items.items[i].source == file->source) fixes[count++] = &proved->items.items[i];
  if (!count) return;
  FixEdits edits = fix_edits(a, file->source, fixes, count);
  if (!v->diff) {
    archive_add(z, a, file->source->path, fix_apply(a, file->text, edits));
    return;
  }
  Buf name = {0};
  render_path(&name, v->cwd, file->source->path);
  Str shown = buf_view(&name);
  if (str_has_prefix(shown, STR("./"))) shown = str_slice(shown, 2, shown.n);
  fix_diff(v->diff, shown, file->text, edits);
  buf_release(&name);
}

static bool write_archive(const char *path, const Archive *z) {
  FILE *f = fopen(path, "wb");
  if (!f) return false;
  bool good = fwrite(z->bytes.text, 1, z->bytes.len, f) == z->bytes.len;
  return fclose(f) == 0 && good;
}

bool vet_fix(const VetFix *v) {
  Arena a;
  arena_init(&a);
  FixList wanted = {0}, proved = {0};
  Archive z = {0};
  for (uint32_t i = 0; i < v->result->file_count; i++) propose(&a, v->result, v->result->files[i], &wanted);
  FixTrial trial = {.program = v->program, .before = v->result};
  fix_prove_together(&a, &trial, &wanted, &proved);
  for (uint32_t i = 0; i < v->result->file_count; i++) take_file(v, &a, v->result->files[i], &proved, &z);
  archive_end(&z, str_of(v->id));
  bool good = v->diff || !*v->archive || write_archive(v->archive, &z);
  int error = errno;
  buf_release(&z.bytes);
  arena_release(&a);
  errno = error;
  return good;
}
