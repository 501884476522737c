// finding_function.c: whether a declared function can be inlined, at what cost, and what stands in the way.
//
// gc gives a function 80 units, 2000 if a profile calls it hot (inline/cost.c); its reasons are put into plain words
// here, its own words are kept.
#include "report/finding_internal.h"
#include "syntax/syntax.h"

static Str plain_reason(FindingMaker *m, Str gc) {
  static const char *const table[][2] = {
    {"marked go:noinline", "it is marked `//go:noinline`"},
    {"marked go:norace with -race compilation", "it is marked `//go:norace` and the race detector is on"},
    {"marked go:nocheckptr", "it is marked `//go:nocheckptr` and pointer checks are on"},
    {"marked go:cgo_unsafe_args", "it is marked `//go:cgo_unsafe_args`"},
    {"marked as having a keep-alive uintptr argument", // which the latter implies
     "it is marked `//go:uintptrkeepalive` or `//go:uintptrescapes`"},
    {"marked go:yeswritebarrierrec", "it is marked `//go:yeswritebarrierrec`"},
    {"call to recover", "it calls `recover`"},
    {"unhandled op GO", "it starts a goroutine"},
    {"unhandled op DEFER", "it has a `defer`"},
    {"defer call in range func", "it has a `defer` in a loop over a function"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (str_equal(gc, str_of(table[i][0]))) return str_of(table[i][1]);
  }
  return arena_printf(m->arena, "%.*s", STR_ARG(gc));
}

// As gc prints it, without type arguments.
static Str gc_name(FindingMaker *m, const Finding *f, const IrFunc *fn) {
  if (fn->is_instantiation) return f->subject;
  Buf name = {0};
  ir_write_func_name(&name, m->unit, fn);
  Str text = arena_str(m->arena, buf_view(&name));
  buf_release(&name);
  return text;
}

static void fill_inlining(FindingMaker *m, Finding *f, const IrFunc *fn) {
  enum { BUDGET = 80, HOT_BUDGET = 2000, NOTABLE = 20 };
  const Profile *profile = fn->is_hot ? m->unit->options->profile : NULL;
  int budget = profile ? HOT_BUDGET : BUDGET;
  Str name = gc_name(m, f, fn);
  f->hint = STR("not inlinable");
  if (fn->inline_cost >= 0 && fn->inl) {
    f->hint = STR("inlinable");
    f->title = arena_printf(m->arena, "Inlinable: cost %d of %d%s%.*s.", (int)fn->inline_cost, budget,
                            profile ? ", as it is hot in " : "", STR_ARG(profile ? profile->name : STR_NONE));
    f->gc_words = arena_printf(m->arena, "can inline %.*s", STR_ARG(name));
  } else if (str_has_prefix(fn->no_inline_reason, STR("function too complex"))) {
    int cost = (int)fn->whole_cost;
    Buf title = {0};
    buf_printf(&title, "Not inlinable: cost %d of %d", cost, budget);
    if (fn->costliest.n && fn->call_cost >= NOTABLE && !finding_has_made_name(fn->costliest))
      buf_printf(&title, "; the call to `%.*s` alone costs %d", STR_ARG(fn->costliest), (int)fn->call_cost);
    buf_byte(&title, '.');
    f->title = arena_str(m->arena, buf_view(&title));
    buf_release(&title);
    f->gc_words = arena_printf(m->arena, "cannot inline %.*s: function too complex: cost %d exceeds budget %d",
                               STR_ARG(name), cost, budget);
  } else if (fn->no_inline_reason.n) {
    Str why = plain_reason(m, fn->no_inline_reason);
    f->title = arena_printf(m->arena, "Not inlinable: %.*s.", STR_ARG(why));
    f->gc_words = arena_printf(m->arena, "cannot inline %.*s: %.*s", STR_ARG(name), STR_ARG(fn->no_inline_reason));
  } else {
    f->title = STR("Not inlinable.");
  }
}

static void add_function(FindingMaker *m, const IrFunc *fn, PtrMap *seen) {
  if (!fn->object || !fn->has_body || fn->is_wrapper || fn->closure) return;
  const Object *o = fn->is_instantiation && fn->object->u.func.origin ? fn->object->u.func.origin : fn->object;
  if (!o->pos.decl || o->pkg != m->unit->pkg || ptrmap_has(seen, o)) return;
  const AstFile *file = package_file_of(m->unit->pkg, o->pos.decl);
  uint32_t at = file ? ast_file_offset(file, o->pos) : UINT32_MAX;
  if (at == UINT32_MAX) return;
  ptrmap_set(seen, o, (void *)(uintptr_t)o);
  Finding f = {
    .kind = FINDING_FUNCTION, .verdict = VERDICT_STACK, .bytes = -1, .size_class = -1, .least = -1, .loop_depth = 1};
  f.source = file->source;
  f.decl = o->pos.decl;
  f.start = at;
  f.end = at + (o->name ? o->name->len : 1);
  f.hint_at = f.end;
  LineCol lc = ast_file_line_col(file, at);
  f.line = lc.line;
  f.column = lc.column;
  f.subject = f.function = fn->is_instantiation ? shown_name(m, o) : finding_function_name(m, fn);
  f.symbol = symbol_of(m, o);
  fill_inlining(m, &f, fn);
  VEC_APPEND(&m->items, f);
}

void functions_add(FindingMaker *m) {
  PtrMap seen = {0};
  for (uint32_t i = 0; i < m->unit->funcs.len; i++)
    if (ir_is_shown(m->unit, m->unit->funcs.items[i])) add_function(m, m->unit->funcs.items[i], &seen);
  ptrmap_release(&seen);
}
