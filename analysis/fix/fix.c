// fix.c: which fixes there are for what was found in a file: each finding is shown to the proposers, one after the
// other; and the titles that say what is won.
#include "fix/fix_internal.h"

#include "report/report.h"

const char *fix_kind_name(FixKind kind) {
  static const char *const names[] = {
#define FIX_KIND(id, name, text) [FIX_##id] = name,
#include "fix/kinds.def"
#undef FIX_KIND
  };
  return names[kind];
}

static bool (*const proposers[FIX_KIND_COUNT])(Proposal *) = {
  [FIX_PRESIZE] = propose_presize, [FIX_FORMAT] = propose_format,   [FIX_SENTINEL] = propose_sentinel,
  [FIX_WRITE] = propose_write,     [FIX_CONVERT] = propose_convert, [FIX_ASTYPE] = propose_astype,
  [FIX_DEFER] = propose_defer,     [FIX_BUILDER] = propose_builder, [FIX_HOIST] = propose_hoist,
};

void propose_edit(Proposal *p, uint32_t start, uint32_t end, Str text) {
  uint32_t base = p->shape->base;
  VEC_PUSH(p->shape->arena, &p->edits, (FixEdit){base + start, base + end, text});
}

// ---- What is won

static bool allocates(const Finding *f) {
  bool site = f->kind == FINDING_SITE || f->kind == FINDING_VARIABLE;
  return site && (f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL);
}

static void add_finding(Fix *fix, const Finding *f) {
  int64_t bytes = f->size_class >= 0 ? f->size_class : f->bytes;
  fix->bytes = bytes < 0 || fix->bytes < 0 ? -1 : fix->bytes + bytes;
  fix->sites++;
  if (f->loop_depth > fix->loop_depth) fix->loop_depth = f->loop_depth;
  fix->conditional |= f->verdict == VERDICT_CONDITIONAL;
}

static void finish_title(Arena *a, Fix *f) {
  Buf out = {0};
  buf_str(&out, f->title);
  if (f->caution.n) buf_printf(&out, " (%.*s)", STR_ARG(f->caution));
  const char *each = f->loop_depth > 1 ? "each turn" : "each time";
  if (f->trade == TRADE_ROOM)
    buf_puts(&out, ": one allocation instead of one each time it grows");
  else if (f->trade == TRADE_SHORT)
    buf_puts(&out, ": no allocation up to 32 bytes");
  else if (f->trade == TRADE_HOIST)
    buf_puts(&out, ": one allocation instead of one each turn");
  else if (f->bytes >= 0 && f->sites > 1)
    buf_printf(&out, ": saves %s%lld B in %u allocations %s", f->conditional ? "up to " : "", (long long)f->bytes,
               f->sites, each);
  else if (f->bytes >= 0)
    buf_printf(&out, ": saves %s%lld B %s", f->conditional ? "up to " : "", (long long)f->bytes, each);
  else
    buf_printf(&out, ": saves an allocation %s", each);
  f->title = arena_str(a, buf_view(&out));
  buf_release(&out);
}

// ---- Proposals

typedef struct Proposing {
  Arena *arena;
  const PackageResult *result;
  const AstFile *file;
  uint32_t kinds;
  FixList *out;
  const FixImports *imports;
  const AstDecl *open; // of shape
  bool usable;
  Shape shape;
} Proposing;

static bool same_edits(const Fix *a, const Fix *b) {
  if (a->kind != b->kind || a->edit_count != b->edit_count) return false;
  for (uint32_t i = 0; i < a->edit_count; i++)
    if (a->edits[i].start != b->edits[i].start || a->edits[i].end != b->edits[i].end) return false;
  return true;
}

static bool keeps_comments(const AstFile *file, const Fix *f) {
  for (uint32_t i = 0; i < f->edit_count; i++)
    if (has_comment(str_slice(file->text, f->edits[i].start, f->edits[i].end))) return false;
  return true;
}

static void add_fix(Proposing *x, Fix *fix, const Finding *f) {
  for (uint32_t i = x->out->items.len; i-- && x->out->items.items[i].source == fix->source;) {
    Fix *other = &x->out->items.items[i];
    if (!same_edits(other, fix)) continue;
    add_finding(other, f);
    return;
  }
  add_finding(fix, f);
  VEC_PUSH(x->arena, &x->out->items, *fix);
}

static bool open_shape(Proposing *x, const AstDecl *decl) {
  if (x->open == decl) return x->usable;
  x->open = decl;
  x->usable = false;
  uint32_t i = ast_file_decl_before(x->file, x->file->slot_starts[decl->slot]);
  if (i == UINT32_MAX || x->file->decls[i] != decl || decl->kind != DECL_FUNC) return false;
  if (!x->imports) x->imports = fix_imports(x->arena, x->result, x->file);
  x->usable = shape_open(&x->shape, x->arena, x->result, x->file, i);
  x->shape.imports = x->imports;
  return x->usable;
}

static void consider(Proposing *x, const FindingGroup *g, const Finding *f) {
  if (g->stale || g->broken || g->start == UINT32_MAX || !open_shape(x, g->decl)) return;
  FindingPlace at = finding_where(g, f);
  uint32_t start = at.start - x->shape.base, end = at.end - x->shape.base;
  const Ast *node = shape_expression(&x->shape, start, end);
  if (!node) return;
  for (uint32_t kind = 0; kind < FIX_KIND_COUNT; kind++) {
    if (!(x->kinds & 1u << kind)) continue;
    Fix fix = {.kind = (FixKind)kind,
               .source = x->file->source,
               .imports = x->imports,
               .start = at.start,
               .end = at.end,
               .line = at.line,
               .column = at.column,
               .subject = arena_str(x->arena, f->subject),
               .function = arena_str(x->arena, f->function),
               .loop_depth = 1};
    Proposal p = {.shape = &x->shape, .finding = f, .node = node, .fix = &fix, .others = x->out};
    if (!proposers[kind](&p)) continue;
    fix.edits = p.edits.items;
    fix.edit_count = p.edits.len;
    if (keeps_comments(x->file, &fix)) add_fix(x, &fix, f);
    return;
  }
}

void fix_propose(Arena *arena, const PackageResult *r, const AstFile *file, uint32_t from, uint32_t to, uint32_t kinds,
                 FixList *out) {
  Proposing x = {.arena = arena, .result = r, .file = file, .kinds = kinds, .out = out};
  const FindingFile *found =
    r->package && !r->recalled && !r->first_look ? finding_file_of(r->findings, file->source) : NULL;
  uint32_t first = out->items.len;
  for (uint32_t i = 0; found && i < found->group_count; i++) {
    const FindingGroup *g = &found->groups[i];
    if (g->start == UINT32_MAX || g->start > to || g->start + g->decl->text.n < from) continue;
    for (uint32_t k = 0; k < g->len; k++) {
      const Finding *f = &g->items[k];
      FindingPlace at = finding_where(g, f);
      if (allocates(f) && !finding_is_copy(f) && at.start <= to && at.end >= from) consider(&x, g, f);
    }
  }
  for (uint32_t i = first; i < out->items.len; i++) finish_title(arena, &out->items.items[i]);
}
