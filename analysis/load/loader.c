// loader.c: the package graph: follows imports from the packages that the patterns name, adds test variants, cuts
// cycles, and puts imports before importers.
//
// The order is a depth-first post-order from the roots in pattern order, imports by path, so it is the same every time.
// Test variants follow the go command: "p [p.test]" is p compiled with its _test.go files, "p_test [p.test]" its
// external test, which sees that p. The packages in between are not compiled again: named types are identical by path
// and name, whichever variant declares them.
#include "load/state_internal.h"

#include "syntax/syntax.h"

#include <stdlib.h>

// ---- Small things

Str load_string(Load *l, Str s) {
  if (!s.n) return STR_NONE;
  Str *kept = strmap_get(&l->strings, s);
  if (kept) return *kept;
  kept = ARENA_NEW(l->arena, Str);
  *kept = arena_str(l->arena, s);
  strmap_set(&l->strings, *kept, kept);
  return *kept;
}

void load_error(Load *l, Str file, Str message) {
  VEC_PUSH(l->arena, &l->errors, (LoadError){.file = file, .message = message});
}

void load_warning(Load *l, Str message) {
  VEC_PUSH(l->arena, &l->errors, (LoadError){.message = message, .is_warning = true});
}

void node_error(Load *l, Node *n, Str file, uint32_t offset, Str message) {
  VEC_PUSH(l->arena, &n->errors, (LoadError){.file = file, .offset = offset, .message = message});
}

Node *load_new_node(Load *l, Str id, Str path) {
  Node *n = ARENA_NEW(l->arena, Node);
  n->shown.id = id;
  n->shown.path = path;
  VEC_APPEND(&l->nodes, n);
  return n;
}

static void set_language(Load *l, Node *n) {
  const LoadModule *m = n->shown.module;
  LoadPackage *p = &n->shown;
  if (m && !(m->is_goroot && !m->is_main)) {
    p->go_minor = m->go_minor;
    p->go_version = m->go_version.n ? m->go_version : STR("1.16");
  } else {
    p->go_minor = l->context->go_minor;
    p->go_version = load_string(l, arena_printf(l->arena, "1.%u", p->go_minor));
  }
}

// ---- Packages

Node *load_package(Load *l, Found found) {
  Node *n = strmap_get(&l->packages, found.path);
  if (n) {
    if (l->tests && !n->read_tests && !n->shown.missing && !n->resolved) node_read_directory(l, n);
    return n;
  }
  Str path = load_string(l, found.path);
  n = load_new_node(l, path, path);
  strmap_set(&l->packages, path, n);
  LoadPackage *p = &n->shown;
  p->dir = found.dir;
  p->is_std = found.is_std;
  p->module = found.module ? &found.module->shown : NULL;
  p->is_fake_unsafe = str_equal(path, STR("unsafe"));
  set_language(l, n);
  if (p->is_fake_unsafe) p->name = STR("unsafe");
  if (!found.dir.n) {
    p->missing = !p->is_fake_unsafe;
    if (p->missing) {
      LoadError e = {.message = found.message, .fault = found.fault, .module = found.absent};
      VEC_PUSH(l->arena, &n->errors, e);
    }
    return n;
  }
  node_read_directory(l, n);
  if (!node_has_files(n)) {
    p->missing = true;
    if (node_is_unread(n)) return n;
    node_error(l, n, STR_NONE, 0,
               n->ignored ? arena_printf(l->arena, "build constraints exclude all Go files in %.*s", STR_ARG(p->dir))
                          : arena_printf(l->arena, "no Go files in %.*s", STR_ARG(p->dir)));
  }
  return n;
}

Node *load_command_line_files(Load *l, Str dir, const Str *names, uint32_t count) {
  Str path = STR("command-line-arguments");
  Node *n = load_new_node(l, path, path);
  strmap_set(&l->packages, path, n);
  n->shown.dir = dir;
  n->is_command_line = true;
  set_language(l, n);
  node_read_files(l, n, names, count);
  n->shown.missing = !node_has_files(n) && n->errors.len;
  return n;
}

Node *load_import(Load *l, Str path, const Node *importer) {
  const LoadPackage *from = importer ? &importer->shown : NULL;
  bool from_std = from && from->is_std;
  int kind = !from_std ? 0 : path_has_prefix(from->path, STR("cmd"), NULL) ? 2 : 1;
  bool shared =
    l->modules.mode != MODULE_MODE_GOPATH && path.n && path.p[0] != '.'; // the importer's place does not matter
  Node *n = shared ? strmap_get(&l->found[kind], path) : NULL;
  if (n) return n;
  Found found = modules_find(&l->modules, path, from ? from->path : STR_NONE, from ? from->dir : STR_NONE, from_std);
  n = load_package(l, found);
  if (shared) strmap_set(&l->found[kind], n->shown.missing ? load_string(l, path) : path, n);
  return n;
}

// ---- Imports

typedef struct RawImport {
  Str path;
  const LoadFile *file;
  uint32_t offset, order;
} RawImport;

static int raw_order(const void *a, const void *b) {
  const RawImport *x = a, *y = b;
  int order = str_compare(x->path, y->path);
  return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

// Said at the import, in modules that the user may edit; of an import of a module of the cache once, of the build.
static LoadError sum_error(Load *l, const Node *n, const Node *target) {
  bool own = target->shown.module == n->shown.module;
  Str fault = own ? STR_NONE : modules_sum_fault(&l->modules, target->shown.module);
  if (!fault.n) return (LoadError){0};
  if (n->is_command_line || (n->shown.module && n->shown.module->is_main))
    return (LoadError){.message = fault, .fault = LOAD_FAULT_SUM};
  for (uint32_t i = 0; i < l->errors.len; i++)
    if (str_equal(l->errors.items[i].message, fault)) return (LoadError){0};
  load_error(l, STR_NONE, fault);
  return (LoadError){0};
}

static void resolve_imports(Load *l, Node *n) {
  if (n->resolved) return;
  n->resolved = true;
  VEC(RawImport) raw = {0};
  for (uint32_t i = 0; i < n->shown.file_count; i++) {
    const LoadFile *f = n->shown.files[i];
    for (uint32_t k = 0; k < f->import_count; k++)
      VEC_APPEND(&raw, (RawImport){f->imports[k].path, f, f->imports[k].offset, raw.len});
  }
  if (raw.len) qsort(raw.items, raw.len, sizeof *raw.items, raw_order);
  for (uint32_t i = 0; i < raw.len; i++) {
    RawImport r = raw.items[i];
    if (i && str_equal(r.path, raw.items[i - 1].path)) continue;
    Node *target = load_import(l, r.path, n);
    LoadError why = {0};
    if (target->shown.missing && target->errors.len)
      why = target->errors.items[0];
    else if (!target->shown.file_count && !target->shown.is_fake_unsafe)
      why.message = arena_printf(l->arena, "no non-test Go files in %.*s", STR_ARG(target->shown.dir));
    else if (str_equal(target->shown.name, STR("main")) && !target->is_command_line)
      why.message = arena_printf(l->arena, "import \"%.*s\" is a program, not an importable package", STR_ARG(r.path));
    else
      why = sum_error(l, n, target);
    why.file = r.file->source.path;
    why.offset = r.offset;
    if (why.message.n) VEC_PUSH(l->arena, &n->errors, why);
    VEC_PUSH(l->arena, &n->imports, (LoadPackageImport){r.path, &target->shown});
  }
  free(raw.items);
}

static void resolve_all(Load *l) {
  if (l->no_deps) {
    uint32_t count = l->nodes.len;
    for (uint32_t i = 0; i < count; i++)
      if (l->nodes.items[i]->shown.is_root || l->nodes.items[i]->shown.is_test) resolve_imports(l, l->nodes.items[i]);
    return;
  }
  for (uint32_t i = 0; i < l->nodes.len; i++) resolve_imports(l, l->nodes.items[i]); // grows while it runs
}

// ---- Test variants

static uint32_t files_of_kinds(Load *l, const LoadPackage *p, bool own, LoadFileKind extra, LoadFile ***out) {
  *out = ARENA_ARRAY(l->arena, LoadFile *, p->all_file_count + 1);
  uint32_t n = 0;
  for (uint32_t i = 0; i < p->all_file_count; i++) {
    LoadFileKind k = p->all_files[i]->kind;
    if ((own && (k == LOAD_FILE_GO || k == LOAD_FILE_CGO)) || k == extra) (*out)[n++] = p->all_files[i];
  }
  return n;
}

static Node *new_variant(Load *l, Node *of, const char *id_format, Str path) {
  const LoadPackage *p = &of->shown;
  Node *n = load_new_node(l, arena_printf(l->arena, id_format, STR_ARG(p->path), STR_ARG(p->path)), path);
  n->shown.dir = p->dir;
  n->shown.name = p->name;
  n->shown.module = p->module;
  n->shown.is_std = p->is_std;
  n->shown.is_test = true;
  n->shown.has_asm = p->has_asm;
  n->shown.all_files = p->all_files;
  n->shown.all_file_count = p->all_file_count;
  n->shown.tested = &of->shown;
  n->shown.go_version = p->go_version;
  n->shown.go_minor = p->go_minor;
  return n;
}

// Variants take the place of the root whose files they hold, or stand beside it, in what is shown.
static void add_test_variants(Load *l, Node *n, Nodes *shown) {
  LoadPackage *p = &n->shown;
  LoadFile **internal, **external;
  if (p->missing || p->is_fake_unsafe) return;
  uint32_t internal_count = files_of_kinds(l, p, true, LOAD_FILE_TEST, &internal);
  uint32_t external_count = files_of_kinds(l, p, false, LOAD_FILE_XTEST, &external);
  Node *variant = NULL;
  // As the go command has it, a main package that is tested from outside is compiled for the test too.
  if (internal_count > p->file_count || (external_count && str_equal(p->name, STR("main")))) {
    variant = new_variant(l, n, "%.*s [%.*s.test]", p->path);
    variant->shown.files = internal;
    variant->shown.file_count = internal_count;
    shown->items[shown->len - 1] = variant;
    resolve_imports(l, variant);
  }
  if (!external_count) return;
  Node *test = new_variant(l, n, "%.*s_test [%.*s.test]", arena_printf(l->arena, "%.*s_test", STR_ARG(p->path)));
  test->shown.name = load_string(l, arena_printf(l->arena, "%.*s_test", STR_ARG(p->name)));
  VEC_APPEND(shown, test);
  test->shown.has_asm = false;
  test->shown.files = external;
  test->shown.file_count = external_count;
  resolve_imports(l, test);
  for (uint32_t i = 0; variant && i < test->imports.len; i++)
    if (test->imports.items[i].package == p) test->imports.items[i].package = &variant->shown;
}

// ---- Packages compiled against a variant: an external test of p that imports p's variant sees every package that
// imports p compiled against that variant too, as the go command does ("q [p.test]").

typedef struct Recompile {
  Load *l;
  const Node *plain; // p
  Node *variant;     // p [p.test]
  PtrMap reaches;    // Node -> REACHES_*
  PtrMap copies;     // Node -> its copy
} Recompile;

enum { REACHES_OPEN = 1, REACHES_NO, REACHES_YES };

static bool reaches_plain(Recompile *r, Node *n) {
  if (n == r->plain) return true;
  uintptr_t known = (uintptr_t)ptrmap_get(&r->reaches, n);
  if (known) return known == REACHES_YES;
  ptrmap_set(&r->reaches, n, (void *)(uintptr_t)REACHES_OPEN);
  bool yes = false;
  for (uint32_t i = 0; i < n->imports.len && !yes; i++) yes = reaches_plain(r, (Node *)n->imports.items[i].package);
  ptrmap_set(&r->reaches, n, (void *)(uintptr_t)(yes ? REACHES_YES : REACHES_NO));
  return yes;
}

static Node *recompiled(Recompile *r, Node *n) {
  if (n == r->plain) return r->variant;
  if (n == r->variant || !reaches_plain(r, n)) return n;
  Node *copy = ptrmap_get(&r->copies, n);
  if (copy) return copy;
  Load *l = r->l;
  const LoadPackage *p = &n->shown;
  copy = load_new_node(l, arena_printf(l->arena, "%.*s [%.*s.test]", STR_ARG(p->path), STR_ARG(r->plain->shown.path)),
                       p->path);
  Str id = copy->shown.id;
  copy->shown = *p;
  copy->shown.id = id;
  copy->shown.is_root = false;
  copy->shown.is_test = true;
  copy->shown.tested = &n->shown;
  copy->resolved = true;
  copy->ignored = n->ignored;
  ptrmap_set(&r->copies, n, copy);
  for (uint32_t i = 0; i < n->imports.len; i++) {
    LoadPackageImport import = n->imports.items[i];
    import.package = &recompiled(r, (Node *)import.package)->shown;
    VEC_PUSH(l->arena, &copy->imports, import);
  }
  return copy;
}

static void recompile_dependencies(Load *l) {
  uint32_t count = l->nodes.len;
  for (uint32_t i = 0; i < count; i++) {
    Node *test = l->nodes.items[i];
    if (!test->shown.is_test) continue;
    Recompile r = {.l = l, .plain = (Node *)test->shown.tested};
    for (uint32_t k = 0; k < test->imports.len; k++) {
      Node *import = (Node *)test->imports.items[k].package;
      if (import->shown.is_test && import->shown.tested == test->shown.tested) r.variant = import;
    }
    if (!r.variant) { // imports of the package only through others count as well
      for (uint32_t k = i; k-- > 0 && !r.variant;) {
        Node *n = l->nodes.items[k];
        if (n != test && n->shown.is_test && n->shown.tested == test->shown.tested &&
            str_equal(n->shown.path, r.plain->shown.path))
          r.variant = n;
      }
    }
    if (!r.variant || r.variant == test) continue;
    for (uint32_t k = 0; k < test->imports.len; k++)
      test->imports.items[k].package = &recompiled(&r, (Node *)test->imports.items[k].package)->shown;
    ptrmap_release(&r.reaches);
    ptrmap_release(&r.copies);
  }
}

// ---- Order

static Node *cut_import(Load *l, Str path, Node *importer, const Nodes *stack, const Node *again) {
  Buf b = {0};
  buf_puts(&b, "import cycle not allowed: ");
  bool on = false;
  for (uint32_t i = 0; i < stack->len; i++) {
    on = on || stack->items[i] == again;
    if (on) buf_printf(&b, "%.*s -> ", STR_ARG(stack->items[i]->shown.path));
  }
  buf_str(&b, again->shown.path);
  Str message = arena_str(l->arena, buf_view(&b));
  buf_release(&b);
  importer->shown.in_cycle = true;
  for (uint32_t f = 0; f < importer->shown.file_count; f++)
    for (uint32_t i = 0; i < importer->shown.files[f]->import_count; i++)
      if (str_equal(importer->shown.files[f]->imports[i].path, path)) {
        node_error(l, importer, importer->shown.files[f]->source.path, importer->shown.files[f]->imports[i].offset,
                   message);
        f = importer->shown.file_count - 1;
        break;
      }
  Str id =
    arena_printf(l->arena, "%.*s (import cycle with %.*s)", STR_ARG(again->shown.path), STR_ARG(importer->shown.path));
  Node *n = ARENA_NEW(l->arena, Node);
  n->shown.id = id;
  n->shown.path = again->shown.path;
  n->shown.dir = again->shown.dir;
  n->shown.missing = true;
  n->shown.go_minor = again->shown.go_minor;
  n->shown.go_version = again->shown.go_version;
  node_error(l, n, STR_NONE, 0, message);
  return n;
}

static void emit(Load *l, Node *n, Nodes *order) {
  n->visit = VISIT_DONE;
  LoadPackage *p = &n->shown;
  p->imports = n->imports.items;
  p->import_count = n->imports.len;
  p->errors = n->errors.items;
  p->error_count = n->errors.len;
  p->index = order->len;
  if (p->missing) p->lacks = p;
  for (uint32_t i = 0; i < p->import_count && !p->lacks; i++) p->lacks = p->imports[i].package->lacks;
  VEC_APPEND(order, n);
  strmap_set(&l->graph->by_id, p->id, p);
}

static void visit_from(Load *l, Node *root, Nodes *order) {
  if (root->visit != VISIT_NEW) return;
  Nodes stack = {0};
  root->visit = VISIT_OPEN;
  VEC_APPEND(&stack, root);
  while (stack.len) {
    Node *n = stack.items[stack.len - 1];
    if (n->next_import == n->imports.len) {
      emit(l, n, order);
      stack.len--;
      continue;
    }
    LoadPackageImport *import = &n->imports.items[n->next_import++];
    Node *target = (Node *)import->package;
    if (target->visit == VISIT_OPEN) {
      target = cut_import(l, import->path, n, &stack, target);
      import->package = &target->shown;
    }
    if (target->visit != VISIT_NEW) continue;
    target->visit = VISIT_OPEN;
    VEC_APPEND(&stack, target);
  }
  free(stack.items);
}

static void fill_importers(Load *l, const Nodes *order) {
  for (int pass = 0; pass < 2; pass++) {
    for (uint32_t i = 0; i < order->len; i++) {
      LoadPackage *p = &order->items[i]->shown;
      for (uint32_t k = 0; k < p->import_count; k++) {
        LoadPackage *target = p->imports[k].package;
        if (pass) target->importers[target->importer_count] = p;
        target->importer_count++;
      }
    }
    for (uint32_t i = 0; i < order->len && !pass; i++) {
      LoadPackage *p = &order->items[i]->shown;
      p->importers = ARENA_ARRAY(l->arena, LoadPackage *, p->importer_count + 1);
      p->importer_count = 0;
    }
  }
}

static void order_graph(Load *l) {
  Nodes order = {0};
  LoadGraph *g = l->graph;
  for (uint32_t i = 0; i < l->roots.len; i++) visit_from(l, l->roots.items[i], &order);
  for (uint32_t i = 0; i < l->nodes.len; i++)
    if (l->nodes.items[i]->shown.is_test) visit_from(l, l->nodes.items[i], &order);
  for (uint32_t i = 0; i < l->nodes.len; i++) // all of them belong to a root that is in the order
    if (l->nodes.items[i]->shown.for_main.n) visit_from(l, l->nodes.items[i], &order);
  fill_importers(l, &order);
  g->count = order.len;
  g->packages = ARENA_ARRAY(l->arena, LoadPackage *, order.len + 1);
  for (uint32_t i = 0; i < order.len; i++) g->packages[i] = &order.items[i]->shown;
  g->root_count = l->roots.len;
  g->roots = ARENA_ARRAY(l->arena, LoadPackage *, l->roots.len + 1);
  for (uint32_t i = 0; i < l->roots.len; i++) g->roots[i] = &l->roots.items[i]->shown;
  free(order.items);
}

// ---- The load

static bool is_file_list(Load *l, const LoadRequest *r) {
  if (!r->pattern_count || !str_has_suffix(r->patterns[0], STR(".go"))) return false;
  return !fs_is_dir(l->fs, path_join(l->arena, l->loader->cwd, r->patterns[0]));
}

static void load_file_list(Load *l, const LoadRequest *r) {
  Str dir = STR_NONE;
  VEC(Str) names = {0};
  for (uint32_t i = 0; i < r->pattern_count; i++) {
    Str path = path_join(l->arena, l->loader->cwd, r->patterns[i]);
    if (!str_has_suffix(path, STR(".go"))) {
      load_error(l, path, STR("named files must be .go files"));
      continue;
    }
    if (!fs_is_file(l->fs, path)) {
      load_error(l, path, STR("no such file"));
      continue;
    }
    if (dir.n && !str_equal(dir, path_dir(path))) {
      load_error(l, path, STR("named files must all be in one directory"));
      continue;
    }
    dir = path_dir(path);
    VEC_PUSH(l->arena, &names, path_base(path));
  }
  if (!dir.n) return;
  Node *n = load_command_line_files(l, dir, names.items, names.len);
  n->shown.is_root = true;
  VEC_APPEND(&l->roots, n);
}

static void add_outside(LoadGraph *g, StrMap *seen, LoadOutside it) {
  if (!it.path.n || strmap_has(seen, it.path)) return;
  strmap_set(seen, it.path, g);
  g->outside[g->outside_count++] = it;
}

// Modules of the module cache that packages come from, and what was looked for in vain.
static void publish_outside(Load *l) {
  LoadGraph *g = l->graph;
  Modules *m = &l->modules;
  StrMap seen = {0};
  PtrMap used = {0};
  g->outside = ARENA_ARRAY(l->arena, LoadOutside, m->outside.len + 2 * m->list.len + l->roots.len + 1);
  for (uint32_t i = 0; i < l->roots.len; i++) add_outside(g, &seen, load_profile_of(l, l->roots.items[i]));
  for (uint32_t i = 0; i < m->outside.len; i++) add_outside(g, &seen, m->outside.items[i]);
  for (uint32_t i = 0; i < l->nodes.len; i++)
    if (l->nodes.items[i]->shown.module) ptrmap_set(&used, l->nodes.items[i]->shown.module, l);
  for (uint32_t i = 0; i < m->list.len && !m->vendor; i++) {
    const Module *module = m->list.items[i];
    if (!ptrmap_has(&used, &module->shown)) continue;
    add_outside(g, &seen, module->directory);
    add_outside(g, &seen, module->partial);
  }
  ptrmap_release(&used);
  strmap_release(&seen);
}

static void publish(Load *l) {
  LoadGraph *g = l->graph;
  publish_outside(l);
  for (uint32_t i = 0; i < l->modules.errors.len; i++) VEC_PUSH(l->arena, &l->errors, l->modules.errors.items[i]);
  g->errors = l->errors.items;
  g->error_count = l->errors.len;
  g->modules = ARENA_ARRAY(l->arena, const LoadModule *, l->modules.mains.len + l->modules.list.len + 1);
  for (uint32_t i = 0; i < l->modules.mains.len; i++) g->modules[g->module_count++] = &l->modules.mains.items[i]->shown;
  for (uint32_t i = 0; i < l->modules.list.len; i++) g->modules[g->module_count++] = &l->modules.list.items[i]->shown;
}

LoadGraph *loader_load(Loader *loader, const LoadRequest *r) {
  LoadGraph *g = mem_new(sizeof *g);
  arena_init(&g->arena);
  g->arena.paged = true; // it stays, and is made anew when files change
  g->context = loader->context;
  Load l = {.loader = loader,
            .context = loader->context,
            .fs = &loader->fs,
            .graph = g,
            .arena = &g->arena,
            .tests = r->tests,
            .as_built = r->as_built,
            .no_deps = r->no_deps};
  modules_init(&l.modules, loader->context, &loader->fs, &g->arena, arena_str(&g->arena, loader->cwd));
  if (is_file_list(&l, r))
    load_file_list(&l, r);
  else if (!r->pattern_count)
    load_pattern(&l, STR("."));
  else
    for (uint32_t i = 0; i < r->pattern_count; i++) load_pattern(&l, r->patterns[i]);
  bool tests = l.tests;
  l.tests = false; // dependencies are read without their tests
  for (uint32_t i = 0; i < l.roots.len; i++) resolve_imports(&l, l.roots.items[i]);
  Nodes shown = {0};
  for (uint32_t i = 0; i < l.roots.len; i++) {
    VEC_APPEND(&shown, l.roots.items[i]);
    if (tests) add_test_variants(&l, l.roots.items[i], &shown);
  }
  resolve_all(&l);
  if (tests && !l.no_deps) recompile_dependencies(&l);
  load_choose_profiles(&l, &shown);
  order_graph(&l);
  g->shown_count = shown.len;
  g->shown = ARENA_ARRAY(&g->arena, LoadPackage *, shown.len + 1);
  for (uint32_t i = 0; i < shown.len; i++) {
    g->shown[i] = &shown.items[i]->shown;
    g->shown[i]->is_shown = true;
  }
  free(shown.items);
  publish(&l);
  modules_release(&l.modules);
  strmap_release(&l.packages);
  strmap_release(&l.strings);
  for (int i = 0; i < 3; i++) strmap_release(&l.found[i]);
  free(l.nodes.items);
  free(l.roots.items);
  return g;
}

Loader *loader_new(const BuildContext *context, Str cwd) {
  Loader *l = mem_new(sizeof *l);
  arena_init(&l->arena);
  l->context = context;
  l->cwd = arena_str(&l->arena, path_clean(&l->arena, cwd));
  return l;
}

void loader_free(Loader *l) {
  if (!l) return;
  fs_release(&l->fs);
  for (uint32_t i = 0; i < l->headers.len; i++) free(l->headers.entries[i].value);
  strmap_release(&l->headers);
  arena_release(&l->arena);
  free(l);
}

static char *header_text(const FileHeader *h) {
  Buf text = {0};
  if (h->build_constraint.n) buf_printf(&text, "//go:build %.*s\n\n", STR_ARG(h->build_constraint));
  buf_printf(&text, "package %.*s\n", STR_ARG(h->package_name));
  for (uint32_t i = 0; i < h->imports.len; i++) buf_printf(&text, "import \"%.*s\"\n", STR_ARG(h->imports.items[i]));
  char *copy = mem_new(text.len + 1);
  memcpy(copy, text.text, text.len);
  buf_release(&text);
  return copy;
}

void loader_keep_header(Loader *l, Str path, Str text) {
  FileHeader h;
  file_header_scan(&h, text);
  if (!h.broken) {
    bool known = strmap_has(&l->headers, path);
    free(strmap_get(&l->headers, path));
    strmap_set(&l->headers, known ? path : arena_str(&l->arena, path), header_text(&h));
  }
  file_header_release(&h);
}

void loader_forget_header(Loader *l, Str path) {
  if (!loader_has_header(l, path)) return;
  free(strmap_get(&l->headers, path));
  strmap_set(&l->headers, path, NULL);
}

bool loader_has_header(const Loader *l, Str path) { return strmap_get(&l->headers, path) != NULL; }

void loader_set_overlay(Loader *l, Str path, Str text) { fs_set_overlay(&l->fs, path, text); }
void loader_hide(Loader *l, Str path) { fs_hide(&l->fs, path); }
void loader_remove_overlay(Loader *l, Str path) { fs_remove_overlay(&l->fs, path); }
SharedText *loader_overlay(Loader *l, Str path) {
  const FsOverlay *overlay = fs_overlay(&l->fs, path);
  const FsTranslation *t = overlay && overlay->text ? fs_translation(&l->fs, path) : NULL;
  bool stands = t && t->of && str_equal(t->of->text, overlay->text->text);
  return overlay ? shared_text_retain(stands ? t->text : overlay->text) : NULL;
}

void loader_translate(Loader *l, Str path, const Str *of, Str text) { fs_translate(&l->fs, path, of, text); }

SharedText *loader_original(Loader *l, Str path, Str text) {
  const FsTranslation *t = fs_translation(&l->fs, path);
  return t && t->of && str_equal(t->text->text, text) ? shared_text_retain(t->of) : NULL;
}

bool loader_read_file(Loader *l, Str path, Str *text) { return fs_read(&l->fs, path, SIZE_MAX, text, NULL, NULL); }

// ---- Reading the graph

LoadPackage *load_graph_find(const LoadGraph *g, Str id) { return strmap_get(&g->by_id, id); }

LoadPackage *load_graph_find_file(const LoadGraph *g, Str path) {
  Str dir = path_dir(path);
  LoadPackage *variant = NULL;
  for (uint32_t i = 0; i < g->count; i++) {
    LoadPackage *p = g->packages[i];
    if (!str_equal(p->dir, dir)) continue;
    for (uint32_t k = 0; k < p->file_count; k++) {
      if (!str_equal(p->files[k]->source.path, path)) continue;
      if (!p->is_test) return p;
      if (!variant) variant = p;
    }
  }
  return variant;
}

void load_graph_free(LoadGraph *g) {
  if (!g) return;
  strmap_release(&g->by_id);
  arena_release(&g->arena);
  free(g);
}

LoadPackage *load_package_import(const LoadPackage *p, Str path) {
  uint32_t lo = 0, hi = p->import_count;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    int order = str_compare(p->imports[mid].path, path);
    if (order == 0) return p->imports[mid].package;
    if (order < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return NULL;
}

// go/types: a file's constraint may raise the language version, or lower it, but not below go1.21.
uint32_t load_file_go_minor(const LoadPackage *p, const LoadFile *f) {
  if (!f->go_minor) return p->go_minor;
  return f->go_minor < 21 ? 21 : f->go_minor;
}
