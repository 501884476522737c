// alloc.c: a unit's functions in turn, as gc compiles them: function literals that capture something belong to the
// function whose code makes them (and vanish with it); the others and all declared, instantiated and wrapping functions
// are compiled on their own. And the names and sentences for what is found.
#include "alloc/walk_internal.h"

#include <stdlib.h>

static const char *const FUNC_NAMES[] = {
  NULL,
#define ALLOC_FUNC(name, text) text,
#include "alloc/funcs.def"
#undef ALLOC_FUNC
};
const char *alloc_func_name(AllocFunc f) { return f < ALLOC_FUNC_COUNT ? FUNC_NAMES[f] : NULL; }

bool alloc_site_calls(const AllocSite *s) { return s->call != ALLOC_FUNC_NONE; }
bool alloc_site_allocates(const AllocSite *s) { return alloc_site_calls(s) && s->condition != ALLOC_NEVER; }

static bool captures(const IrFunc *fn) { return fn->outer && fn->closure_vars.len; }

static void visit(AllocPass *pass, IrFunc *fn) {
  if (!fn || ptrmap_has(&pass->visited, fn)) return;
  ptrmap_set(&pass->visited, fn, fn);
  alloc_walk_func(pass, fn);
}

static void visit_closures(AllocPass *pass) {
  while (pass->closures.len) visit(pass, pass->closures.items[--pass->closures.len]);
}

// A literal that initialises package variables was laid out statically: no code makes it.
static bool belongs_to_data(const IrFunc *fn) {
  while (fn->outer && !fn->outer->is_package_init) fn = fn->outer;
  return fn->outer != NULL;
}

static bool is_fips(Str path) {
  Str root = STR("crypto/internal/fips140");
  return str_has_prefix(path, root) && (path.n == root.n || path.p[root.n] == '/') &&
         !str_has_suffix(path, STR("_test"));
}

AllocSet *alloc_set_new(const IrUnit *unit) {
  AllocSet *set = mem_new(sizeof *set);
  arena_init(&set->arena);
  set->arena.paged = unit->arena.paged;
  set->unit = unit;
  AllocPass pass = {.set = set, .unit = unit, .types = unit->pkg->context, .fips = is_fips(unit->pkg->path)};
  constpool_init(&pass.constants, &set->arena);
  for (uint32_t i = 0; i < unit->funcs.len && !package_cancelled(unit->pkg); i++) {
    if (!unit->funcs.items[i]->outer && ir_is_shown(unit, unit->funcs.items[i])) visit(&pass, unit->funcs.items[i]);
    visit_closures(&pass);
  }
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (fn->outer && !captures(fn) && belongs_to_data(fn) && ir_is_shown(unit, fn)) visit(&pass, fn);
    visit_closures(&pass);
  }
  alloc_spread_cold(&pass);
  for (uint32_t i = 0; i < pass.oracles.len; i++) reassign_oracle_free(pass.oracles.entries[i].value);
  ptrmap_release(&pass.oracles);
  ptrmap_release(&pass.forms);
  ptrmap_release(&pass.visited);
  ptrmap_release(&pass.once);
  ptrmap_release(&pass.values);
  ptrmap_release(&pass.values_once);
  ptrmap_release(&pass.dispatched);
  ptrmap_release(&pass.fixed);
  free(pass.uses.items);
  constpool_release(&pass.constants);
  free(pass.closures.items);
  return set;
}

void alloc_set_free(AllocSet *set) {
  if (!set) return;
  arena_release(&set->arena);
  free(set);
}

static const char *unit_of(const AllocSite *s) { return s->call == ALLOC_STRINGTOSLICERUNE ? "runes" : "bytes"; }

void alloc_write_condition(Buf *out, const AllocSite *s) {
  long long limit = (long long)s->limit;
  switch (s->condition) {
  case ALLOC_ALWAYS: break;
  case ALLOC_IF_VALUE: buf_printf(out, "if value >= %lld", limit); break;
  case ALLOC_IF_NOT_EMPTY: buf_puts(out, "if not empty"); break;
  case ALLOC_IF_NOT_NIL: buf_puts(out, "if not nil"); break;
  case ALLOC_IF_LONGER: buf_printf(out, "if longer than %lld %s", limit, limit == 1 ? "byte" : unit_of(s)); break;
  case ALLOC_IF_SEVERAL: buf_puts(out, "if more than one operand is not empty"); break;
  case ALLOC_IF_GROWS: buf_puts(out, "if it grows"); break;
  case ALLOC_IF_GROWS_BEYOND: buf_printf(out, "if it grows beyond %lld element%s", limit, limit == 1 ? "" : "s"); break;
  case ALLOC_IF_LARGER: buf_printf(out, "if larger than %lld element%s", limit, limit == 1 ? "" : "s"); break;
  case ALLOC_IF_HINT: buf_printf(out, "if hint > %lld", limit); break;
  case ALLOC_IF_ON_STACK: buf_puts(out, "if its elements are on the stack"); break;
  case ALLOC_NEVER: buf_puts(out, "never: its buffer on the stack is large enough"); break;
  }
}

void alloc_write_bytes(Buf *out, const AllocSite *s) {
  if (s->bytes >= 0)
    buf_printf(out, "%lld", (long long)s->bytes);
  else if (s->elem_bytes > 1)
    buf_printf(out, "n*%lld", (long long)s->elem_bytes);
  else if (s->elem_bytes == 1)
    buf_puts(out, "n");
  else
    buf_puts(out, "?");
}

const char *alloc_why_not_text(AllocWhyNot why) {
  switch (why) {
  case ALLOC_WHY_CALLS: return "";
  case ALLOC_WHY_STACK: return "It lives in the stack frame of the function.";
  case ALLOC_WHY_STACK_MAP:
    return "The map's header and its first eight entries live in the stack frame; more entries need the heap.";
  case ALLOC_WHY_READ_ONLY: return "The value is constant: the interface points to read-only data in the binary.";
  case ALLOC_WHY_ZERO_VALUE: return "The value is all zero: the interface points to a shared block of zeros.";
  case ALLOC_WHY_ZERO_SIZE: return "The value has no bytes: all such values share one address.";
  case ALLOC_WHY_POINTER: return "The value is a pointer, which the interface holds itself.";
  case ALLOC_WHY_BYTE: return "The value is a single byte: the interface points into a static table of all 256.";
  case ALLOC_WHY_NO_CAPTURE: return "The function captures nothing: it exists once, in the binary.";
  case ALLOC_WHY_ZERO_COPY: return "Nobody writes to the bytes: the slice shares the string's memory.";
  case ALLOC_WHY_MAP_KEY: return "The string only looks up a map: it shares the bytes' memory for that long.";
  case ALLOC_WHY_COMPARED: return "The string is only compared: it shares the bytes' memory for that long.";
  case ALLOC_WHY_JOINED: return "The string is only joined with others: it shares the bytes' memory for that long.";
  case ALLOC_WHY_RANGED: return "The bytes are only ranged over: they share the string's memory.";
  case ALLOC_WHY_COUNTED: return "Only the length is asked for: nothing is converted.";
  case ALLOC_WHY_EXTENDED: return "append makes room for the elements itself: no slice is made first.";
  case ALLOC_WHY_ROOM: return "The slice is known to have room for what is appended.";
  case ALLOC_WHY_NOTHING: return "Nothing is appended.";
  case ALLOC_WHY_MERGED: return "It shares the allocation of the variable declared before it.";
  case ALLOC_WHY_PART: return "All parts of the expression are joined in one step: there is no string for this one.";
  case ALLOC_WHY_DIRECT: return "The function is called where it is written: what it captures is passed as arguments.";
  }
  return "";
}
