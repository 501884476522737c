// state_internal.h: one load in progress.
#ifndef HEAPLS_STATE_INTERNAL_H
#define HEAPLS_STATE_INTERNAL_H

#include "load/context_internal.h"
#include "load/modules_internal.h"

struct Loader {
  const BuildContext *context;
  FileSystem fs;
  Str cwd;        // clean
  StrMap headers; // path -> char *, owned: a text with the header that is kept and nothing else
  Arena arena;    // cwd, keys
};

enum { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

typedef struct Node { // a LoadPackage while it is being built
  LoadPackage shown;  // first
  uint8_t visit;
  uint32_t ignored; // .go files that the constraints leave out
  bool read_tests;  // _test.go files were read
  bool resolved;    // shown.imports is set
  bool is_command_line;
  uint32_t next_import; // of the depth-first walk
  VEC(LoadError) errors;
  VEC(LoadPackageImport) imports;
} Node;

typedef VEC(Node *) Nodes;

typedef struct Load {
  Loader *loader;
  const BuildContext *context;
  const FileSystem *fs;
  LoadGraph *graph;
  Arena *arena; // the graph's
  Modules modules;
  StrMap packages; // by import path, without test variants; to Node
  StrMap strings;  // import paths and package names: one copy each
  StrMap found[3]; // results of modules_find for importers in: modules, std, cmd
  Nodes nodes;     // in order of creation; items on the C heap
  Nodes roots;     // likewise
  VEC(LoadError) errors;
  bool tests, no_deps, as_built;
} Load;

Str load_string(Load *, Str);
void load_error(Load *, Str file, Str message);
void load_warning(Load *, Str message);
void node_error(Load *, Node *, Str file, uint32_t offset, Str message);

// package.c: reads the directory of a package, or only the named files, whatever their constraints.
void node_read_directory(Load *, Node *);
void node_read_files(Load *, Node *, const Str *names, uint32_t count);
bool node_is_unread(const Node *); // something of it could not be read
bool node_has_files(const Node *); // a package clause selected by the constraints was seen

// profile.c: sets LoadPackage.profile; adds copies of packages, those of roots to shown too.
void load_choose_profiles(Load *, Nodes *shown);
// The file that decides about a package that is asked for; empty: none.
LoadOutside load_profile_of(Load *, const Node *);

// loader.c
Node *load_new_node(Load *, Str id, Str path);
Node *load_package(Load *, Found); // the node of found.path, read
Node *load_import(Load *, Str path, const Node *importer);
Node *load_command_line_files(Load *, Str dir, const Str *names, uint32_t count);

// pattern.c: adds the packages that the pattern matches to load->roots.
void load_pattern(Load *, Str pattern);
bool package_pattern_matches(Str pattern, Str name);

#endif
