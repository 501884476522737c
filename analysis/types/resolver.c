// resolver.c: collects the objects that the files of a package declare, without looking at any type.
//
// Every package-level constant, variable, type and function gets an Object in the package scope and a DeclInfo; imports
// go to file scopes; methods are put aside under the base type their receiver names, found syntactically through
// aliases. Rules: Go spec, "Declarations and scope", "Import declarations"; types2 resolver.go.
#include <stdlib.h>

#include "base/unicode.h"
#include "types/checker_internal.h"
#include "types/demand_internal.h"

typedef struct MethodInfo {
  Object *func;
  bool pointer;
  const Ast *base; // NAME
  DeclTypes *types;
} MethodInfo;

typedef struct Collector {
  Checker *c;
  const AstFile *file;
  Scope *scope; // of the file
  AstDecl *decl;
  VEC(MethodInfo) methods;
  PtrMap seen_imports; // Package -> itself, in Package.imports already
  StrMap *by_path;     // import path -> Package
} Collector;

// -- package-level declarations --

static DeclInfo *new_decl_info(Collector *k) {
  DeclInfo *d = ARENA_NEW(&k->c->pkg->arena, DeclInfo);
  d->file_scope = k->scope;
  d->file = k->file;
  d->decl = k->decl;
  d->types = k->c->env.types;
  return d;
}

static void add_object(Collector *k, Object *obj, DeclInfo *d) {
  Checker *c = k->c;
  ptrmap_set(&c->object_decls, obj, d);
  VEC_APPEND(&c->object_list, obj);
  obj->order = c->object_list.len;
}

static void declare_package_object(Collector *k, const Ast *name, Object *obj, DeclInfo *d) {
  Checker *c = k->c;
  if (sym_is(obj->name, "init")) {
    check_error(c, name, "cannot declare init - must be func");
    return;
  }
  if (sym_is(obj->name, "main") && sym_is(c->pkg->name, "main")) {
    check_error(c, name, "cannot declare main - must be func");
    return;
  }
  check_declare(c, c->pkg->scope, name, obj, 0);
  add_object(k, obj, d);
}

Sym check_name_of(const Ast *n) { return n && n->kind == AST_NAME ? n->u.name.name : NULL; }

const Ast *check_const_source(const Ast *spec) {
  bool repeats = !spec->u.const_decl.type && spec->u.const_decl.values.len == 0 && spec->u.const_decl.inherited_from;
  return repeats ? spec->u.const_decl.inherited_from : spec;
}

void check_arity(Checker *c, const Ast *spec, const AstList *names, const AstList *values, bool is_const,
                 bool inherited) {
  uint32_t l = names->len, r = values->len;
  if (l < r) {
    if (inherited)
      check_error(c, spec, "extra init expr");
    else
      check_error(c, values->items[l], "extra init expr %s", check_expr_text(c, values->items[l]));
  } else if (l > r && (is_const || r != 1)) {
    const Ast *n = names->items[r];
    check_error(c, n, "missing init expr for %s", check_expr_text(c, n));
  }
}

static void collect_const(Collector *k, const Ast *s) {
  Checker *c = k->c;
  const Ast *from = check_const_source(s);
  bool inherited = from != s;
  const AstList *names = &s->u.const_decl.names, *values = &from->u.const_decl.values;
  for (uint32_t i = 0; i < names->len; i++) {
    const Ast *name = names->items[i];
    if (!check_name_of(name)) continue;
    Object *obj = object_new(c->pkg, OBJ_CONST, check_name_of(name), NULL, check_pos(c, name));
    DeclInfo *d = new_decl_info(k);
    d->type = from->u.const_decl.type;
    d->init = i < values->len ? values->items[i] : NULL;
    d->inherited = inherited;
    d->iota = s->u.const_decl.iota;
    declare_package_object(k, name, obj, d);
  }
  check_arity(c, s, names, values, true, inherited);
}

static void collect_var(Collector *k, const Ast *s) {
  Checker *c = k->c;
  const AstList *names = &s->u.var_decl.names, *values = &s->u.var_decl.values;
  Object **lhs = ARENA_ARRAY(&c->pkg->arena, Object *, names->len + 1);
  uint32_t count = 0;
  DeclInfo *shared = NULL;
  if (values->len <= 1) {
    shared = new_decl_info(k);
    shared->lhs = lhs;
    shared->type = s->u.var_decl.type;
    shared->init = values->len ? values->items[0] : NULL;
  }
  for (uint32_t i = 0; i < names->len; i++) {
    const Ast *name = names->items[i];
    if (!check_name_of(name)) continue;
    Object *obj = object_new_var(c->pkg, VAR_PACKAGE, check_name_of(name), NULL, check_pos(c, name));
    lhs[count++] = obj;
    DeclInfo *d = shared;
    if (!d) {
      d = new_decl_info(k);
      d->type = s->u.var_decl.type;
      d->init = i < values->len ? values->items[i] : NULL;
    }
    declare_package_object(k, name, obj, d);
  }
  if (shared) shared->lhs_len = count;
  if (!s->u.var_decl.type || values->len) check_arity(c, s, names, values, false, false);
}

static void collect_type(Collector *k, const Ast *s) {
  Checker *c = k->c;
  const Ast *name = s->u.type_decl.name;
  if (!check_name_of(name)) return;
  Object *obj = object_new(c->pkg, OBJ_TYPENAME, check_name_of(name), NULL, check_pos(c, name));
  obj->u.type_name.is_alias = s->u.type_decl.is_alias;
  obj->u.type_name.decl = s;
  DeclInfo *d = new_decl_info(k);
  d->type_decl = s;
  declare_package_object(k, name, obj, d);
  VEC_PUSH(&c->pkg->arena, &c->pkg->type_names, obj);
}

// The base type's name in a receiver type: T of T, *T, (T), T[P], *T[P].
static const Ast *receiver_base(const Ast *type, bool *pointer) {
  const Ast *base = ast_unparen(type);
  *pointer = false;
  if (base && base->kind == AST_STAR) {
    *pointer = true;
    base = ast_unparen(base->u.star.x);
  }
  if (base && base->kind == AST_INDEX) base = base->u.index.x;
  return base;
}

static void collect_func(Collector *k, const Ast *s) {
  Checker *c = k->c;
  const Ast *name = s->u.func_decl.name;
  if (!check_name_of(name)) return;
  Sym sym = check_name_of(name);
  Object *obj = object_new(c->pkg, OBJ_FUNC, sym, NULL, check_pos(c, name));
  obj->u.func.decl = s;
  obj->u.func.origin = obj;
  obj->u.func.pragma = k->decl->pragma;
  const Ast *type = s->u.func_decl.type;
  if (!s->u.func_decl.recv) {
    bool is_init = sym_is(sym, "init");
    if (is_init || (sym_is(sym, "main") && sym_is(c->pkg->name, "main"))) {
      if (s->u.func_decl.tparams.len)
        check_soft_error(c, s->u.func_decl.tparams.items[0], "func %s must have no type parameters", sym->text);
      if (type && type->kind == AST_FUNC_TYPE && (type->u.func_type.params.len || type->u.func_type.results.len))
        check_soft_error(c, name, "func %s must have no arguments and no return values", sym->text);
    } else if (s->u.func_decl.tparams.len)
      check_version(c, s->u.func_decl.tparams.items[0], 18, "type parameter");
    if (is_init) {
      obj->parent = c->pkg->scope;
      record_def(c, name, obj);
      if (!s->u.func_decl.body) check_soft_error(c, name, "func init must have a body");
    } else {
      check_declare(c, c->pkg->scope, name, obj, 0);
    }
  } else {
    if (s->u.func_decl.tparams.len && c->context->go_minor && c->context->go_minor < 27)
      check_error_at(c, (Pos){k->decl, name->end}, "syntax error: method must have no type parameters");
    else if (s->u.func_decl.tparams.len)
      check_version(c, s->u.func_decl.tparams.items[0], 27, "generic method");
    bool pointer;
    const Ast *base = receiver_base(s->u.func_decl.recv->u.field.type, &pointer);
    if (base && base->kind == AST_NAME && !sym_is_blank(sym))
      VEC_APPEND(&k->methods, (MethodInfo){obj, pointer, base, c->env.types});
    record_def(c, name, obj);
  }
  DeclInfo *d = new_decl_info(k);
  d->func_decl = s;
  add_object(k, obj, d);
  VEC_PUSH(&c->pkg->arena, &c->pkg->funcs, obj);
}

// -- imports --

static Package *make_fake(Checker *c, Str path) {
  Package *p = mem_new(sizeof *p);
  arena_init(&p->arena);
  arena_init(&p->lazy);
  constpool_init(&p->constants, &p->arena);
  p->context = c->context;
  p->path = arena_str(&p->arena, path);
  ptrdiff_t slash = str_last_byte(path, '/');
  p->name = intern(c->context->interner, str_slice(path, (size_t)(slash + 1), path.n));
  p->scope = scope_new(p, c->context->universe);
  p->fake = p->complete = true;
  VEC_APPEND(&c->fakes, p);
  return p;
}

static Package *import_package(Collector *k, const Ast *at, Str path) {
  Checker *c = k->c;
  Package *p = strmap_get(k->by_path, path);
  if (p) return p;
  if (str_equal(path, STR("unsafe"))) {
    p = c->context->unsafe_package;
  } else if (str_equal(path, STR("C"))) {
    p = make_fake(c, path);
  } else {
    p = c->input.import ? c->input.import(c->input.import_context, path) : NULL;
    if (!p || !p->name || sym_is_blank(p->name)) {
      check_error(c, at, "could not import %.*s", STR_ARG(path));
      p = make_fake(c, path);
    }
  }
  strmap_set(k->by_path, arena_str(&c->pkg->arena, path), p);
  return p;
}

static bool valid_import_path(Str path) {
  if (path.n == 0) return false;
  for (size_t i = 0; i < path.n;) {
    int width;
    uint32_t r = utf8_decode(str_slice(path, i, path.n), &width);
    if (r == RUNE_ERROR || r <= ' ' || r == 0x7f || (r < 0x80 && strchr("!\"#$%&'()*,:;<=>?[\\]^{|}`", (int)r)))
      return false;
    i += (size_t)width;
  }
  return true;
}

static void dot_import(Collector *k, const Ast *at, Object *pkgname) {
  Checker *c = k->c;
  const Scope *from = pkgname->u.pkgname.imported->scope;
  VEC_APPEND(&c->dot_imports, (DotImport){k->scope, pkgname});
  if (!from) return;
  if (from->on_demand) demand_declare_exported(from->pkg);
  for (uint32_t i = 0; i < from->objects.len; i++) {
    Object *obj = from->objects.items[i];
    if (!obj->name || !obj->name->exported) continue;
    if (scope_lookup(k->scope, obj->name))
      check_error(c, at, "%s redeclared in this block", obj->name->text);
    else
      scope_insert(k->scope, obj);
  }
}

static void collect_import(Collector *k, const Ast *s) {
  Checker *c = k->c;
  Buf path = {0};
  if (!str_unquote(&path, s->u.import.path_text) || !valid_import_path(buf_view(&path))) {
    check_error(c, s, "invalid import path");
    buf_release(&path);
    return;
  }
  Package *p = import_package(k, s, buf_view(&path));
  bool is_c = str_equal(buf_view(&path), STR("C"));
  buf_release(&path);
  Sym name = p->name;
  const Ast *local = s->u.import.name;
  if (local && check_name_of(local)) {
    name = check_name_of(local);
    if (is_c) {
      check_error(c, local, "cannot rename import \"C\"");
      return;
    }
  }
  if (sym_is(name, "init")) {
    check_error(c, s, "cannot import package as init - init must be a func");
    return;
  }
  if (!ptrmap_has(&k->seen_imports, p)) {
    ptrmap_set(&k->seen_imports, p, p);
    VEC_PUSH(&c->pkg->arena, &c->pkg->imports, p);
  }
  Object *obj = object_new(c->pkg, OBJ_PKGNAME, name, type_invalid(c->context), check_pos(c, s));
  obj->u.pkgname.imported = p;
  obj->used = p->fake;
  if (local) record_def(c, local, obj);
  record_implicit(c, s, obj);
  VEC_APPEND(&c->import_names, obj);
  if (sym_is(name, "."))
    dot_import(k, local ? local : s, obj);
  else
    check_declare(c, k->scope, NULL, obj, 0);
}

void check_unused_imports(Checker *c) {
  for (uint32_t i = 0; i < c->import_names.len; i++) {
    Object *obj = c->import_names.items[i];
    if (obj->used || sym_is_blank(obj->name)) continue;
    Str path = obj->u.pkgname.imported->path;
    Str last = str_slice(path, (size_t)(str_last_byte(path, '/') + 1), path.n);
    c->env = (CheckEnv){0};
    Buf b = {0};
    if (sym_is(obj->name, ".") || str_equal(sym_str(obj->name), last))
      buf_printf(&b, "\"%.*s\" imported and not used", STR_ARG(path));
    else
      buf_printf(&b, "\"%.*s\" imported as %s and not used", STR_ARG(path), obj->name ? obj->name->text : "");
    Str message = arena_str(&c->pkg->arena, buf_view(&b));
    VEC_PUSH(&c->pkg->arena, &c->pkg->errors, (TypeError){obj->pos, message, true});
    buf_release(&b);
  }
}

// -- methods --

// Follows aliases by name alone, since no type is known yet, to the defined type that a receiver's base name means.
static Object *resolve_base(Checker *c, const Ast *name, bool *pointer) {
  for (int steps = 0; name && steps < 100; steps++) {
    Object *obj = scope_lookup(c->pkg->scope, name->u.name.name);
    if (!obj || obj->kind != OBJ_TYPENAME) return NULL;
    DeclInfo *d = ptrmap_get(&c->object_decls, obj);
    if (!d || !d->type_decl) return NULL;
    if (!d->type_decl->u.type_decl.is_alias) return obj;
    if (d->type_decl->u.type_decl.tparams.len) return NULL;
    const Ast *type = ast_unparen(d->type_decl->u.type_decl.type);
    if (type && type->kind == AST_STAR) {
      if (*pointer) return NULL;
      *pointer = true;
      type = ast_unparen(type->u.star.x);
    }
    name = type && type->kind == AST_NAME ? type : NULL;
  }
  return NULL;
}

static void associate_methods(Collector *k) {
  Checker *c = k->c;
  for (uint32_t i = 0; i < k->methods.len; i++) {
    MethodInfo *m = &k->methods.items[i];
    bool pointer = m->pointer;
    Object *base = resolve_base(c, m->base, &pointer);
    if (!base) continue;
    m->func->u.func.has_pointer_recv = pointer;
    MethodList *list = ptrmap_get(&c->methods, base);
    if (!list) {
      list = ARENA_NEW(&c->pkg->arena, MethodList);
      ptrmap_set(&c->methods, base, list);
    }
    VEC_PUSH(&c->pkg->arena, list, m->func);
  }
}

static void check_import_conflicts(Checker *c) {
  Package *p = c->pkg;
  for (uint32_t i = 0; i < p->file_count; i++) {
    const Scope *s = p->file_scopes[i];
    for (uint32_t k = 0; s && k < s->objects.len; k++) {
      Object *obj = s->objects.items[k];
      Object *other = obj->name ? scope_lookup(p->scope, obj->name) : NULL;
      if (!other) continue;
      if (obj->kind == OBJ_PKGNAME)
        check_error_at(c, other->pos, "%s already declared through import of package", obj->name->text);
      else
        check_error_at(c, other->pos, "%s already declared through dot-import of package", obj->name->text);
    }
  }
}

static void mark_linknames(Checker *c, const AstFile *f) {
  for (uint32_t i = 0; i < f->linknames.len; i++) {
    Object *obj = scope_lookup(c->pkg->scope, f->linknames.items[i].local);
    if (obj && obj->kind == OBJ_FUNC) obj->u.func.pragma |= PRAGMA_LINKNAME;
  }
}

static void collect_spec(Collector *k, const Ast *s) {
  switch (s->kind) {
  case AST_IMPORT_DECL: collect_import(k, s); break;
  case AST_CONST_DECL: collect_const(k, s); break;
  case AST_VAR_DECL: collect_var(k, s); break;
  case AST_TYPE_DECL: collect_type(k, s); break;
  case AST_FUNC_DECL: collect_func(k, s); break;
  default: break; // what did not parse
  }
}

uint32_t check_file_version(const Checker *c, const AstFile *f) {
  if (!f || f->go_minor == 0) return c->pkg->go_minor;
  return f->go_minor > 21 ? f->go_minor : 21;
}

void check_collect_objects(Checker *c) {
  Package *p = c->pkg;
  StrMap by_path = {0};
  Collector k = {.c = c, .by_path = &by_path};
  for (uint32_t i = 0; i < p->file_count; i++) {
    k.file = p->files[i];
    k.scope = p->file_scopes[i] = scope_new(p, p->scope);
    for (uint32_t n = 0; n < k.file->decl_count; n++) {
      k.decl = k.file->decls[n];
      c->env = (CheckEnv){
        .types = ptrmap_get(&p->decl_types, k.decl), .scope = k.scope, .go_minor = check_file_version(c, k.file)};
      for (uint32_t m = 0; m < k.decl->specs.len; m++)
        if (k.decl->specs.items[m]) collect_spec(&k, k.decl->specs.items[m]);
    }
  }
  c->env = (CheckEnv){0};
  check_import_conflicts(c);
  associate_methods(&k);
  for (uint32_t i = 0; i < p->file_count; i++) mark_linknames(c, p->files[i]);
  free(k.methods.items);
  ptrmap_release(&k.seen_imports);
  strmap_release(&by_path);
}

// -- packages on demand --

void check_collect_imports(Checker *c, const AstFile *file, Scope *scope, AstDecl *decl, StrMap *by_path) {
  Package *p = c->pkg;
  Collector k = {.c = c, .file = file, .scope = scope, .decl = decl, .by_path = by_path};
  for (uint32_t i = 0; i < p->imports.len; i++) ptrmap_set(&k.seen_imports, p->imports.items[i], p);
  CheckEnv saved = c->env;
  c->env = (CheckEnv){.scope = scope, .go_minor = check_file_version(c, file)};
  for (uint32_t i = 0; i < decl->specs.len; i++)
    if (decl->specs.items[i] && decl->specs.items[i]->kind == AST_IMPORT_DECL) collect_import(&k, decl->specs.items[i]);
  c->env = saved;
  ptrmap_release(&k.seen_imports);
}

void check_collect_decl(Checker *c, const AstFile *file, Scope *scope, AstDecl *decl, DeclTypes *types) {
  Collector k = {.c = c, .file = file, .scope = scope, .decl = decl};
  CheckEnv saved = c->env;
  c->env = (CheckEnv){.types = types, .scope = scope, .go_minor = check_file_version(c, file)};
  for (uint32_t i = 0; i < decl->specs.len; i++) {
    const Ast *spec = decl->specs.items[i];
    if (spec && spec->kind != AST_IMPORT_DECL && spec->kind != AST_FUNC_DECL) collect_spec(&k, spec);
  }
  c->env = saved;
}

void check_add_object(Checker *c, Object *obj, const AstFile *file, Scope *scope, AstDecl *decl, DeclTypes *types) {
  Collector k = {.c = c, .file = file, .scope = scope, .decl = decl};
  CheckEnv saved = c->env;
  c->env.types = types;
  add_object(&k, obj, new_decl_info(&k));
  c->env = saved;
}

void check_collect_values(Checker *c, const AstFile *file, Scope *file_scope, AstDecl *decl) {
  Collector k = {.c = c, .file = file, .scope = file_scope, .decl = decl};
  c->env = (CheckEnv){
    .types = ptrmap_get(&c->pkg->decl_types, decl), .scope = file_scope, .go_minor = check_file_version(c, file)};
  for (uint32_t i = 0; i < decl->specs.len; i++)
    if (decl->specs.items[i]) collect_spec(&k, decl->specs.items[i]);
  c->env = (CheckEnv){0};
  free(k.methods.items);
}

// -- type-checks everything collected --

// Declarations such as `type A B; type B A`: found by name before any type exists, so that nothing runs in circles.
static void direct_cycle(Checker *c, Object *start, PtrMap *done) {
  VEC(Object *) path = {0};
  PtrMap index = {0};
  for (Object *t = start; t && !ptrmap_has(done, t);) {
    if (ptrmap_has(&index, t)) {
      uint32_t from = (uint32_t)(uintptr_t)ptrmap_get(&index, t) - 1;
      t->type = type_invalid(c->context);
      Object **cycle = path.items + from;
      check_cycle_error(c, cycle, path.len - from, check_first_in_source(cycle, path.len - from));
      break;
    }
    VEC_APPEND(&path, t);
    ptrmap_set(&index, t, (void *)(uintptr_t)path.len);
    DeclInfo *d = ptrmap_get(&c->object_decls, t);
    const Ast *rhs = d && d->type_decl ? d->type_decl->u.type_decl.type : NULL;
    if (!rhs || rhs->kind != AST_NAME) break;
    Object *next = scope_lookup(c->pkg->scope, rhs->u.name.name);
    t = next && next->kind == OBJ_TYPENAME ? next : NULL;
  }
  for (uint32_t i = 0; i < path.len; i++) ptrmap_set(done, path.items[i], path.items[i]);
  free(path.items);
  ptrmap_release(&index);
}

static void check_direct_cycles(Checker *c) {
  PtrMap done = {0};
  for (uint32_t i = 0; i < c->pkg->type_names.len; i++) {
    Object *t = c->pkg->type_names.items[i];
    DeclInfo *d = ptrmap_get(&c->object_decls, t);
    const Ast *rhs = d && d->type_decl ? d->type_decl->u.type_decl.type : NULL;
    if (rhs && rhs->kind == AST_NAME) direct_cycle(c, t, &done);
  }
  ptrmap_release(&done);
}

void check_package_objects(Checker *c) {
  check_direct_cycles(c);
  enum { DEFINED_TYPES, ALIASES, OTHERS, PASSES };
  for (int pass = 0; pass < PASSES; pass++) {
    for (uint32_t i = 0; i < c->object_list.len; i++) {
      Object *obj = c->object_list.items[i];
      int of = obj->kind != OBJ_TYPENAME ? OTHERS : obj->u.type_name.is_alias ? ALIASES : DEFINED_TYPES;
      if (of == pass) check_object_decl(c, obj);
    }
  }
}
