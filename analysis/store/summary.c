// summary.c: writing and reading of package summaries.
//
// A sealed block. Tables that are searched by name are open-addressing hash tables of fixed records, so that a summary
// needs no preparation before it is used, wherever its bytes are.
#include "store/summary.h"

#include <stdlib.h>

#include "types/check.h"

enum { MAGIC = 0x53505048, FORMAT = 4 };

// The header's words after the common ones.
enum {
  H_SHOWS = SEALED_HEADER,
  H_NAME = H_SHOWS + 4, // text: offset and length
  H_FILES = H_NAME + 2, // tables: first word and number of records
  H_DECLS = H_FILES + 2,
  H_NAMES = H_DECLS + 2,
  H_TYPES = H_NAMES + 2,
  H_METHODS = H_TYPES + 2,
  H_EXPORTED = H_METHODS + 2,
  H_FUNCS = H_EXPORTED + 2,
  H_TAGS = H_FUNCS + 2,
  H_BODIES = H_TAGS + 2,
  H_LOCALS = H_BODIES + 2,
  H_TEXTS = H_LOCALS + 2, // bytes: offset and length
  H_COUNT = H_TEXTS + 2,
};
// Records. Those of hash tables begin with hash, text offset, text length (0: an empty place).
enum { FILE_FIRST, FILE_DECLS, FILE_GO, FILE_DIGEST, FILE_WORDS = FILE_DIGEST + 4 };
enum { DECL_START, DECL_END, DECL_BODY, DECL_PRAGMA, DECL_KIND, DECL_WORDS };
enum { REC_HASH, REC_TEXT, REC_LENGTH, REC_OWN };
enum { NAME_FILE = REC_OWN, NAME_DECL, NAME_OFFSET, NAME_PRAGMA, NAME_KIND, NAME_WORDS };
enum { TYPE_FIRST = REC_OWN, TYPE_COUNT, TYPE_WORDS };
enum { FUNC_PRAGMA = REC_OWN, FUNC_COST, FUNC_FLAGS, FUNC_TAGS, FUNC_TAG_COUNT, FUNC_WORDS };
enum { BODY_WORDS = REC_OWN };
enum { LOCAL_FILE, LOCAL_DECL, LOCAL_OFFSET, LOCAL_INDEX, LOCAL_WORDS };
enum { EXPORTED_TEXT, EXPORTED_LENGTH, EXPORTED_WORDS };
enum { TAG_WORDS = TAG_LEN / 4 };
enum { KIND_MASK = 0xff, KIND_POINTER = 0x100 };
enum { FUNC_HAS_BODY = 1, FUNC_BROKEN = 2, FUNC_CAN_INLINE = 4, FUNC_DELAYS = 8, FUNC_UNASKED = 16 };

// ---- writing

typedef struct Writer {
  const Package *pkg;
  const IrUnit *unit;
  Words files, decls, names, types, methods, exported, funcs, tags, bodies, locals;
  Buf texts;
  Digester shows;
  PtrMap places; // AstDecl -> its number over all files, plus 1
} Writer;

static void put_text(Words *w, Writer *t, Str s) {
  words_put(w, (uint32_t)str_hash(s));
  words_put(w, (uint32_t)t->texts.len);
  words_put(w, (uint32_t)s.n);
  buf_str(&t->texts, s);
}

static bool place_of(const Writer *w, const AstDecl *decl, uint32_t *file, uint32_t *slot) {
  uint32_t n = (uint32_t)(uintptr_t)ptrmap_get(&w->places, decl);
  if (!n--) return false;
  for (*file = 0; n >= w->pkg->files[*file]->decl_count; ++*file) n -= w->pkg->files[*file]->decl_count;
  *slot = n;
  return true;
}

static void write_files(Writer *w, const Digest *digests) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < w->pkg->file_count; i++) {
    const AstFile *f = w->pkg->files[i];
    words_put(&w->files, number);
    words_put(&w->files, f->decl_count);
    words_put(&w->files, f->go_minor);
    const uint32_t *d = (const uint32_t *)&digests[i];
    for (int k = 0; k < 4; k++) words_put(&w->files, d[k]);
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const AstDecl *decl = f->decls[k];
      ptrmap_set(&w->places, decl, (void *)(uintptr_t)++number);
      uint32_t start = f->slot_starts[decl->slot];
      const Ast *spec = decl->kind == DECL_FUNC && decl->specs.len ? decl->specs.items[0] : NULL;
      const Ast *body = spec && spec->kind == AST_FUNC_DECL ? spec->u.func_decl.body : NULL;
      words_put(&w->decls, start);
      words_put(&w->decls, start + (uint32_t)decl->text.n);
      words_put(&w->decls, body ? body->start : 0);
      words_put(&w->decls, decl->pragma);
      words_put(&w->decls, decl->kind);
    }
  }
}

static bool put_name(Writer *w, Words *to, const Object *o) {
  uint32_t file, slot;
  if (!o->name || !place_of(w, o->pos.decl, &file, &slot)) return false;
  put_text(to, w, sym_str(o->name));
  words_put(to, file);
  words_put(to, slot);
  words_put(to, o->pos.offset);
  words_put(to, o->kind == OBJ_FUNC ? o->u.func.pragma : 0);
  words_put(to, o->kind | (o->kind == OBJ_FUNC && o->u.func.has_pointer_recv ? KIND_POINTER : 0u));
  return true;
}

static void write_names(Writer *w) {
  const Scope *scope = w->pkg->scope;
  for (uint32_t i = 0; i < scope->objects.len; i++) {
    const Object *o = scope->objects.items[i];
    if (!put_name(w, &w->names, o)) continue;
    if (o->name->exported) {
      words_put(&w->exported, w->names.v.items[w->names.v.len - NAME_WORDS + REC_TEXT]);
      words_put(&w->exported, o->name->len);
    }
    if (o->kind != OBJ_TYPENAME || !o->type || o->type->kind != TYPE_NAMED || o->type->u.named.obj != o) continue;
    const Type *t = o->type;
    uint32_t first = w->methods.v.len / NAME_WORDS, count = 0;
    for (uint32_t k = 0; k < t->u.named.methods.len; k++)
      count += put_name(w, &w->methods, t->u.named.methods.items[k]);
    if (!count) continue;
    put_text(&w->types, w, sym_str(o->name));
    words_put(&w->types, first);
    words_put(&w->types, count);
  }
}

// Nothing is said of a function that importers can't call, whether it was compiled (ir/deferred.c) or not.
static bool is_unasked(const Writer *w, const IrFunc *fn) { return w->unit->asked_known && !fn->asked; }

static void write_funcs(Writer *w) {
  const PtrMap *map = &w->unit->func_of_object;
  for (uint32_t i = 0; i < map->len; i++) {
    const IrFunc *fn = map->entries[i].value;
    if (!map->entries[i].key || !fn) continue;
    put_text(&w->funcs, w, sym_str(fn->name->sym));
    bool unasked = is_unasked(w, fn);
    words_put(&w->funcs, unasked && fn->object ? fn->object->u.func.pragma : fn->pragma); // escape analysis adds to it
    words_put(&w->funcs, unasked ? UINT32_MAX : (uint32_t)fn->inline_cost);
    const IrInline *inl = unasked ? NULL : fn->inl;
    words_put(&w->funcs, (fn->has_body ? FUNC_HAS_BODY : 0u) | (fn->is_broken ? FUNC_BROKEN : 0u) |
                           (inl ? FUNC_CAN_INLINE : 0u) | (inl && inl->can_delay_results ? FUNC_DELAYS : 0u) |
                           (unasked ? FUNC_UNASKED : 0u));
    words_put(&w->funcs, w->tags.v.len / TAG_WORDS);
    uint32_t count = fn->tags && !unasked ? fn->params.len : 0;
    words_put(&w->funcs, count);
    for (uint32_t k = 0; k < count; k++) {
      uint32_t words[TAG_WORDS];
      memcpy(words, fn->tags[k].leaks, sizeof words);
      for (int n = 0; n < TAG_WORDS; n++) words_put(&w->tags, words[n]);
    }
  }
}

enum { WITH_BODY, WITHOUT_BODY };

static Str body_key(Buf *key, Str path, int with, Str printed) {
  buf_clear(key);
  buf_str(key, path);
  buf_byte(key, (char)with);
  buf_str(key, printed);
  return buf_view(key);
}

static void put_exported(Writer *w, const PtrMap *funcs, int with) {
  Buf key = {0};
  for (uint32_t i = 0; i < funcs->len; i++) {
    const IrFunc *fn = funcs->entries[i].key;
    if (fn) put_text(&w->bodies, w, body_key(&key, fn->name->pkg->path, with, sym_str(fn->name->sym)));
  }
  buf_release(&key);
}

static void write_bodies(Writer *w) {
  put_exported(w, &w->unit->exported_bodies, WITH_BODY);
  put_exported(w, &w->unit->exported_funcs, WITHOUT_BODY);
}

static void put_local(Writer *w, const Type *t) {
  uint32_t file, slot;
  if (!place_of(w, t->u.named.obj->pos.decl, &file, &slot)) return;
  words_put(&w->locals, file);
  words_put(&w->locals, slot);
  words_put(&w->locals, t->u.named.obj->pos.offset);
  words_put(&w->locals, t->u.named.local_index);
}

static void write_locals(Writer *w) {
  uint32_t count;
  Type *const *types = package_local_types(w->pkg, &count);
  for (uint32_t i = 0; i < count; i++) put_local(w, types[i]);
  free((void *)(uintptr_t)types);
}

// Importers read the text of everything but the bodies of functions that they never look into.
static bool body_shows(const Writer *w, const AstDecl *decl) {
  const Ast *spec = decl->specs.len ? decl->specs.items[0] : NULL;
  if (decl->kind != DECL_FUNC || !spec || spec->kind != AST_FUNC_DECL || !spec->u.func_decl.body) return true;
  const DeclTypes *types = package_decl_types(w->pkg, decl);
  const Ast *name = spec->u.func_decl.name;
  Object *o = types && name ? node_info(types, name)->ref.object : NULL;
  const IrFunc *fn = o ? ptrmap_get(&w->unit->func_of_object, o) : NULL;
  return !fn || (fn->inl && !is_unasked(w, fn));
}

static void digest_words(Digester *d, const Words *w) {
  digester_add(d, (Str){(const char *)w->v.items, w->v.len * sizeof(uint32_t)});
}

static Digest what_it_shows(Writer *w, Digest imports) {
  Digester d = {0};
  digester_digest(&d, imports);
  digester_add(&d, w->pkg->path);
  digester_add(&d, sym_str(w->pkg->name));
  digester_number(&d, w->pkg->go_minor);
  for (uint32_t i = 0; i < w->pkg->file_count; i++) {
    const AstFile *f = w->pkg->files[i];
    digester_number(&d, f->go_minor);
    digester_number(&d, f->decl_count);
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const AstDecl *decl = f->decls[k];
      bool whole = body_shows(w, decl);
      digester_number(&d, decl->pragma);
      digester_add(&d, whole ? decl->text : str_slice(decl->text, 0, decl->specs.items[0]->u.func_decl.body->start));
    }
  }
  // The texts of functions' names are in declarations; the rest of the tables follows from them.
  for (uint32_t i = 0; i < w->funcs.v.len; i += FUNC_WORDS) {
    digester_number(&d, w->funcs.v.items[i]);
    digester_add(&d, (Str){(const char *)(w->funcs.v.items + i + REC_OWN), (FUNC_WORDS - REC_OWN) * sizeof(uint32_t)});
  }
  digest_words(&d, &w->tags);
  for (uint32_t i = 0; i < w->bodies.v.len; i += BODY_WORDS) digester_number(&d, w->bodies.v.items[i]);
  for (uint32_t i = 0; i < w->locals.v.len; i += LOCAL_WORDS) digester_number(&d, w->locals.v.items[i + LOCAL_INDEX]);
  return digester_end(&d);
}

// The records as an open-addressing table, at most half full.
static void make_table(Words *w, uint32_t width) {
  uint32_t count = w->v.len / width, size = 4;
  while (size < count * 2) size *= 2;
  uint32_t *table = mem_new((size_t)size * width * sizeof *table);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t *record = w->v.items + (size_t)i * width;
    uint32_t at = record[REC_HASH] & (size - 1);
    while (table[(size_t)at * width + REC_LENGTH]) at = (at + 1) & (size - 1);
    memcpy(table + (size_t)at * width, record, width * sizeof *table);
  }
  free(w->v.items);
  w->v.items = table;
  w->v.len = w->v.cap = size * width;
}

void summary_write(Buf *out, const Package *pkg, const IrUnit *unit, Digest key, Digest imports,
                   const Digest *digests) {
  Writer w = {.pkg = pkg, .unit = unit};
  write_files(&w, digests);
  write_names(&w);
  if (unit) write_funcs(&w), write_bodies(&w);
  write_locals(&w);
  uint32_t header[H_COUNT] = {0};
  Digest shows = unit ? what_it_shows(&w, imports) : (Digest){0};
  memcpy(header + H_SHOWS, &shows, sizeof shows);
  header[H_NAME] = (uint32_t)w.texts.len;
  header[H_NAME + 1] = pkg->name ? pkg->name->len : 0;
  buf_str(&w.texts, sym_str(pkg->name));
  make_table(&w.names, NAME_WORDS);
  make_table(&w.types, TYPE_WORDS);
  make_table(&w.funcs, FUNC_WORDS);
  make_table(&w.bodies, BODY_WORDS);
  Sealing to = sealing_begin(out, MAGIC, FORMAT, key, header, H_COUNT);
  sealing_table(&to, H_FILES, &w.files, FILE_WORDS);
  sealing_table(&to, H_DECLS, &w.decls, DECL_WORDS);
  sealing_table(&to, H_NAMES, &w.names, NAME_WORDS);
  sealing_table(&to, H_TYPES, &w.types, TYPE_WORDS);
  sealing_table(&to, H_METHODS, &w.methods, NAME_WORDS);
  sealing_table(&to, H_EXPORTED, &w.exported, EXPORTED_WORDS);
  sealing_table(&to, H_FUNCS, &w.funcs, FUNC_WORDS);
  sealing_table(&to, H_TAGS, &w.tags, TAG_WORDS);
  sealing_table(&to, H_BODIES, &w.bodies, BODY_WORDS);
  sealing_table(&to, H_LOCALS, &w.locals, LOCAL_WORDS);
  sealing_end(&to, H_TEXTS, &w.texts);
  ptrmap_release(&w.places);
}

// ---- opening

struct Summary {
  const uint32_t *words;
  size_t size;         // bytes
  uint32_t references; // atomic
};

typedef struct Table {
  const uint32_t *records;
  uint32_t count, width;
} Table;

static Table table(const Summary *s, uint32_t header, uint32_t width) {
  return (Table){s->words + s->words[header], s->words[header + 1], width};
}

static bool table_fits(const Summary *s, uint32_t header, uint32_t width) {
  return sealed_table_fits(s->words, header, width, H_COUNT, H_TEXTS);
}

static bool text_fits(const Summary *s, uint32_t offset, uint32_t len) {
  return (uint64_t)offset + len <= s->words[H_TEXTS + 1];
}

// Texts inside, a power of two in size, and an empty place for searches to end at.
static bool hash_table_fits(const Summary *s, uint32_t header, uint32_t width) {
  if (!table_fits(s, header, width)) return false;
  Table t = table(s, header, width);
  bool empty = false;
  if (!t.count || (t.count & (t.count - 1))) return false;
  for (uint32_t i = 0; i < t.count; i++) {
    const uint32_t *r = t.records + (size_t)i * width;
    if (!text_fits(s, r[REC_TEXT], r[REC_LENGTH])) return false;
    empty |= r[REC_LENGTH] == 0;
  }
  return empty;
}

static bool names_fit(const Summary *s, uint32_t header) {
  Table t = table(s, header, NAME_WORDS);
  uint32_t files = s->words[H_FILES + 1];
  for (uint32_t i = 0; i < t.count; i++) {
    const uint32_t *r = t.records + (size_t)i * NAME_WORDS;
    if (r[REC_LENGTH] == 0) continue;
    if (r[NAME_FILE] >= files || r[NAME_DECL] >= summary_decl_count(s, r[NAME_FILE])) return false;
    if ((r[NAME_KIND] & KIND_MASK) > OBJ_FUNC) return false;
  }
  return true;
}

static bool files_fit(const Summary *s) {
  Table files = table(s, H_FILES, FILE_WORDS);
  uint64_t next = 0;
  for (uint32_t i = 0; i < files.count; i++) {
    const uint32_t *r = files.records + (size_t)i * FILE_WORDS;
    if (r[FILE_FIRST] != next) return false;
    next += r[FILE_DECLS];
  }
  return next == s->words[H_DECLS + 1];
}

static bool is_sound(const Summary *s, Digest key) {
  const uint32_t *w = s->words;
  if (!sealed_sound(w, s->size, MAGIC, FORMAT, key, H_COUNT) || !sealed_texts_fit(w, H_TEXTS)) return false;
  if (!table_fits(s, H_FILES, FILE_WORDS) || !table_fits(s, H_DECLS, DECL_WORDS) ||
      !table_fits(s, H_METHODS, NAME_WORDS) || !table_fits(s, H_EXPORTED, EXPORTED_WORDS) ||
      !table_fits(s, H_TAGS, TAG_WORDS) || !table_fits(s, H_LOCALS, LOCAL_WORDS) ||
      !hash_table_fits(s, H_NAMES, NAME_WORDS) || !hash_table_fits(s, H_TYPES, TYPE_WORDS) ||
      !hash_table_fits(s, H_FUNCS, FUNC_WORDS) || !hash_table_fits(s, H_BODIES, BODY_WORDS) || !files_fit(s) ||
      !names_fit(s, H_NAMES) || !names_fit(s, H_METHODS) || !text_fits(s, w[H_NAME], w[H_NAME + 1]))
    return false;
  Table methods = table(s, H_METHODS, NAME_WORDS), types = table(s, H_TYPES, TYPE_WORDS);
  for (uint32_t i = 0; i < methods.count; i++) {
    const uint32_t *r = methods.records + (size_t)i * NAME_WORDS;
    if (!r[REC_LENGTH] || !text_fits(s, r[REC_TEXT], r[REC_LENGTH])) return false;
  }
  for (uint32_t i = 0; i < types.count; i++) {
    const uint32_t *r = types.records + (size_t)i * TYPE_WORDS;
    if (r[REC_LENGTH] && (uint64_t)r[TYPE_FIRST] + r[TYPE_COUNT] > methods.count) return false;
  }
  Table funcs = table(s, H_FUNCS, FUNC_WORDS), exported = table(s, H_EXPORTED, EXPORTED_WORDS);
  for (uint32_t i = 0; i < funcs.count; i++) {
    const uint32_t *r = funcs.records + (size_t)i * FUNC_WORDS;
    if (r[REC_LENGTH] && (uint64_t)r[FUNC_TAGS] + r[FUNC_TAG_COUNT] > w[H_TAGS + 1]) return false;
  }
  for (uint32_t i = 0; i < exported.count; i++) {
    const uint32_t *r = exported.records + (size_t)i * EXPORTED_WORDS;
    if (!r[EXPORTED_LENGTH] || !text_fits(s, r[EXPORTED_TEXT], r[EXPORTED_LENGTH])) return false;
  }
  return true;
}

Summary *summary_open(void *bytes, size_t len, Digest key) {
  Summary s = {.words = bytes, .size = len, .references = 1};
  if (!is_sound(&s, key)) {
    free(bytes);
    return NULL;
  }
  Summary *copy = mem_new(sizeof *copy);
  *copy = s;
  return copy;
}

Summary *summary_retain(Summary *s) {
  if (s) __atomic_add_fetch(&s->references, 1, __ATOMIC_RELAXED);
  return s;
}

void summary_release(Summary *s) {
  if (!s || __atomic_sub_fetch(&s->references, 1, __ATOMIC_ACQ_REL)) return;
  free((void *)(uintptr_t)s->words);
  free(s);
}

// ---- reading

Digest summary_key(const Summary *s) { return sealed_digest(s->words + SEALED_KEY); }
Digest summary_shows(const Summary *s) { return sealed_digest(s->words + H_SHOWS); }
size_t summary_size(const Summary *s) { return s->size; }

static Str text_at(const Summary *s, uint32_t offset, uint32_t len) {
  return (Str){(const char *)s->words + s->words[H_TEXTS] + offset, len};
}

static const uint32_t *find(const Summary *s, uint32_t header, uint32_t width, uint32_t hash, Str text) {
  Table t = table(s, header, width);
  for (uint32_t at = hash & (t.count - 1);; at = (at + 1) & (t.count - 1)) {
    const uint32_t *r = t.records + (size_t)at * width;
    if (!r[REC_LENGTH]) return NULL;
    if (r[REC_HASH] == hash && str_equal(text_at(s, r[REC_TEXT], r[REC_LENGTH]), text)) return r;
  }
}

static DemandName name_at(const uint32_t *r) {
  return (DemandName){.file = r[NAME_FILE],
                      .decl = r[NAME_DECL],
                      .offset = r[NAME_OFFSET],
                      .pragma = r[NAME_PRAGMA],
                      .kind = (uint8_t)(r[NAME_KIND] & KIND_MASK),
                      .pointer = (r[NAME_KIND] & KIND_POINTER) != 0};
}

static const uint32_t *file_at(const Summary *s, uint32_t file) {
  return s->words + s->words[H_FILES] + (size_t)file * FILE_WORDS;
}

Str summary_package_name(const Summary *s) { return text_at(s, s->words[H_NAME], s->words[H_NAME + 1]); }
uint32_t summary_file_count(const Summary *s) { return s->words[H_FILES + 1]; }
Digest summary_text_digest(const Summary *s, uint32_t file) { return sealed_digest(file_at(s, file) + FILE_DIGEST); }
uint32_t summary_file_go_minor(const Summary *s, uint32_t file) { return file_at(s, file)[FILE_GO]; }
uint32_t summary_decl_count(const Summary *s, uint32_t file) { return file_at(s, file)[FILE_DECLS]; }

DeclPlace summary_decl(const Summary *s, uint32_t file, uint32_t decl) {
  const uint32_t *r = s->words + s->words[H_DECLS] + ((size_t)file_at(s, file)[FILE_FIRST] + decl) * DECL_WORDS;
  return (DeclPlace){.start = r[DECL_START],
                     .end = r[DECL_END],
                     .body = r[DECL_BODY],
                     .pragma = r[DECL_PRAGMA],
                     .kind = (uint8_t)(r[DECL_KIND] <= DECL_BAD ? r[DECL_KIND] : DECL_BAD)};
}

bool summary_find_name(const Summary *s, Sym name, DemandName *out) {
  const uint32_t *r = find(s, H_NAMES, NAME_WORDS, (uint32_t)name->hash, sym_str(name));
  if (r) *out = name_at(r);
  return r != NULL;
}

Str summary_method(const Summary *s, Sym type, uint32_t i, DemandName *out) {
  const uint32_t *t = find(s, H_TYPES, TYPE_WORDS, (uint32_t)type->hash, sym_str(type));
  if (!t || i >= t[TYPE_COUNT]) return STR_NONE;
  const uint32_t *r = s->words + s->words[H_METHODS] + ((size_t)t[TYPE_FIRST] + i) * NAME_WORDS;
  *out = name_at(r);
  return text_at(s, r[REC_TEXT], r[REC_LENGTH]);
}

Str summary_exported(const Summary *s, uint32_t i) {
  if (i >= s->words[H_EXPORTED + 1]) return STR_NONE;
  const uint32_t *r = s->words + s->words[H_EXPORTED] + (size_t)i * EXPORTED_WORDS;
  return text_at(s, r[EXPORTED_TEXT], r[EXPORTED_LENGTH]);
}

uint32_t summary_local_type(const Summary *s, uint32_t file, uint32_t decl, uint32_t offset) {
  const uint32_t *r = s->words + s->words[H_LOCALS];
  for (uint32_t i = 0; i < s->words[H_LOCALS + 1]; i++, r += LOCAL_WORDS)
    if (r[LOCAL_FILE] == file && r[LOCAL_DECL] == decl && r[LOCAL_OFFSET] == offset) return r[LOCAL_INDEX];
  return 0;
}

bool summary_find_function(const Summary *s, Sym printed, IrFacts *out) {
  const uint32_t *r = find(s, H_FUNCS, FUNC_WORDS, (uint32_t)printed->hash, sym_str(printed));
  if (!r) return false;
  uint32_t flags = r[FUNC_FLAGS];
  *out = (IrFacts){
    .pragma = r[FUNC_PRAGMA],
    .inline_cost = (int32_t)r[FUNC_COST],
    .has_body = (flags & FUNC_HAS_BODY) != 0,
    .is_broken = (flags & FUNC_BROKEN) != 0,
    .can_inline = (flags & FUNC_CAN_INLINE) != 0,
    .can_delay_results = (flags & FUNC_DELAYS) != 0,
    .unasked = (flags & FUNC_UNASKED) != 0,
    .tags = (const uint8_t *)(s->words + s->words[H_TAGS] + (size_t)r[FUNC_TAGS] * TAG_WORDS),
    .tag_count = r[FUNC_TAG_COUNT],
  };
  if (!out->tag_count) out->tags = NULL;
  return true;
}

bool summary_exports(const Summary *s, Str path, Str printed, bool body) {
  Buf key = {0};
  Str text = body_key(&key, path, body ? WITH_BODY : WITHOUT_BODY, printed);
  bool found = find(s, H_BODIES, BODY_WORDS, (uint32_t)str_hash(text), text) != NULL;
  buf_release(&key);
  return found;
}
