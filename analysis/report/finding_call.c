// finding_call.c: what every call that the source shows does with its arguments (and where maps are written to): which
// of them may stay on the caller's stack, which are kept, which come back as a result.
//
// Calls are read from the syntax trees, because by now many are inlined away; what a callee does with a parameter is
// what its tags say (escape/escape.h), and a callee that is not known keeps everything.
#include "report/finding_internal.h"
#include "syntax/syntax.h"

typedef struct CallPass {
  FindingMaker *maker;
  const AstFile *file;
  const AstDecl *decl;
  const DeclTypes *types;
  Str function;
  PtrMap instances; // FUNC object of a generic function -> one IrFunc made of it
  PtrMap done;      // calls that were inlined or devirtualised: hashed place -> IrMessage
  PtrMap decls;     // seen
} CallPass;

// ---- Names

static Str receiver_name(const Object *func, bool *pointer) {
  *pointer = false;
  const Type *sig = func->type ? type_unalias(func->type) : NULL;
  const Object *recv = sig && sig->kind == TYPE_SIGNATURE ? sig->u.signature.recv : NULL;
  if (!recv || !recv->type) return STR_NONE;
  const Type *t = type_unalias(type_deref(recv->type, pointer));
  return t && t->kind == TYPE_NAMED && t->u.named.obj ? sym_str(t->u.named.obj->name) : STR_NONE;
}

static const Object *origin_of(const Object *func) {
  return func->kind == OBJ_FUNC && func->u.func.origin ? func->u.func.origin : func;
}

static void write_method(Buf *out, const Object *func) {
  bool pointer;
  Str recv = receiver_name(func, &pointer);
  if (recv.n) buf_printf(out, pointer ? "(*%.*s)." : "%.*s.", STR_ARG(recv));
  if (func->name) buf_str(out, sym_str(func->name));
}

Str symbol_of(FindingMaker *m, const Object *func) {
  func = origin_of(func);
  Buf out = {0};
  if (func->pkg) buf_printf(&out, "%.*s.", STR_ARG(func->pkg->path));
  write_method(&out, func);
  Str text = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return text;
}

// As gc prints functions: "fmt.Println", "(*Buffer).Write", "strings.(*Builder).Grow".
Str shown_name(FindingMaker *m, const Object *func) {
  func = origin_of(func);
  Buf out = {0};
  if (func->pkg && func->pkg != m->unit->pkg) buf_printf(&out, "%.*s.", STR_ARG(sym_str(func->pkg->name)));
  write_method(&out, func);
  Str text = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return text;
}

static Str short_text(const CallPass *p, const Ast *n) {
  enum { SHOWN = 40 };
  Str text = range_text(p->decl, n);
  ptrdiff_t line = str_index_byte(text, '\n');
  size_t end = line >= 0 ? (size_t)line : text.n;
  bool cut = line >= 0 || end > SHOWN;
  if (end > SHOWN) end = SHOWN;
  while (end && end < text.n && ((unsigned char)text.p[end] & 0xC0) == 0x80) end--;
  if (!cut) return arena_str(p->maker->arena, text);
  return arena_printf(p->maker->arena, "%.*s…", STR_ARG(str_trim(str_slice(text, 0, end))));
}

// ---- Callees

typedef struct Callee {
  CalleeKind kind;
  const Object *object; // NULL: a function value
  const IrFunc *func;
  const Ast *recv; // receiver expression of x.M()
  const Ast *name; // the part that names it
  Str shown;
} Callee;

static bool find_selected(CallPass *p, const Ast *selector, Callee *out) {
  const NodeInfo *info = node_info(p->types, selector);
  out->name = selector->u.selector.sel;
  if (!info->is_selection) {
    const NodeInfo *named = out->name ? node_info(p->types, out->name) : NULL;
    const Object *o = named ? named->ref.object : NULL;
    if (!o) o = info->ref.object;
    if (!o || (o->kind != OBJ_FUNC && o->kind != OBJ_VAR)) return false;
    out->name = selector;
    out->object = o->kind == OBJ_FUNC ? o : NULL;
    out->kind = o->kind == OBJ_FUNC ? CALLEE_KNOWN : CALLEE_VALUE;
    return true;
  }
  const Selection *s = info->ref.selection;
  if (!s || !s->obj) return false;
  if (s->kind == SELECT_FIELD) {
    out->kind = CALLEE_VALUE;
    return true;
  }
  if (s->obj->kind != OBJ_FUNC) return false;
  out->object = s->obj;
  if (s->kind == SELECT_METHOD_VALUE) out->recv = selector->u.selector.x;
  out->kind = origin_of(s->obj)->u.func.decl      ? CALLEE_KNOWN
              : s->recv && type_is_param(s->recv) ? CALLEE_GENERIC
                                                  : CALLEE_INTERFACE;
  return true;
}

// All parameters of a function without a body leak, unless //go:noescape says that none does.
static bool may_keep(const IrFunc *fn) {
  bool any = !fn->tags;
  for (uint32_t i = 0; fn->tags && i < fn->params.len; i++) any |= fn->tags[i].leaks[TAG_HEAP] != 0;
  return any;
}

static bool find_callee(CallPass *p, const Ast *call, Callee *out) {
  const Ast *fun = call->u.call.fun ? ast_unparen(call->u.call.fun) : NULL;
  if (!fun || node_info(p->types, fun)->mode == MODE_TYPE) return false;
  if (fun->kind == AST_INDEX && fun->u.index.x) {
    const Ast *x = ast_unparen(fun->u.index.x);
    const Type *t = node_info(p->types, x)->type;
    if (t && type_unalias(t)->kind == TYPE_SIGNATURE) fun = x; // an instantiation
  }
  if (fun->kind == AST_SELECTOR) {
    if (!fun->u.selector.sel || !find_selected(p, fun, out)) return false;
  } else if (fun->kind == AST_NAME) {
    const Object *o = node_info(p->types, fun)->ref.object;
    if (!o) return false;
    bool local = o->kind == OBJ_VAR && o->u.var.kind != VAR_PACKAGE && o->u.var.kind != VAR_PARAM;
    if ((o->kind != OBJ_FUNC && o->kind != OBJ_VAR) || local) return false; // of a local one the analysis may know more
    out->name = fun;
    out->object = o->kind == OBJ_FUNC ? o : NULL;
    out->kind = o->kind == OBJ_FUNC ? CALLEE_KNOWN : CALLEE_VALUE;
  } else {
    return false;
  }
  out->shown = out->object ? shown_name(p->maker, out->object) : short_text(p, fun);
  if (out->kind != CALLEE_KNOWN) return true;
  out->func = ir_func_of((IrUnit *)p->maker->unit, (Object *)out->object);
  if (!out->func) out->func = ptrmap_get(&p->instances, origin_of(out->object));
  // A partial unit does not have what is only called in code that is left out, nor all instances.
  if (p->maker->unit->shown && (!out->func || out->func->is_instantiation)) return false;
  if (!out->func)
    out->kind = CALLEE_GENERIC;
  else if (!out->func->has_body && may_keep(out->func))
    out->kind = CALLEE_NO_BODY;
  return true;
}

// ---- Arguments

// Parameters of the source: those of an instance without its dictionary.
static const IrName *param_at(const IrFunc *fn, uint32_t index, uint32_t *tag) {
  uint32_t seen = 0;
  for (uint32_t i = 0; i < fn->params.len; i++) {
    if (fn->has_dict && i == (fn->has_recv ? 1u : 0u)) continue;
    if (seen++ != index) continue;
    *tag = i;
    return fn->params.items[i];
  }
  return NULL;
}

static void fill_leaks(CallArg *arg, const Callee *c, uint32_t index) {
  uint32_t at = 0;
  const IrName *param = c->func ? param_at(c->func, index, &at) : NULL;
  if (param && param->object && param->object->name && !sym_is_blank(param->object->name))
    arg->param = sym_str(param->object->name);
  if (!param || !c->func->tags || (!c->func->has_body && c->kind == CALLEE_NO_BODY)) {
    if (c->kind != CALLEE_GENERIC) arg->leaks[TAG_HEAP] = 1; // not known: it is taken to be kept
    return;
  }
  for (uint32_t i = 0; i < TAG_LEN; i++) {
    uint8_t leak = c->func->tags[at].leaks[i];
    arg->leaks[i] = arg->is_variadic && leak > 1 ? (uint8_t)(leak - 1) : leak; // the slice holds it
  }
}

static void add_arg(CallPass *p, CallFacts *facts, const Callee *c, const Ast *x, uint32_t index, bool recv,
                    bool variadic, const Type *to) {
  FindingMaker *m = p->maker;
  Type *t = x ? node_info(p->types, x)->type : NULL;
  if (!t || type_is_invalid(t) || node_info(p->types, x)->value) return; // constants are part of the program
  bool plain = !recv && !type_has_pointers(m->types, t) && !type_is_param(t);
  if (plain && !(to && type_is_non_tparam_interface(to))) return;
  CallArg *arg = &facts->args[facts->arg_count++];
  *arg = (CallArg){.start = (int32_t)((int64_t)x->start - c->name->start),
                   .end = (int32_t)((int64_t)x->end - c->name->start),
                   .text = short_text(p, x),
                   .is_recv = recv,
                   .is_variadic = variadic,
                   .is_boxed = plain};
  fill_leaks(arg, c, index);
}

static void add_args(CallPass *p, CallFacts *facts, const Callee *c, const Ast *call) {
  const AstList *args = &call->u.call.args;
  const Type *sig = node_info(p->types, ast_unparen(call->u.call.fun))->type;
  sig = sig ? type_underlying(sig) : NULL;
  if (!sig || sig->kind != TYPE_SIGNATURE) return;
  uint32_t params = tuple_len(sig->u.signature.params);
  facts->args = ARENA_ARRAY(p->maker->arena, CallArg, args->len + 1);
  bool method_func = c->func && c->func->has_recv;
  bool method_expr = method_func && !c->recv; // T.M(x, …): the receiver is the first argument
  uint32_t shift = c->recv && method_func ? 1 : 0;
  if (c->recv) {
    const Type *t = node_info(p->types, ast_unparen(c->recv))->type;
    bool by_address = c->object && receiver_name(c->object, &(bool){false}).n;
    if (t && (by_address || type_has_pointers(p->maker->types, (Type *)t)))
      add_arg(p, facts, c, c->recv, 0, true, false, NULL);
  }
  if (args->len == 1 && params > 1) return; // f(g()): the values have no text of their own
  for (uint32_t i = 0; i < args->len; i++) {
    bool last = sig->u.signature.variadic && !call->u.call.has_dots && i + 1 >= params;
    const Object *to = last         ? tuple_at(sig->u.signature.params, params - 1)
                       : i < params ? tuple_at(sig->u.signature.params, i)
                                    : NULL;
    const Type *type = to ? to->type : NULL;
    if (last && type && type_underlying(type)->kind == TYPE_SLICE) type = type_underlying(type)->u.slice.elem;
    add_arg(p, facts, c, ast_unparen(args->items[i]), (last ? params - 1 : i) + shift, method_expr && i == 0, last,
            type);
  }
}

// ---- Calls

static const void *place_key(const AstDecl *decl, uint32_t offset, MessageKind kind) {
  return (const void *)(uintptr_t)(hash_mix(hash_mix((uintptr_t)decl, offset), (uint64_t)kind) | 1);
}

// Where the callee is declared; NULL: not known.
static FindingStep *locate_callee(CallPass *p, const Callee *c) {
  const Object *o = c->object ? origin_of(c->object) : NULL;
  const AstFile *file = o && o->pos.decl ? range_file(p->maker, o->pos.decl) : NULL;
  if (!file) return NULL;
  FindingStep *step = ARENA_NEW(p->maker->arena, FindingStep);
  finding_step_place(step, file, o->pos);
  step->start = step->at;
  step->end = step->at + (o->name ? o->name->len : 1);
  return step;
}

static void add_call(CallPass *p, const Ast *call) {
  FindingMaker *m = p->maker;
  Callee c = {0};
  if (!find_callee(p, call, &c)) return;
  CallFacts *facts = ARENA_NEW(m->arena, CallFacts);
  *facts = (CallFacts){.callee = c.kind};
  const IrMessage *inlined = ptrmap_get(&p->done, place_key(p->decl, call->pos, MESSAGE_INLINING_CALL));
  const IrMessage *devirtualised = ptrmap_get(&p->done, place_key(p->decl, call->pos, MESSAGE_DEVIRTUALIZING));
  facts->inlined = inlined != NULL;
  facts->guided = devirtualised && str_has_prefix(devirtualised->text, STR("PGO "));
  if (devirtualised && (c.kind == CALLEE_INTERFACE || facts->guided)) {
    ptrdiff_t to = str_index(devirtualised->text, STR(" to "));
    facts->devirtualised = !facts->guided;
    if (to >= 0)
      facts->concrete = arena_str(m->arena, str_slice(devirtualised->text, (size_t)to + 4, devirtualised->text.n));
  }
  facts->is_method = c.object && receiver_name(c.object, &(bool){false}).n;
  add_args(p, facts, &c, call);
  uint32_t base = ast_file_offset(p->file, (Pos){p->decl, 0});
  LineCol lc = ast_file_line_col(p->file, base + call->pos);
  Finding f = {.kind = FINDING_CALL,
               .verdict = VERDICT_STACK,
               .source = p->file->source,
               .start = base + c.name->start,
               .end = base + c.name->end,
               .hint_at = base + c.name->end,
               .line = lc.line,
               .column = lc.column,
               .decl = p->decl,
               .subject = c.shown,
               .function = p->function,
               .bytes = -1,
               .size_class = -1,
               .least = -1,
               .loop_depth = 1,
               .hint = STR("call"),
               .symbol = c.object ? symbol_of(m, c.object) : STR_NONE,
               .call = facts};
  f.steps = locate_callee(p, &c);
  f.step_count = f.steps != NULL;
  for (uint32_t i = 0; i < facts->arg_count; i++) {
    if (!facts->args[i].leaks[TAG_HEAP]) continue;
    f.verdict = VERDICT_HEAP;
    f.cause = CAUSE_LEAKING_PARAM;
  }
  VEC_APPEND(&m->items, f);
}

// ---- Writes to maps

// What the user's code does to a map tells nothing of how full it is.
static void add_map_write(CallPass *p, const Ast *to) {
  to = ast_unparen(to);
  if (!to || to->kind != AST_INDEX || node_info(p->types, to)->mode != MODE_MAPINDEX) return;
  uint32_t base = ast_file_offset(p->file, (Pos){p->decl, 0});
  LineCol lc = ast_file_line_col(p->file, base + to->pos);
  Finding f = {.kind = FINDING_MAP_WRITE,
               .verdict = VERDICT_STACK,
               .source = p->file->source,
               .start = base + to->start,
               .end = base + to->end,
               .hint_at = base + to->end,
               .line = lc.line,
               .column = lc.column,
               .decl = p->decl,
               .subject = short_text(p, to),
               .function = p->function,
               .bytes = -1,
               .size_class = -1,
               .least = -1,
               .loop_depth = 1,
               .hint = STR_NONE};
  VEC_APPEND(&p->maker->items, f);
}

static bool visit(void *context, const Ast *n) {
  CallPass *p = context;
  if (n->kind == AST_CALL) add_call(p, n);
  if (n->kind == AST_ASSIGN_STMT)
    for (uint32_t i = 0; i < n->u.assign.lhs.len; i++) add_map_write(p, n->u.assign.lhs.items[i]);
  if (n->kind == AST_RANGE_STMT) add_map_write(p, n->u.range.key), add_map_write(p, n->u.range.value);
  if (n->kind == AST_TYPE_DECL) struct_add(p->maker, p->file, p->decl, p->types, n);
  return true;
}

static void visit_decl(CallPass *p, const AstDecl *decl, Str function) {
  if (!decl || ptrmap_has(&p->decls, decl)) return;
  ptrmap_set(&p->decls, decl, p);
  p->decl = decl;
  p->function = function;
  p->file = package_file_of(p->maker->unit->pkg, decl);
  p->types = package_decl_types(p->maker->unit->pkg, decl);
  if (!p->file || !p->types || ast_file_offset(p->file, (Pos){decl, 0}) == UINT32_MAX) return;
  for (uint32_t i = 0; i < decl->specs.len; i++) ast_walk(decl->specs.items[i], visit, p);
}

static void index_instances(CallPass *p, const IrUnit *unit) {
  for (uint32_t i = 0; unit && i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (!fn->is_instantiation || !fn->object || !fn->tags) continue;
    const Object *origin = origin_of(fn->object);
    if (!ptrmap_has(&p->instances, origin)) ptrmap_set(&p->instances, origin, fn);
  }
}

void calls_and_types_add(FindingMaker *m) {
  CallPass p = {.maker = m};
  index_instances(&p, m->unit);
  index_instances(&p, m->unit->base);
  for (uint32_t i = 0; i < m->unit->messages.len; i++) {
    IrMessage *msg = &m->unit->messages.items[i];
    if (msg->kind != MESSAGE_INLINING_CALL && msg->kind != MESSAGE_DEVIRTUALIZING) continue;
    if (msg->pos.inl || !msg->pos.decl) continue;
    ptrmap_set(&p.done, place_key(msg->pos.decl, msg->pos.offset, msg->kind), msg);
  }
  for (uint32_t i = 0; i < m->unit->funcs.len; i++) {
    const IrFunc *fn = m->unit->funcs.items[i];
    if (!fn->object || fn->is_wrapper || fn->closure || !fn->has_body || !ir_is_shown(m->unit, fn)) continue;
    const Object *o = origin_of(fn->object);
    if (o->pkg != m->unit->pkg) continue;
    bool pointer;
    Str recv = receiver_name(o, &pointer);
    Str name = o->name ? sym_str(o->name) : STR_NONE;
    if (recv.n) name = arena_printf(m->arena, pointer ? "(*%.*s).%.*s" : "%.*s.%.*s", STR_ARG(recv), STR_ARG(name));
    visit_decl(&p, o->pos.decl, name);
  }
  bool whole = !m->unit->base; // else what is declared in part only
  for (uint32_t i = 0; (whole || m->unit->init_func) && i < m->unit->pkg->file_count; i++) {
    const AstFile *file = m->unit->pkg->files[i];
    if (m->unit->shown && file->source != m->unit->shown) continue;
    for (uint32_t k = 0; k < file->decl_count; k++) {
      if ((file->decls[k]->kind == DECL_VAR && !m->unit->shown) || (whole && file->decls[k]->kind == DECL_TYPE))
        visit_decl(&p, file->decls[k], STR("init"));
    }
  }
  ptrmap_release(&p.instances);
  ptrmap_release(&p.done);
  ptrmap_release(&p.decls);
}
