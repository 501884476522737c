// silent.c: findings for allocations that gc's messages do not speak of, from the allocation pass's sites.
//
// Escape analysis has nothing to decide about them (channels, strings joined by +=, slices moved to the heap where they
// become shared), or the compiler itself adds the construct after it was asked what to print: the record of a go or
// defer statement, the interface that a loop variable is put in (cmd/compile/internal/walk/range.go).
#include "report/finding_internal.h"
#include "syntax/syntax.h"

static Str source_line(FindingMaker *m, const Finding *f) {
  const AstFile *file = range_file(m, f->decl);
  Str text = file ? str_slice(file->text, f->start, f->end) : STR_NONE;
  ptrdiff_t end = str_index_byte(text, '\n');
  return arena_str(m->arena, str_slice(text, 0, end < 0 ? text.n : (size_t)end));
}

// Cause, reason and subject of a site without a message. False: none that a reader would know in the source.
static bool silent_words(FindingMaker *m, Finding *f, const AllocSite *site) {
  f->subject = source_line(m, f);
  switch (site->kind) {
  case ALLOC_KIND_MAKE_CHAN: {
    Buf subject = {0};
    ir_write_node(&subject, m->unit, site->node);
    f->subject = without_made(m, arena_str(m->arena, buf_view(&subject)));
    buf_release(&subject);
    f->cause = CAUSE_CHANNEL;
    f->why =
      STR("A channel is shared between goroutines, so it may be used after its function returns: it is always on "
          "the heap.");
    return true;
  }
  case ALLOC_KIND_CONCAT:
    f->cause = CAUSE_CONCAT;
    f->why =
      STR("Strings do not grow in place: each time the parts are joined into a new string, as long as all of them.");
    f->advice = STR("to join many parts, append them to one `[]byte` or `strings.Builder`.");
    return true;
  case ALLOC_KIND_INTERFACE:
    f->cause = CAUSE_INTERFACE;
    f->why = STR("The loop variable is an interface: each value is copied to the heap to be put in it.");
    f->advice = STR("let the loop declare its variables: `for _, x := range …` gives them their own type.");
    return true;
  case ALLOC_KIND_CLOSURE:
  case ALLOC_KIND_METHOD_VALUE:
    if (range_go_defer(m, (Pos){site->pos.decl, site->pos.offset}, &(bool){false}) == TOKEN_DEFER) {
      f->cause = CAUSE_DEFER_LOOP;
      f->why =
        STR("The deferred call and its arguments are kept until the function returns, one record for each time.");
    } else {
      f->cause = CAUSE_GOROUTINE;
      f->why = STR("The new goroutine needs the function and its arguments after this statement is over: they are "
                   "stored in a record on the heap.");
    }
    return true;
  case ALLOC_KIND_MOVE_SLICE:
    f->cause = CAUSE_APPEND;
    f->subject = finding_has_made_name(sym_str(site->name->sym)) ? STR("the result") : sym_str(site->name->sym);
    f->why = arena_printf(m->arena,
                          "`%s` may still be in the buffer on the stack in which it grows while it is small; here it "
                          "leaves the function, so its elements are copied to the heap.",
                          site->name->sym->text);
    return true;
  case ALLOC_KIND_VARIABLE:
  case ALLOC_KIND_PARAMETER:
  case ALLOC_KIND_NEW:
  case ALLOC_KIND_POINTER:
  case ALLOC_KIND_SLICE:
  case ALLOC_KIND_MAP:
  case ALLOC_KIND_MAKE_SLICE:
  case ALLOC_KIND_APPEND:
  case ALLOC_KIND_CONVERSION:
  case ALLOC_KIND_CALL: return false;
  }
  return false;
}

void silent_add(FindingMaker *m, const AllocSite *site) {
  IrMessage msg = {.kind = MESSAGE_ESCAPES,
                   .pos = site->pos,
                   .func = (IrFunc *)site->func,
                   .node = (IrNode *)site->node,
                   .text = STR("")};
  Finding f = {.kind = FINDING_SITE, .bytes = -1, .size_class = -1, .least = -1, .loop_depth = 1};
  if (!finding_place(m, &f, &msg, site->pos)) return;
  const AstFile *file = range_file(m, f.decl);
  const Ast *n = range_statement(m, (Pos){site->pos.decl, site->pos.offset});
  if (!f.inlined_from.n && file && n && site->kind != ALLOC_KIND_MAKE_CHAN) {
    uint32_t base = file->slot_starts[f.decl->slot];
    uint32_t end = n->kind == AST_RANGE_STMT && n->u.range.body ? n->u.range.body->start : n->end;
    f.start = base + n->start;
    f.end = base + end;
    f.hint_at = finding_hint_place(file, base + site->pos.offset, f.end);
    f.mark_length = 0;
    finding_mark(&f, n, base);
    m->placed = n;
  }
  if (!silent_words(m, &f, site)) return;
  f.expression = site->kind == ALLOC_KIND_MOVE_SLICE ? f.subject : finding_expression(m, &f, m->placed);
  f.function = finding_function_name(m, site->func);
  Str why = f.why, advice = f.advice;
  Cause cause = f.cause;
  finding_fill(m, &f, &msg, site);
  f.cause = cause, f.why = why;
  bool once = site->kind == ALLOC_KIND_CONCAT && f.loop_depth <= 1; // one expression is joined in one step
  f.advice = f.cold || once ? STR_NONE : advice;
  finding_add(m, &f, &msg);
}
