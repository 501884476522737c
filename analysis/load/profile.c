// profile.c: which packages are compiled with which profile (setPGOProfilePath in cmd/go/internal/load/pkg.go).
//
// With -pgo=FILE all are. With -pgo=auto, the default, a main package that is asked for and has a default.pgo in its
// directory is compiled with it, and so is all that it imports. Where more than one package is asked for, these imports
// are copies made for that program, "p [main]": others see p as it is without. Where it is not asked what go build
// prints but what a program does, the copy is shown instead of p: without the profile p is in no program.
#include "load/state_internal.h"

#include <stdlib.h>

typedef struct Split {
  Load *l;
  const Node *main;
  Str file;
  PtrMap copies; // Node -> itself or its copy
  Nodes *shown;
} Split;

static void show_copy(Split *s, const Node *n, Node *copy) {
  if (s->l->as_built) {
    VEC_APPEND(s->shown, copy);
    return;
  }
  for (uint32_t i = 0; i < s->shown->len; i++)
    if (s->shown->items[i] == n) s->shown->items[i] = copy;
}

static Node *copy_for(Split *s, const Node *n) {
  Load *l = s->l;
  Node *copy = load_new_node(
    l, arena_printf(l->arena, "%.*s [%.*s]", STR_ARG(n->shown.id), STR_ARG(s->main->shown.path)), n->shown.path);
  Str id = copy->shown.id;
  copy->shown = n->shown;
  copy->shown.id = id;
  copy->shown.for_main = s->main->shown.path;
  copy->resolved = true;
  copy->ignored = n->ignored;
  for (uint32_t i = 0; i < n->errors.len; i++) VEC_PUSH(l->arena, &copy->errors, n->errors.items[i]);
  for (uint32_t i = 0; i < n->imports.len; i++) VEC_PUSH(l->arena, &copy->imports, n->imports.items[i]);
  if (n->shown.is_root) show_copy(s, n, copy);
  return copy;
}

// Without recursion: imports may be as deep as there are packages.
static Node *split(Split *s, Node *n, Nodes *pending) {
  Node *copy = ptrmap_get(&s->copies, n);
  if (copy) return copy;
  copy = (s->l->roots.len > 1 || !s->l->as_built) && n != s->main ? copy_for(s, n) : n;
  ptrmap_set(&s->copies, n, copy);
  copy->shown.profile = s->file;
  VEC_APPEND(pending, copy);
  return copy;
}

static void split_all(Split *s, Node *main) {
  Nodes pending = {0};
  (void)split(s, main, &pending);
  for (uint32_t i = 0; i < pending.len; i++) {
    Node *n = pending.items[i];
    for (uint32_t k = 0; k < n->imports.len; k++) {
      Node *import = (Node *)n->imports.items[k].package;
      if (!import->shown.is_fake_unsafe) n->imports.items[k].package = &split(s, import, &pending)->shown;
    }
  }
  free(pending.items);
  ptrmap_release(&s->copies);
}

LoadOutside load_profile_of(Load *l, const Node *n) {
  LoadOutside file = {0};
  Str pgo = l->context->pgo;
  if (str_equal(pgo, STR("off")) || n->shown.missing) return file;
  if (!str_equal(pgo, STR("auto")))
    file.path = pgo;
  else if (str_equal(n->shown.name, STR("main")))
    file.path = path_join(l->arena, n->shown.dir, STR("default.pgo"));
  file.there = file.path.n && fs_is_file(l->fs, file.path);
  return file;
}

void load_choose_profiles(Load *l, Nodes *shown) {
  Str pgo = l->context->pgo;
  if (str_equal(pgo, STR("off"))) return;
  uint32_t nodes = l->nodes.len, roots = l->roots.len;
  if (!str_equal(pgo, STR("auto"))) {
    for (uint32_t i = 0; i < nodes; i++) l->nodes.items[i]->shown.profile = pgo;
    return;
  }
  for (uint32_t i = 0; i < roots; i++) {
    Node *main = l->roots.items[i];
    LoadOutside file = load_profile_of(l, main);
    Split s = {l, main, file.path, {0}, shown};
    if (file.there) split_all(&s, main);
  }
}
