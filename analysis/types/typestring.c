// typestring.c: types and objects as text, in the three spellings that are needed: go/types' (for the oracle), gc's in
// messages, and gc's link names, which appear inside the brackets of instances even in messages.
//
// gc's rules are those of cmd/compile/internal/types/fmt.go: `verb` S leaves out the word func (methods of interfaces);
// link form qualifies by full path and collapses the predeclared aliases; once an unexported method of an interface has
// been written, the rest of that interface is in link form.
#include "types/type_internal.h"

typedef struct Writer {
  Buf *buf;
  const Package *local;
  const Type *path[512]; // under way, to stop at cycles
  unsigned depth;
} Writer;

static void put(Writer *w, const char *z) { buf_puts(w->buf, z); }
static void put_sym(Writer *w, Sym s) { buf_str(w->buf, sym_str(s)); }

// False when t is under way already, or too deep.
static bool enter(Writer *w, const Type *t) {
  if (w->depth == sizeof w->path / sizeof *w->path) return false;
  for (unsigned i = 0; i < w->depth; i++)
    if (w->path[i] == t && t->kind != TYPE_BASIC) return false;
  w->path[w->depth++] = t;
  return true;
}
static void leave(Writer *w) { w->depth--; }

// -- go/types --

static void gotypes(Writer *w, const Type *t);

static void gotypes_qualify(Writer *w, const Package *pkg) {
  if (!pkg || pkg == w->local) return;
  buf_str(w->buf, pkg->path);
  if (pkg->path.n) put(w, ".");
}

static void gotypes_list(Writer *w, TypeList list) {
  put(w, "[");
  for (uint32_t i = 0; i < list.len; i++) {
    if (i) put(w, ", ");
    gotypes(w, list.items[i]);
  }
  put(w, "]");
}

// Parameters in a row share the constraint's text, unless it is no interface: go/types wraps each of those by itself.
static void gotypes_tparams(Writer *w, TypeList list) {
  put(w, "[");
  const Type *previous = NULL;
  for (uint32_t i = 0; i < list.len; i++) {
    const Type *bound = list.items[i]->u.tparam.bound;
    if (i) {
      if (bound != previous || !type_is_interface(bound)) {
        put(w, " ");
        gotypes(w, previous);
      }
      put(w, ", ");
    }
    previous = bound;
    gotypes(w, list.items[i]);
  }
  if (previous) {
    put(w, " ");
    gotypes(w, previous);
  }
  put(w, "]");
}

static void gotypes_tuple(Writer *w, const Type *tuple, bool variadic) {
  put(w, "(");
  uint32_t n = tuple_len(tuple);
  for (uint32_t i = 0; i < n; i++) {
    const Object *v = tuple_at(tuple, i);
    if (i) put(w, ", ");
    if (v->name) {
      put_sym(w, v->name);
      put(w, " ");
    }
    if (variadic && i == n - 1 && v->type && v->type->kind == TYPE_SLICE) {
      put(w, "...");
      gotypes(w, v->type->u.slice.elem);
    } else {
      gotypes(w, v->type);
      if (variadic && i == n - 1) put(w, "...");
    }
  }
  put(w, ")");
}

static void gotypes_signature(Writer *w, const Type *t) {
  if (t->u.signature.tparams.len) gotypes_tparams(w, t->u.signature.tparams);
  gotypes_tuple(w, t->u.signature.params, t->u.signature.variadic);
  const Type *results = t->u.signature.results;
  uint32_t n = tuple_len(results);
  if (!n) return;
  put(w, " ");
  if (n == 1 && !tuple_at(results, 0)->name)
    gotypes(w, tuple_at(results, 0)->type);
  else
    gotypes_tuple(w, results, false);
}

static void gotypes_interface(Writer *w, const Type *t) {
  if (t->u.interface.predeclared == INTERFACE_ANY) {
    put(w, "any");
    return;
  }
  if (t->u.interface.predeclared == INTERFACE_COMPARABLE) {
    put(w, "interface{comparable}");
    return;
  }
  if (t->u.interface.implicit) {
    if (!t->u.interface.methods.len && t->u.interface.embeddeds.len == 1) {
      gotypes(w, t->u.interface.embeddeds.items[0]);
      return;
    }
    put(w, "/* implicit */ ");
  }
  put(w, "interface{");
  bool first = true;
  for (uint32_t i = 0; i < t->u.interface.methods.len; i++, first = false) {
    const Object *m = t->u.interface.methods.items[i];
    if (!first) put(w, "; ");
    put_sym(w, m->name);
    if (m->type && m->type->kind == TYPE_SIGNATURE) gotypes_signature(w, m->type);
  }
  for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++, first = false) {
    if (!first) put(w, "; ");
    gotypes(w, t->u.interface.embeddeds.items[i]);
  }
  put(w, "}");
}

static void gotypes_struct(Writer *w, const Type *t) {
  put(w, "struct{");
  for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
    const Object *f = t->u.struct_.fields.items[i];
    if (i) put(w, "; ");
    if (!f->u.var.embedded) {
      put_sym(w, f->name);
      put(w, " ");
    }
    gotypes(w, f->type);
    if (t->u.struct_.tags && t->u.struct_.tags[i].n) {
      put(w, " ");
      str_write_quoted(w->buf, t->u.struct_.tags[i]);
    }
  }
  put(w, "}");
}

static void gotypes_param(Writer *w, const Type *t) {
  const Object *o = t->u.tparam.obj;
  put_sym(w, o ? o->name : NULL);
  const Package *owner = t->u.tparam.owner;
  if (o && owner && scope_lookup(owner->context->universe, o->name)) put(w, "/* type parameter */");
}

static void write_chan(Writer *w, const Type *t, bool elem_is_receive) {
  static const char *const prefix[] = {
    [CHAN_BOTH] = "chan ", [CHAN_SEND_ONLY] = "chan<- ", [CHAN_RECV_ONLY] = "<-chan "};
  put(w, prefix[t->u.chan.direction]);
  if (t->u.chan.direction == CHAN_BOTH && elem_is_receive) put(w, "(");
}

static bool is_receive_chan(const Type *t) {
  return t && t->kind == TYPE_CHAN && t->u.chan.direction == CHAN_RECV_ONLY;
}

static void gotypes_kind(Writer *w, const Type *t) {
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC:
    if (t->basic_kind == BASIC_UNSAFE_POINTER) put(w, "unsafe.");
    if (t->u.basic.name)
      put_sym(w, t->u.basic.name);
    else
      put(w, "invalid type");
    return;
  case TYPE_POINTER:
    put(w, "*");
    gotypes(w, t->u.pointer.elem);
    return;
  case TYPE_ARRAY:
    buf_printf(w->buf, "[%lld]", (long long)t->u.array.len);
    gotypes(w, t->u.array.elem);
    return;
  case TYPE_SLICE:
    put(w, "[]");
    gotypes(w, t->u.slice.elem);
    return;
  case TYPE_STRUCT: gotypes_struct(w, t); return;
  case TYPE_MAP:
    put(w, "map[");
    gotypes(w, t->u.map.key);
    put(w, "]");
    gotypes(w, t->u.map.elem);
    return;
  case TYPE_CHAN: {
    bool parens = is_receive_chan(t->u.chan.elem);
    write_chan(w, t, parens);
    gotypes(w, t->u.chan.elem);
    if (parens && t->u.chan.direction == CHAN_BOTH) put(w, ")");
    return;
  }
  case TYPE_SIGNATURE:
    put(w, "func");
    gotypes_signature(w, t);
    return;
  case TYPE_TUPLE: gotypes_tuple(w, t, false); return;
  case TYPE_INTERFACE: gotypes_interface(w, t); return;
  case TYPE_NAMED:
    if (t->u.named.is_shape) {
      type_write(w->buf, t, STYLE_GC_LINK, w->local);
      return;
    }
    gotypes_qualify(w, t->u.named.obj ? t->u.named.obj->pkg : NULL);
    put_sym(w, t->u.named.obj ? t->u.named.obj->name : NULL);
    if (t->u.named.targs.len)
      gotypes_list(w, t->u.named.targs);
    else if (t->u.named.tparams.len)
      gotypes_tparams(w, t->u.named.tparams);
    return;
  case TYPE_ALIAS:
    gotypes_qualify(w, t->u.alias.obj->pkg);
    put_sym(w, t->u.alias.obj->name);
    if (t->u.alias.targs.len)
      gotypes_list(w, t->u.alias.targs);
    else if (t->u.alias.tparams.len)
      gotypes_tparams(w, t->u.alias.tparams);
    return;
  case TYPE_PARAM: gotypes_param(w, t); return;
  case TYPE_UNION:
    if (!t->u.union_.len) put(w, "<empty union>");
    for (uint32_t i = 0; i < t->u.union_.len; i++) {
      if (i) put(w, " | ");
      if (t->u.union_.terms[i].tilde) put(w, "~");
      gotypes(w, t->u.union_.terms[i].type);
    }
    return;
  }
}

static void gotypes(Writer *w, const Type *t) {
  if (!t) {
    put(w, "<nil>");
    return;
  }
  if (!enter(w, t)) {
    put(w, "<cycle>");
    return;
  }
  gotypes_kind(w, t);
  leave(w);
}

// -- gc --

static void gc(Writer *w, const Type *t, bool link, bool no_func);

// A package path as it stands in symbol names: the dots of the last element and unprintable bytes escaped.
static void put_path_prefix(Writer *w, const Package *pkg) {
  if (sym_is(pkg->name, "main")) {
    put(w, "main");
    return;
  }
  ptrdiff_t slash = str_last_byte(pkg->path, '/');
  for (size_t i = 0; i < pkg->path.n; i++) {
    unsigned char c = (unsigned char)pkg->path.p[i];
    if (c <= ' ' || (c == '.' && (ptrdiff_t)i > slash) || c == '%' || c == '"' || c >= 0x7f)
      buf_printf(w->buf, "%%%02x", c);
    else
      buf_byte(w->buf, (char)c);
  }
}

static void gc_qualify(Writer *w, const Package *pkg, bool link) {
  if (!pkg) return;
  if (link) {
    put_path_prefix(w, pkg);
    put(w, ".");
  } else if (!package_same(pkg, w->local)) {
    put_sym(w, pkg->name);
    put(w, ".");
  }
}

static void gc_arguments(Writer *w, TypeList targs) {
  put(w, "[");
  for (uint32_t i = 0; i < targs.len; i++) {
    if (i) put(w, ",");
    gc(w, targs.items[i], true, false);
  }
  put(w, "]");
}

// A shape is called by the link name of its underlying type, or by a digest of it when that is long: whoever makes it
// (ir/lower_types.c) says how.
static void gc_shape(Writer *w, const Type *t) {
  put(w, "go.shape.");
  put_sym(w, t->u.named.obj->name);
}

// In messages the name of a type loses a number at its end, and a shape's name may end in that of a local type.
static void drop_local_number(Buf *buf, size_t from) {
  size_t end = buf->len;
  while (end > from && buf->text[end - 1] >= '0' && buf->text[end - 1] <= '9') end--;
  if (end == buf->len || end < from + 2 || memcmp(buf->text + end - 2, "·", 2) != 0) return;
  buf->len = end - 2;
  buf->text[buf->len] = 0;
}

static void gc_named(Writer *w, const Type *t, bool link) {
  if (t->u.named.is_shape) {
    size_t from = w->buf->len;
    gc_shape(w, t);
    if (!link) drop_local_number(w->buf, from);
    return;
  }
  const Object *o = t->u.named.obj;
  gc_qualify(w, o ? o->pkg : NULL, link);
  put_sym(w, o ? o->name : NULL);
  if (t->u.named.targs.len) gc_arguments(w, t->u.named.targs);
  if (link && t->u.named.local_index) buf_printf(w->buf, "·%u", t->u.named.local_index);
}

static void gc_params(Writer *w, const Type *tuple, bool variadic, bool link) {
  put(w, "(");
  uint32_t n = tuple_len(tuple);
  for (uint32_t i = 0; i < n; i++) {
    const Type *t = tuple_at(tuple, i)->type;
    if (i) put(w, ", ");
    if (variadic && i == n - 1) {
      put(w, "...");
      const Type *s = t ? type_underlying(t) : NULL;
      if (s && s->kind == TYPE_SLICE) t = s->u.slice.elem;
    }
    gc(w, t, link, false);
  }
  put(w, ")");
}

static void gc_signature(Writer *w, const Type *t, bool link, bool no_func) {
  if (!no_func) {
    const Object *recv = t->u.signature.recv;
    if (recv) {
      put(w, "method(");
      gc(w, recv->type, link, false);
      put(w, ") ");
    }
    put(w, "func");
  }
  gc_params(w, t->u.signature.params, t->u.signature.variadic, link);
  uint32_t n = tuple_len(t->u.signature.results);
  if (!n) return;
  put(w, " ");
  if (n == 1)
    gc(w, tuple_at(t->u.signature.results, 0)->type, link, false);
  else
    gc_params(w, t->u.signature.results, false, link);
}

static void gc_interface(Writer *w, const Type *t, bool link) {
  const TypeSet *set = type_set((Type *)t);
  if (!set->methods.len) {
    put(w, t->u.interface.predeclared == INTERFACE_ANY && !link ? "any" : "interface {}");
    return;
  }
  put(w, "interface {");
  for (uint32_t i = 0; i < set->methods.len; i++) {
    const Object *m = set->methods.items[i];
    put(w, i ? "; " : " ");
    if (!m->name->exported) {
      link = true;
      gc_qualify(w, m->pkg, true);
    }
    put_sym(w, m->name);
    if (m->type && m->type->kind == TYPE_SIGNATURE) gc_signature(w, m->type, link, true);
  }
  put(w, " }");
}

// In link form an embedded field whose name is not its type's, because of an alias or type arguments, says `Name = T`.
static void gc_embedded_name(Writer *w, const Object *f) {
  const Type *t = type_unalias(f->type);
  if (t->kind == TYPE_POINTER) t = type_unalias(t->u.pointer.elem);
  Sym name = NULL;
  const Package *pkg = NULL;
  if (t->kind == TYPE_NAMED && !t->u.named.targs.len && t->u.named.obj) {
    name = t->u.named.obj->name;
    pkg = t->u.named.obj->pkg;
  } else if (t->kind == TYPE_BASIC) {
    name = t->u.basic.name;
  }
  if (name && name == f->name && (name->exported || package_same(pkg, f->pkg))) return;
  if (!f->name->exported) gc_qualify(w, f->pkg, true);
  put_sym(w, f->name);
  put(w, " = ");
}

static void gc_struct(Writer *w, const Type *t, bool link) {
  put(w, "struct {");
  for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
    const Object *f = t->u.struct_.fields.items[i];
    put(w, i ? "; " : " ");
    if (f->u.var.embedded) {
      if (link) gc_embedded_name(w, f);
    } else {
      if (!f->name->exported) gc_qualify(w, f->pkg, link);
      put_sym(w, f->name);
      put(w, " ");
    }
    gc(w, f->type, link, false);
    if (t->u.struct_.tags && t->u.struct_.tags[i].n) {
      put(w, " ");
      str_write_quoted(w->buf, t->u.struct_.tags[i]);
    }
  }
  put(w, t->u.struct_.fields.len ? " }" : "}");
}

static void gc_basic(Writer *w, const Type *t, bool link) {
  if (t->basic_kind == BASIC_UNSAFE_POINTER)
    put(w, "unsafe.Pointer");
  else if (t->basic_kind == BASIC_UNTYPED_NIL)
    put(w, "nil");
  else if (link && t->basic_kind == BASIC_BYTE)
    put(w, "uint8");
  else if (link && t->basic_kind == BASIC_RUNE)
    put(w, "int32");
  else if (t->u.basic.name)
    put_sym(w, t->u.basic.name);
  else
    put(w, "invalid type");
}

static void gc_kind(Writer *w, const Type *t, bool link, bool no_func) {
  switch ((TypeKind)t->kind) {
  case TYPE_BASIC: gc_basic(w, t, link); return;
  case TYPE_NAMED: gc_named(w, t, link); return;
  case TYPE_POINTER:
    put(w, "*");
    gc(w, t->u.pointer.elem, link, false);
    return;
  case TYPE_ARRAY:
    buf_printf(w->buf, "[%lld]", (long long)t->u.array.len);
    gc(w, t->u.array.elem, link, false);
    return;
  case TYPE_SLICE:
    put(w, "[]");
    gc(w, t->u.slice.elem, link, false);
    return;
  case TYPE_STRUCT: gc_struct(w, t, link); return;
  case TYPE_MAP:
    put(w, "map[");
    gc(w, t->u.map.key, link, false);
    put(w, "]");
    gc(w, t->u.map.elem, link, false);
    return;
  case TYPE_CHAN: {
    bool parens = is_receive_chan(type_unalias(t->u.chan.elem));
    write_chan(w, t, parens);
    gc(w, t->u.chan.elem, link, false);
    if (parens && t->u.chan.direction == CHAN_BOTH) put(w, ")");
    return;
  }
  case TYPE_SIGNATURE: gc_signature(w, t, link, no_func); return;
  case TYPE_TUPLE: gc_params(w, t, false, link); return;
  case TYPE_INTERFACE: gc_interface(w, t, link); return;
  case TYPE_PARAM: put_sym(w, t->u.tparam.obj ? t->u.tparam.obj->name : NULL); return;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->u.union_.len; i++) {
      put(w, i ? " | " : "");
      put(w, t->u.union_.terms[i].tilde ? "~" : "");
      gc(w, t->u.union_.terms[i].type, link, false);
    }
    return;
  case TYPE_ALIAS: return; // unaliased before
  }
}

static void gc(Writer *w, const Type *t, bool link, bool no_func) {
  if (!t) {
    put(w, "<T>");
    return;
  }
  t = type_unalias(t);
  if (!enter(w, t)) {
    put(w, "<cycle>");
    return;
  }
  gc_kind(w, t, link, no_func);
  leave(w);
}

void type_write(Buf *buf, const Type *t, TypeStyle style, const Package *local) {
  Writer w = {.buf = buf, .local = local};
  if (style == STYLE_GOTYPES)
    gotypes(&w, t);
  else
    gc(&w, t, style == STYLE_GC_LINK, false);
}

Str type_string(Arena *arena, const Type *t, TypeStyle style, const Package *local) {
  Buf buf = {0};
  type_write(&buf, t, style, local);
  Str s = arena_str(arena, buf_view(&buf));
  buf_release(&buf);
  return s;
}

// -- objects, as go/types' ObjectString --

static void write_func(Writer *w, const Object *o) {
  put(w, "func ");
  const Type *t = o->type && o->type->kind == TYPE_SIGNATURE ? o->type : NULL;
  if (t && t->u.signature.recv) {
    const Type *recv = t->u.signature.recv->type;
    put(w, "(");
    if (recv && recv->kind == TYPE_INTERFACE)
      put(w, "interface");
    else
      gotypes(w, recv);
    put(w, ").");
  } else if (o->pkg) {
    gotypes_qualify(w, o->pkg);
  }
  put_sym(w, o->name);
  if (t) gotypes_signature(w, t);
}

// What stands after a type name: its type parameters, and what it is declared as. Returns what is still to be written.
static const Type *write_type_name(Writer *w, const Object *o, const Type *t) {
  if (t->kind == TYPE_BASIC) return NULL;
  TypeList tparams = t->kind == TYPE_NAMED   ? t->u.named.origin->u.named.tparams
                     : t->kind == TYPE_ALIAS ? t->u.alias.tparams
                                             : (TypeList){0};
  if (tparams.len) gotypes_tparams(w, tparams);
  if (o->u.type_name.is_alias) {
    put(w, " =");
    return t->kind == TYPE_ALIAS ? t->u.alias.rhs : t;
  }
  return t->kind == TYPE_PARAM ? t->u.tparam.bound : type_underlying(t);
}

static void write_object(Writer *w, const Object *o) {
  const Type *t = o->type;
  switch ((ObjectKind)o->kind) {
  case OBJ_PKGNAME:
    put(w, "package ");
    put_sym(w, o->name);
    if (o->u.pkgname.imported && !str_equal(o->u.pkgname.imported->path, sym_str(o->name))) {
      put(w, " (");
      str_write_quoted(w->buf, o->u.pkgname.imported->path);
      put(w, ")");
    }
    return;
  case OBJ_FUNC: write_func(w, o); return;
  case OBJ_NIL: put(w, "nil"); return;
  case OBJ_CONST: put(w, "const"); break;
  case OBJ_TYPENAME: put(w, t && type_is_param(t) && !o->u.type_name.is_alias ? "type parameter" : "type"); break;
  case OBJ_VAR: put(w, o->u.var.kind == VAR_FIELD ? "field" : "var"); break;
  case OBJ_LABEL:
    put(w, "label");
    t = NULL;
    break;
  case OBJ_BUILTIN:
    put(w, "builtin");
    t = NULL;
    break;
  }
  put(w, " ");
  if (o->pkg && o->pkg->scope && scope_lookup(o->pkg->scope, o->name) == o) gotypes_qualify(w, o->pkg);
  put_sym(w, o->name);
  if (t && o->kind == OBJ_TYPENAME) t = write_type_name(w, o, t);
  if (!t) return;
  put(w, " ");
  if (t->kind == TYPE_INTERFACE && t->u.interface.predeclared == INTERFACE_ANY && o->kind == OBJ_TYPENAME && !o->pkg)
    put(w, "interface{}");
  else
    gotypes(w, t);
}

void object_write(Buf *buf, const Object *o, TypeStyle style, const Package *local) {
  (void)style; // objects are only written for the oracle
  Writer w = {.buf = buf, .local = local};
  write_object(&w, o);
}
