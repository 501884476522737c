// text.c: from one version of a file to the next.
//
// Declarations with the same text are the same object in both versions (syntax/parse.h). A new one is matched with the
// one of the same name that went. Two functions whose text is equal up to the body are an edit of that body. A new one
// that does not parse is frozen: the one it is matched with stands for it. So is a type declaration of which only
// comments changed. While a file has such an error, declarations
// may have been swallowed by it, so what is gone is kept too, where it was. Declarations that changed places make the
// package be built anew: results within cycles of functions depend on the order in which they are met.
#include "live/live_internal.h"
#include "syntax/syntax.h"

#include <stdlib.h>

// ---- Names

// What a declaration is matched by: the head of its text, read without the parser because it may be broken.
static Str key_of(const AstDecl *d, Arena *arena) {
  Str t = d->text;
  size_t at = 0;
  static const char *const heads[] = {"func", "type", "var", "const", "import"};
  const char *head = NULL;
  // Directives and comments come first.
  while (at < t.n && !head) {
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
      if (str_has_prefix(str_slice(t, at, t.n), str_of(heads[i]))) head = heads[i];
    if (head) break;
    while (at < t.n && t.p[at] != '\n') at++;
    if (at < t.n) at++;
  }
  if (!head) return STR_NONE;
  at += strlen(head);
  size_t end = at;
  while (end < t.n && t.p[end] != '\n' && t.p[end] != '{') end++;
  Str rest = str_slice(t, at, end);
  if (strcmp(head, "func") != 0) {
    while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t')) rest = str_slice(rest, 1, rest.n);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '[' && rest.p[n] != '=') n++;
    return arena_printf(arena, "%s %.*s", head, (int)n, rest.p);
  }
  Buf key = {0};
  bool method = false;
  for (size_t i = 0; i < rest.n; i++) {
    char c = rest.p[i];
    if (c == '(' && !method && key.len == 0)
      method = true; // the receiver
    else if (c == '(' && key.len) {
      break;
    } else if (c == ')' && method) {
      // the last word of the receiver is its type
      size_t from = key.len;
      while (from > 0 && key.text[from - 1] != ' ' && key.text[from - 1] != '*') from--;
      Str type = arena_str(arena, (Str){key.text ? key.text + from : "", key.len - from});
      buf_clear(&key);
      buf_str(&key, type);
      buf_byte(&key, '.');
    } else if (c == '[' && !method) {
      break;
    } else if (c != ' ' || method) {
      buf_byte(&key, c);
    }
  }
  Str out = arena_printf(arena, "func %.*s", (int)key.len, key.text ? key.text : "");
  buf_release(&key);
  return out;
}

static const Ast *func_of(const AstDecl *d) {
  const Ast *n = d->kind == DECL_FUNC && d->specs.len == 1 ? d->specs.items[0] : NULL;
  return n && n->kind == AST_FUNC_DECL && n->u.func_decl.body ? n : NULL;
}

bool live_same_header(const AstDecl *a, const AstDecl *b) {
  const Ast *x = func_of(a), *y = func_of(b);
  if (!x || !y || a->pragma != b->pragma || x->start != y->start) return false;
  uint32_t to = x->u.func_decl.body->start;
  return to == y->u.func_decl.body->start && to <= a->text.n && to <= b->text.n &&
         memcmp(a->text.p, b->text.p, to) == 0;
}

// ---- Merging

typedef struct Old {
  AstDecl *decl;
  Str key;
  bool taken;
} Old;

typedef struct Shown { // kept stands where the text has at
  AstDecl *kept;
  uint32_t start;
} Shown;

typedef struct Place { // a declaration of the new version, and its place in the old one; UINT32_MAX: it is new
  AstDecl *decl;
  uint32_t old;
} Place;

typedef struct Merger {
  LiveState *live;
  LiveFile *file;
  const AstFile *old, *now;
  LiveMerge *out;
  uint32_t index;
  Arena arena;
  Sym package_name; // before
  // So many at the beginnings and the ends of both versions are the same ones. What follows is about those in between.
  uint32_t head, tail;
  PtrMap in_old; // AstDecl -> its number in the old version, from 1
  VEC(Old) gone;
  StrMap gone_by_key;  // key -> number from 1 of the first in gone that may not be taken yet
  uint32_t *next_gone; // of the same key; numbers from 1
  VEC(Place) back;     // of gone: the text does not have them, and they are kept
  VEC(Place) decls;    // effective
  VEC(Shown) shown;
  PtrMap frozen; // the new map
  LiveDecls mended;
  bool broken;
  bool header_reads_well; // else the load graph goes by the last one that did
} Merger;

// The first of the key that is not taken.
static Old *find_gone(Merger *m, const AstDecl *d) {
  Str key = m->gone.len ? key_of(d, &m->arena) : STR_NONE;
  if (!key.n) return NULL;
  uint32_t first = (uint32_t)(uintptr_t)strmap_get(&m->gone_by_key, key), i = first;
  while (i && m->gone.items[i - 1].taken) i = m->next_gone[i - 1];
  if (i != first) strmap_set(&m->gone_by_key, key, (void *)(uintptr_t)i);
  return i ? &m->gone.items[i - 1] : NULL;
}

// Is the one, of the new version, the other, or does that stand for it?
static bool goes_on(const Merger *m, AstDecl *now, const AstDecl *old) {
  return now == old || (m->file->frozen.len && ptrmap_get(&m->file->frozen, now) == old);
}

static void find_ends(Merger *m) {
  const AstFile *old = m->old, *now = m->now;
  uint32_t most = old->decl_count < now->decl_count ? old->decl_count : now->decl_count, head = 0, tail = 0;
  while (head < most && goes_on(m, now->decls[head], old->decls[head])) head++;
  while (tail < most - head &&
         goes_on(m, now->decls[now->decl_count - 1 - tail], old->decls[old->decl_count - 1 - tail]))
    tail++;
  m->head = head;
  m->tail = tail;
}

static void find_what_went(Merger *m) {
  PtrMap in_new = {0};
  for (uint32_t i = m->head; i < m->now->decl_count - m->tail; i++) {
    AstDecl *d = m->now->decls[i];
    ptrmap_set(&in_new, d, d);
    AstDecl *kept = ptrmap_get(&m->file->frozen, d);
    if (kept) ptrmap_set(&in_new, kept, kept);
  }
  for (uint32_t i = m->head; i < m->old->decl_count - m->tail; i++) {
    AstDecl *d = m->old->decls[i];
    ptrmap_set(&m->in_old, d, (void *)(uintptr_t)(i + 1));
    if (!ptrmap_has(&in_new, d)) VEC_APPEND(&m->gone, (Old){d, key_of(d, &m->arena), false});
  }
  ptrmap_release(&in_new);
  m->next_gone = mem_new(sizeof *m->next_gone * (m->gone.len + 1));
  for (uint32_t i = m->gone.len; i-- > 0;) {
    Str key = m->gone.items[i].key;
    if (!key.n) continue;
    m->next_gone[i] = (uint32_t)(uintptr_t)strmap_get(&m->gone_by_key, key);
    strmap_set(&m->gone_by_key, key, (void *)(uintptr_t)(i + 1));
  }
}

static uint32_t number_in_old(const Merger *m, const AstDecl *d) {
  uintptr_t number = d ? (uintptr_t)ptrmap_get(&m->in_old, d) : 0;
  return number ? (uint32_t)number - 1 : UINT32_MAX;
}

static void add_decl(Merger *m, AstDecl *d, const AstDecl *was) {
  VEC_APPEND(&m->decls, (Place){d, number_in_old(m, was)});
}

static void freeze(Merger *m, AstDecl *kept, AstDecl *shown, uint32_t start) {
  VEC_APPEND(&m->shown, (Shown){kept, start});
  if (shown) ptrmap_set(&m->frozen, shown, kept);
  LiveDecl *l = ptrmap_get(&m->live->by_decl, kept);
  if (l) live_set_stale(m->live, l, true, l->outdated);
}

static void keep(Merger *m, AstDecl *kept, AstDecl *shown, uint32_t start) {
  add_decl(m, kept, kept);
  freeze(m, kept, shown, start);
}

static bool is_values(const AstDecl *d) { return d->kind == DECL_CONST || d->kind == DECL_VAR; }

// The text without comments, blanks where there was any space, newlines where there was one.
static void write_tokens(Buf *out, Str text) {
  for (TokenScan t = {.text = text}; token_scan_next(&t);) {
    if (t.space && out->len) buf_byte(out, t.line ? '\n' : ' ');
    buf_str(out, str_slice(text, t.start, t.end));
  }
}

// Do they differ in comments and layout only?
static bool same_tokens(const AstDecl *a, const AstDecl *b) {
  if (a->kind != b->kind || a->pragma != b->pragma) return false;
  Buf x = {0}, y = {0};
  write_tokens(&x, a->text);
  write_tokens(&y, b->text);
  bool same = str_equal(buf_view(&x), buf_view(&y));
  buf_release(&x);
  buf_release(&y);
  return same;
}

// For a declaration of the text another one has stood before, and does so still.
static void stay_frozen(Merger *m, AstDecl *kept, AstDecl *d) {
  freeze(m, kept, d, m->now->slot_starts[d->slot]);
  LiveDecl *l = ptrmap_get(&m->live->by_decl, kept);
  bool right = !d->has_error && !is_values(d) && d->kind != DECL_FUNC && same_tokens(kept, d);
  if (l && right) live_set_stale(m->live, l, false, l->outdated);
}

// One of those at the beginning or the end, which is old's i-th. What is in both texts is not frozen.
static void merge_same(Merger *m, AstDecl *d, uint32_t i) {
  AstDecl *old = m->old->decls[i];
  VEC_APPEND(&m->decls, (Place){old, i});
  if (old != d) stay_frozen(m, old, d);
}

static void merge_decl(Merger *m, AstDecl *d) {
  uint32_t start = m->now->slot_starts[d->slot];
  if (ptrmap_has(&m->in_old, d)) {
    add_decl(m, d, d);
    LiveDecl *l = ptrmap_get(&m->live->by_decl, d);
    if (l) live_set_stale(m->live, l, false, l->outdated);
    return;
  }
  AstDecl *kept = ptrmap_get(&m->file->frozen, d);
  if (kept) {
    add_decl(m, kept, kept);
    stay_frozen(m, kept, d);
    return;
  }
  Old *match = find_gone(m, d);
  if (match) match->taken = true;
  LiveDecl *of = match ? ptrmap_get(&m->live->by_decl, match->decl) : NULL;
  if (match && !(of && of->func) && match->decl->pragma == d->pragma && str_equal(match->decl->text, d->text)) {
    keep(m, match->decl, d, start); // mended: the same declaration again
    if (of) live_set_stale(m->live, of, false, of->outdated);
    if (of) VEC_APPEND(&m->mended, of);
    return;
  }
  if (d->has_error || d->kind == DECL_BAD) {
    m->broken = true;
    if (match) keep(m, match->decl, d, start);
    return; // a declaration that never was right is not there
  }
  if (match && d->kind == DECL_TYPE && same_tokens(match->decl, d)) {
    keep(m, match->decl, d, start);
    if (of) live_set_stale(m->live, of, false, of->outdated); // what is said of it is right, and moves with the text
    return;
  }
  add_decl(m, d, match ? match->decl : NULL);
  if (of && of->func && live_same_header(match->decl, d))
    VEC_APPEND(&m->out->edits, (LiveEdit){of, d, m->index});
  else if ((d->kind == DECL_FUNC && (!match || (of && of->func))) ||
           (is_values(d) && (!match || match->decl->kind == d->kind)))
    VEC_APPEND(&m->out->changes, (LiveEdit){of, d, m->index});
  else
    m->out->structural = true;
}

// What the text does not have goes after what it stood after. Both lists are in the old order.
static void put_back(Merger *m) {
  if (!m->back.len) return;
  uint32_t from = m->decls.len, to = from + m->back.len, left = m->back.len;
  for (uint32_t i = 0; i < m->back.len; i++) VEC_APPEND(&m->decls, m->back.items[i]); // room
  Place *items = m->decls.items;
  while (left) { // from the last on
    uint32_t known = from;
    while (known && items[known - 1].old == UINT32_MAX) known--;
    bool stands = !known || items[known - 1].old < m->back.items[left - 1].old;
    uint32_t stop = stands ? known : known - 1; // what is new stands behind what it came behind
    while (from > stop) items[--to] = items[--from];
    if (stands) items[--to] = m->back.items[--left];
  }
}

static bool keeps_order(const Merger *m) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < m->decls.len; i++) {
    if (m->decls.items[i].old == UINT32_MAX) continue;
    if (m->decls.items[i].old < last) return false;
    last = m->decls.items[i].old;
  }
  return true;
}

static AstFile *effective_new(Merger *m) {
  AstFile *e = mem_new(sizeof *e);
  *e = *m->now;
  if (!e->package_name || !m->header_reads_well) e->package_name = m->package_name;
  e->decl_count = m->decls.len;
  e->decls = mem_new(sizeof *e->decls * (m->decls.len + 1));
  for (uint32_t i = 0; i < m->decls.len; i++) e->decls[i] = m->decls.items[i].decl;
  ast_decls_retain(e->decls, e->decl_count);
  e->slot_starts = mem_new(sizeof *e->slot_starts * (m->now->slot_count + 1));
  memcpy(e->slot_starts, m->now->slot_starts, sizeof *e->slot_starts * m->now->slot_count);
  for (uint32_t i = 0; i < m->shown.len; i++)
    if (m->shown.items[i].kept->slot < e->slot_count)
      e->slot_starts[m->shown.items[i].kept->slot] = m->shown.items[i].start;
  return e;
}

static void effective_clear(AstFile *e) {
  ast_decls_release(e->decls, e->decl_count);
  free(e->decls);
  free(e->slot_starts);
}

static void effective_free(AstFile *e) {
  if (!e) return;
  effective_clear(e);
  free(e);
}

void live_file_release(LiveFile *f) {
  effective_free(f->effective);
  parsed_file_release(f->actual);
  parsed_file_release(f->placed);
  finding_file_release(f->shown);
  finding_file_release(f->last);
  parsed_file_release(f->then);
  ptrmap_release(&f->frozen);
}

static bool same_frame(const AstFile *a, const AstFile *b) {
  bool same = a->package_name == b->package_name && str_equal(a->build_constraint, b->build_constraint) &&
              a->go_minor == b->go_minor && a->imports_c == b->imports_c && a->linknames.len == b->linknames.len;
  for (uint32_t i = 0; same && i < a->linknames.len; i++)
    same = a->linknames.items[i].local == b->linknames.items[i].local &&
           str_equal(a->linknames.items[i].remote, b->linknames.items[i].remote);
  return same;
}

bool live_header_reads_well(const AstFile *file) {
  FileHeader h;
  file_header_scan(&h, file->text);
  bool well = !h.broken;
  file_header_release(&h);
  return well;
}

static void merge_all(Merger *m) {
  const AstFile *now = m->now;
  uint32_t behind = now->decl_count - m->tail, moved = m->old->decl_count - now->decl_count; // modulo 2^32
  for (uint32_t i = 0; i < m->head; i++) merge_same(m, now->decls[i], i);
  for (uint32_t i = m->head; i < behind; i++) merge_decl(m, now->decls[i]);
  for (uint32_t i = behind; i < now->decl_count; i++) merge_same(m, now->decls[i], i + moved);
  for (uint32_t i = 0; i < m->gone.len; i++) {
    AstDecl *went = m->gone.items[i].decl;
    if (m->gone.items[i].taken) continue;
    LiveDecl *of = ptrmap_get(&m->live->by_decl, went);
    bool import_went = went->kind == DECL_IMPORT && m->header_reads_well;
    if (m->broken && !import_went) {
      VEC_APPEND(&m->back, (Place){went, number_in_old(m, went)});
      freeze(m, went, NULL, UINT32_MAX);
    } else if (of && (of->func || is_values(of->decl))) {
      VEC_APPEND(&m->out->changes, (LiveEdit){of, NULL, m->index});
    } else {
      m->out->structural = true;
    }
  }
  put_back(m);
}

void live_merge_file(LiveState *live, uint32_t index, ParsedFile *now, LiveMerge *out) {
  LiveFile *file = &live->files[index];
  AstFile *old = file->effective ? file->effective : file->actual->ast;
  Merger m = {.live = live, .file = file, .old = old, .now = now->ast, .out = out, .index = index};
  m.package_name = old->package_name;
  m.header_reads_well = live_header_reads_well(now->ast);
  m.broken = now->ast->errors.len > now->ast->outside_errors;
  arena_init(&m.arena);
  find_ends(&m);
  find_what_went(&m);
  merge_all(&m);
  if (!keeps_order(&m)) out->structural = true;
  AstFile *effective = effective_new(&m);
  if (!same_frame(old, effective)) out->structural = true;
  if (file->effective) { // the checker knows it by address
    effective_clear(file->effective);
    *file->effective = *effective;
    free(effective);
    effective = file->effective;
  }
  file->effective = effective;
  ptrmap_release(&file->frozen);
  file->frozen = m.frozen;
  __atomic_add_fetch(&now->references, 1, __ATOMIC_RELAXED);
  live_move_fresh(live, index, file->actual->ast, now->ast);
  parsed_file_release(file->actual);
  file->actual = now;
  file->touched = true;
  for (uint32_t i = 0; i < m.mended.len; i++)
    if (!live_restore_group(live, m.mended.items[i], effective)) out->structural = true;
  free(m.mended.items);
  ptrmap_release(&m.in_old);
  strmap_release(&m.gone_by_key);
  free(m.next_gone);
  free(m.back.items);
  free(m.gone.items);
  free(m.decls.items);
  free(m.shown.items);
  arena_release(&m.arena);
}

void live_freeze(LiveState *live, uint32_t i, const AstDecl *shown, LiveDecl *kept) {
  LiveFile *f = &live->files[i];
  for (uint32_t k = 0; k < f->effective->decl_count; k++) {
    if (f->effective->decls[k] != shown) continue;
    AstDecl *d = (AstDecl *)(uintptr_t)kept->decl;
    ast_decl_retain(d);
    ast_decl_release(shown);
    f->effective->decls[k] = d;
    if (d->slot < f->effective->slot_count) f->effective->slot_starts[d->slot] = f->effective->slot_starts[shown->slot];
    ptrmap_set(&f->frozen, shown, d);
    live_set_stale(live, kept, true, kept->outdated);
    return;
  }
}

void live_thaw(LiveState *live, uint32_t i, const AstDecl *shown, const AstDecl *kept) {
  LiveFile *f = &live->files[i];
  for (uint32_t k = 0; k < f->effective->decl_count; k++) {
    if (f->effective->decls[k] != kept) continue;
    ast_decl_retain(shown);
    f->effective->decls[k] = (AstDecl *)(uintptr_t)shown;
    ast_decl_release(kept);
  }
  ptrmap_remove(&f->frozen, shown);
}
