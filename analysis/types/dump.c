// dump.c: the checker's results as text, for comparison with go/types. Nodes of a file are collected by a walk over its
// declarations, sorted by span, and printed.
#include "types/dump.h"

#include <stdlib.h>

#include "syntax/syntax.h"

typedef struct Entry {
  uint32_t start, end; // in the file
  char tag;            // e, i, m
  const NodeInfo *info;
} Entry;

typedef struct Dump {
  const AstFile *file;
  const DeclTypes *types;
  uint8_t *seen; // by node id: nodes may be shared
  VEC(Entry) entries;
} Dump;

static void add(Dump *d, const Ast *n, char tag, const NodeInfo *info) {
  uint32_t base = ast_file_offset(d->file, (Pos){d->types->decl, 0});
  VEC_APPEND(&d->entries, (Entry){base + n->start, base + n->end, tag, info});
}

static bool visit(void *context, const Ast *n) {
  Dump *d = context;
  if (n->id == 0 || n->id > d->types->decl->node_count || d->seen[n->id]) return n->id != 0 && !d->seen[n->id];
  d->seen[n->id] = 1;
  const NodeInfo *info = node_info(d->types, n);
  if (info->mode != MODE_INVALID) add(d, n, 'e', info);
  if (n->kind == AST_NAME && !info->is_selection && info->ref.object) add(d, n, 'i', info);
  if (n->kind == AST_CASE_CLAUSE && info->ref.object) add(d, n, 'm', info);
  return true;
}

static int compare_entries(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->end != y->end) return x->end < y->end ? -1 : 1;
  return x->tag - y->tag;
}

static const char *mode_text(const NodeInfo *info) {
  switch ((OperandMode)info->mode) {
  case MODE_INVALID: return "invalid";
  case MODE_NOVALUE: return "void";
  case MODE_BUILTIN: return "builtin";
  case MODE_TYPE: return "type";
  case MODE_CONSTANT: return "const";
  case MODE_VARIABLE: return "var";
  case MODE_MAPINDEX: return "map";
  case MODE_VALUE: return "value";
  case MODE_NIL: return "nil";
  case MODE_COMMAOK:
  case MODE_COMMAERR: return "ok";
  }
  return "?";
}

static void write_entry(Buf *b, const Entry *e, Str name) {
  buf_printf(b, "%.*s:%u-%u %c ", STR_ARG(name), e->start, e->end, e->tag);
  const NodeInfo *info = e->info;
  if (e->tag == 'e') {
    buf_printf(b, "%s ", mode_text(info));
    if (info->mode == MODE_NOVALUE || !info->type)
      buf_puts(b, "-");
    else if (info->mode == MODE_NIL)
      buf_puts(b, "untyped nil"); // go/types keeps it so; gc, and we, note what it became
    else
      type_write(b, info->type, STYLE_GOTYPES, NULL);
    if (info->mode == MODE_CONSTANT) {
      buf_puts(b, " = ");
      const_write_exact(b, info->value);
    }
  } else {
    if (e->tag == 'i') buf_puts(b, info->is_def ? "def " : "use ");
    object_write(b, info->ref.object, STYLE_GOTYPES, NULL);
  }
  buf_byte(b, '\n');
}

static Str base_name(Str path) { return str_slice(path, (size_t)(str_last_byte(path, '/') + 1), path.n); }

static int compare_files(const void *a, const void *b) {
  return str_compare(base_name((*(AstFile *const *)a)->source->path), base_name((*(AstFile *const *)b)->source->path));
}

static void dump_file(const Package *p, const AstFile *f, FILE *out) {
  Dump d = {.file = f};
  for (uint32_t i = 0; i < f->decl_count; i++) {
    d.types = package_decl_types(p, f->decls[i]);
    if (!d.types) continue;
    d.seen = mem_new(f->decls[i]->node_count + 1);
    for (uint32_t k = 0; k < f->decls[i]->specs.len; k++)
      if (f->decls[i]->specs.items[k]) ast_walk(f->decls[i]->specs.items[k], visit, &d);
    free(d.seen);
  }
  if (d.entries.len) qsort(d.entries.items, d.entries.len, sizeof *d.entries.items, compare_entries);
  Buf b = {0};
  Str name = base_name(f->source->path);
  for (uint32_t i = 0; i < d.entries.len; i++) {
    buf_clear(&b);
    write_entry(&b, &d.entries.items[i], name);
    fwrite(b.text, 1, b.len, out);
  }
  buf_release(&b);
  free(d.entries.items);
}

void package_dump(const Package *p, FILE *out) {
  AstFile **files = mem_new((p->file_count + 1) * sizeof *files);
  if (p->file_count) memcpy(files, p->files, p->file_count * sizeof *files);
  qsort(files, p->file_count, sizeof *files, compare_files);
  for (uint32_t i = 0; i < p->file_count; i++) dump_file(p, files[i], out);
  free(files);
  for (uint32_t i = 0; i < p->init_order.len; i++) {
    const Initializer *init = &p->init_order.items[i];
    fprintf(out, "~init %04u ", i);
    for (uint32_t k = 0; k < init->lhs.len; k++)
      fprintf(out, "%s%.*s", k ? ", " : "", STR_ARG(sym_str(init->lhs.items[k]->name)));
    fputc('\n', out);
  }
}
