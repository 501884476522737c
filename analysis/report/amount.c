// amount.c: how many bytes a site takes from the allocator, and which sites take none although gc says "escapes".
//
// The allocation pass (alloc/alloc.h) knows both for all code that is reached; what is below it answers for the rest,
// and for what stays on the stack: gc's type sizes, and what costs nothing by its kind
// (cmd/compile/internal/walk/convert.go).
#include "report/finding_internal.h"

enum { STACK_INTERFACE_LIMIT = 1024, CHAN_HEADER = 112 };

int64_t size_class_of(int64_t bytes, bool has_pointers) { return alloc_size_class(bytes, !has_pointers, 8); }

void write_bytes(Buf *out, int64_t n) {
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
  if (n < 1024) {
    buf_printf(out, "%lld B", (long long)n);
    return;
  }
  double value = (double)n / 1024;
  int unit = 0;
  while (value >= 1024 && unit < 3) value /= 1024, unit++;
  buf_printf(out, value == (double)(int64_t)value ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

void write_bytes_long(Buf *out, int64_t n) {
  if (n == 1)
    buf_puts(out, "1 byte");
  else if (n < 1024)
    buf_printf(out, "%lld bytes", (long long)n);
  else
    write_bytes(out, n);
}

static Amount sized(FindingMaker *m, Type *t) {
  if (!t) return (Amount){.bytes = -1};
  if (!type_is_sized(m->types, t)) return (Amount){.bytes = -1, .unsized = true};
  int64_t bytes = type_size(m->types, t);
  Amount a = {.bytes = bytes == INT64_MAX ? -1 : bytes, .has_pointers = type_has_pointers(m->types, t)};
  if (bytes == 0) a.free = true, a.free_why = "it has no bytes: all values of size zero share one address.";
  return a;
}

static Type *elem_of(Type *t) {
  Type *u = t ? type_underlying(t) : NULL;
  if (!u) return NULL;
  switch ((TypeKind)u->kind) {
  case TYPE_POINTER: return u->u.pointer.elem;
  case TYPE_SLICE: return u->u.slice.elem;
  case TYPE_ARRAY: return u->u.array.elem;
  case TYPE_CHAN: return u->u.chan.elem;
  case TYPE_BASIC:
  case TYPE_STRUCT:
  case TYPE_MAP:
  case TYPE_SIGNATURE:
  case TYPE_TUPLE:
  case TYPE_INTERFACE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return NULL;
  }
  return NULL;
}

static bool literal_count(const IrNode *n, int64_t *count) {
  return n && n->op == IR_LITERAL && const_int64_value(n->u.lit.value, count);
}

static Amount elements(FindingMaker *m, Type *elem, const IrNode *count_node, int64_t count) {
  Amount a = sized(m, elem);
  if (a.free) {
    a.free_why = "its elements have no bytes, so it needs no memory.";
    return a;
  }
  if (a.unsized) return a;
  if (count_node && !literal_count(count_node, &count)) {
    a.elem_bytes = a.bytes;
    a.bytes = -1;
    return a;
  }
  int64_t total;
  a.bytes = __builtin_mul_overflow(a.bytes, count, &total) ? -1 : total;
  if (a.bytes == 0) a.free = true, a.free_why = "it is empty: all values of size zero share one address.";
  return a;
}

static int64_t aligned(int64_t at, int64_t align) { return align > 1 ? (at + align - 1) / align * align : at; }

static Amount record(FindingMaker *m, const IrFunc *fn) {
  if (!fn->closure_vars.len)
    return (Amount){.free = true,
                    .free_why = "it captures nothing, so one read-only function value serves every call."};
  int64_t word = m->types->target.word, bytes = word;
  for (uint32_t i = 0; i < fn->closure_vars.len; i++) {
    const IrName *var = fn->closure_vars.items[i];
    int64_t size = var->byval ? type_size(m->types, var->type) : word;
    bytes = aligned(bytes, var->byval ? type_align(m->types, var->type) : word) + size;
  }
  return (Amount){.bytes = aligned(bytes, word), .has_pointers = true};
}

static bool is_static(const IrNode *n, int depth) {
  if (!n || depth > 50) return false;
  if (n->op == IR_LITERAL || n->op == IR_NIL) return true;
  if (n->op == IR_CONVNOP || n->op == IR_CONV) return is_static(n->u.conv.x, depth + 1);
  if (n->op == IR_STRUCTKEY) return is_static(n->u.struct_key.value, depth + 1);
  if (n->op == IR_KEY) return is_static(n->u.key.value, depth + 1);
  if (n->op != IR_STRUCTLIT && n->op != IR_ARRAYLIT) return false;
  for (uint32_t i = 0; i < n->u.complit.list.len; i++) {
    if (!is_static(n->u.complit.list.items[i], depth + 1)) return false;
  }
  return true;
}

bool amount_is_static(const IrNode *n) { return is_static(n, 0); }

static Amount boxed(FindingMaker *m, const IrNode *x) {
  Amount a = sized(m, x->type);
  if (a.free) return a;
  if (x->op == IR_LITERAL || x->op == IR_NIL) {
    a.free = true;
    a.free_why = "the constant is stored in an interface, but its bytes are read-only data of the program.";
  } else if (a.bytes == 1) {
    a.free = true;
    a.free_why = "a value of one byte is stored in an interface by pointing into a table of all 256.";
  } else if (a.bytes <= STACK_INTERFACE_LIMIT && amount_is_static(x)) {
    a.free = true;
    a.free_why = "the literal is made of constants only, so its bytes are read-only data of the program.";
  }
  return a;
}

static Amount of_node(FindingMaker *m, const IrNode *n) {
  Amount unknown = {.bytes = -1};
  switch (n->op) { // the sites that can be measured; all others hold what only the run decides
  case IR_NEW:
  case IR_PTRLIT: return sized(m, elem_of(n->type));
  case IR_SLICELIT: return elements(m, elem_of(n->type), NULL, n->u.complit.len);
  case IR_MAKESLICE: return elements(m, elem_of(n->type), n->u.make.cap ? n->u.make.cap : n->u.make.len, 0);
  case IR_MAKECHAN: {
    Amount a = elements(m, elem_of(n->type), n->u.make.len, 0);
    a.free = false;
    if (a.bytes >= 0) a.bytes += CHAN_HEADER;
    return a;
  }
  case IR_APPEND: {
    Amount a = sized(m, elem_of(n->type));
    a.elem_bytes = a.bytes > 0 ? a.bytes : 0;
    a.bytes = -1;
    return a;
  }
  case IR_CLOSURE: return record(m, n->u.closure.func);
  case IR_METHVALUE: {
    Amount a = sized(m, n->u.selector.x->type);
    if (a.bytes >= 0) a.bytes = aligned(m->types->target.word + a.bytes, m->types->target.word);
    a.free = false;
    a.has_pointers = true;
    return a;
  }
  case IR_CONVIFACE: return boxed(m, n->u.conv.x);
  case IR_STR2BYTES:
    if (n->u.conv.x->op == IR_LITERAL && const_kind(n->u.conv.x->u.lit.value) == CONST_STRING)
      return (Amount){.bytes = (int64_t)const_string_value(n->u.conv.x->u.lit.value).n};
    return unknown;
  case IR_STRUCTLIT:
  case IR_ARRAYLIT: return sized(m, n->type);
  default: return unknown; // strings, maps: what they hold decides
  }
}

// The pass's sentence, as the second half of another one.
static const char *why_free(FindingMaker *m, const AllocSite *site) {
  char *text = (char *)arena_printf(m->arena, "%s", alloc_why_not_text(site->why_not)).p;
  if (text[0] >= 'A' && text[0] <= 'Z') text[0] = (char)(text[0] - 'A' + 'a');
  return text;
}

Amount amount_of(FindingMaker *m, const IrMessage *message, const AllocSite *site) {
  Amount a = {.bytes = -1};
  if (message->node)
    a = of_node(m, message->node);
  else if (message->name)
    a = sized(m, message->name->type);
  if (!site) return a;
  if (a.unsized) {
    a.has_pointers = true;
    return a;
  }
  if (alloc_site_calls(site) && (site->bytes != 0 || site->more_bytes > 0)) {
    a.bytes = site->bytes;
    a.more_bytes = site->more_bytes;
    a.elem_bytes = site->elem_bytes;
    a.has_pointers = !site->no_pointers;
    a.free = false;
  } else if (!a.free && site->why_not != ALLOC_WHY_CALLS && site->why_not != ALLOC_WHY_STACK &&
             site->why_not != ALLOC_WHY_STACK_MAP) {
    a.free = true;
    a.free_why = why_free(m, site);
  }
  return a;
}
