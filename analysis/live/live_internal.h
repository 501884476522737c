// live_internal.h: what the files of live/ share: the state of a package under edit, by declaration.
#ifndef HEAPLS_LIVE_INTERNAL_H
#define HEAPLS_LIVE_INTERNAL_H

#include "live/live.h"
#include "types/recheck.h"

typedef struct LiveMessage {
  const AstDecl *decl; // outermost position; NULL: generated
  uint32_t offset;
  MessageKind kind;
  Str text;
} LiveMessage;

typedef struct LiveCopy {
  const AstDecl *decl;
  uint32_t offset;
  bool heap, loop;
} LiveCopy;

typedef VEC(LiveCopy) LiveCopies;

typedef struct LiveReach { // what a declaration's code does with a function of the package: see AllocUse
  struct LiveDecl *to;
  uint64_t instance; // to is NULL: an instance of a generic function
  Sym method;        // likewise: methods of that name are called through an interface
  const IrFunc *by;  // of what no declaration does: a function of the base
  bool calls;
  uint8_t cold, cold_if;
  uint16_t values, values_once;
} LiveReach;
typedef VEC(LiveReach) LiveReaches;

typedef struct LiveUnit { // one small compilation
  IrUnit *unit;
  Arena types;    // made while it was compiled
  uint32_t users; // functions whose newest code is here
} LiveUnit;

typedef struct LiveDecl LiveDecl;
struct LiveDecl {
  const AstDecl *decl; // the effective version
  uint32_t file;       // of the state's
  Object *func;        // that can be compiled alone, or NULL
  IrFunc *ir;
  LiveUnit *unit;        // NULL: the base's
  BodyVersion *version;  // NULL: the base's
  FindingText *text;     // of findings and messages; NULL: the base's
  const AstDecl *shown;  // the version of it whose group its file shows, which retains it; NULL: it is new there
  bool fresh;            // else, until they are published, they are:
  FindingItems *items;   // retained; with positions in the newest text
  LiveMessage *messages; // owned
  uint32_t message_count;
  LiveCopies copies;             // sites of other functions that came in by inlining, once for each function or closure
  VEC(LiveDecl *) uses, callers; // functions
  VEC(LiveDecl *) order[2];      // of these, what the code before and after inlining mentions, as a visit meets it
  LiveReaches reaches;
  uint64_t *instances; // sorted: instances of generic functions that it makes the package compile
  uint32_t instance_count;
  bool instances_known;
  bool of_base;             // its memory goes with the state
  bool frozen;              // a version that the text does not have stands for it
  bool outdated;            // refers to declarations that are gone: not compiled until it is right again
  bool own_steps;           // of its findings in the file: no longer those that text has
  bool touched;             // something that is shown of it has changed since the last publication
  bool recount;             // sites of it came or went elsewhere since its findings were published
  bool gone;                // it is about to be freed
  bool renewed;             // declared anew by this update
  bool picked;              // scratch of change.c
  bool reached, cold_fixed; // scratch of cold.c
  uint8_t cold;             // likewise
  uint32_t values, values_once;
  uint32_t mark, back;            // scratch of graph.c and order.c: the last generation that came by, and from behind
  uint32_t place, low, component; // scratch of order.c
  LiveDecl *root;                 // likewise
  LiveDecl *entry[2]; // of its cycle, where the visit entered it when it was compiled: before and after inlining
};

typedef VEC(LiveDecl *) LiveDecls;
static inline bool live_is_stale(const LiveDecl *l) { return l->frozen || l->outdated; }

typedef struct LivePin { // a function object that is gone, with its code
  Object *func;
  LiveUnit *unit; // NULL: the base's
  BodyVersion *version;
} LivePin;

typedef struct LiveFile {
  ParsedFile *actual; // retained
  AstFile *effective; // owned when it differs from actual's; holds references to its declarations
  PtrMap frozen;      // AstDecl of the text -> AstDecl that stands for it
  FindingFile *shown; // retained: as it was published last; NULL: nothing is explained
  ParsedFile *placed; // retained: the version that shown has positions of
  uint32_t shelf;     // its place in a set of findings
  bool touched;       // what is shown has to be made again
  FindingFile *last;  // retained: what a state before this one showed, of
  ParsedFile *then;   // that version, retained
} LiveFile;

struct LiveState {
  PackageImage *base;             // owns this
  Arena arena;                    // of declarations of the base
  LiveFile *files;                // as base->files
  PtrMap by_decl, by_func, by_ir; // AstDecl, FUNC object, IrFunc -> LiveDecl
  LiveDecls decls;
  uint32_t outdated, fresh, stale; // so many of them are
  PtrMap copied;                   // AstDecl -> how many kinds of sites of it are copied
  PtrMap copies;                   // hash of a declaration and offset -> CopyCount, in arena
  struct CopyCount *free_counts;   // in arena
  VEC(const AstDecl *) base_decls; // retained
  PtrMap instances;                // hash of an instance -> hash of its messages
  uint64_t summary;                // counts changes that importers can see
  uint32_t generation, edits;
  uint32_t compiled;                  // functions compiled by the last update
  LiveDecls pending;                  // of an update that was cancelled
  VEC(BodyVersion *) pinned_versions; // kept until the base goes
  VEC(LivePin) pins;                  // what outdated functions may refer to
  LiveDecl init;                      // the package initialiser: func is NULL
  size_t lazy_bytes;                  // of the package when the state was made
  LiveDecl rest;                      // messages of no single function
  LiveDecls touched;                  // those that are
  bool retyped;                       // declarations have changed since, so that others may have errors or have none
  bool order_changed;                 // what functions mention, or their order
  bool cold_changed;                  // what makes functions cold or warm
  VEC(CostBatch *) cost_batches;      // of functions that were compiled since `costs`; retained, C heap
  CostTable *costs;                   // as of then; NULL: not asked for yet
  bool dead;                          // an update failed half-way: build anew
  char *settled, *settled_end;        // what the declarations of the base had when the state was made: see LIVE_APPEND
};

// -- text.c --
typedef struct LiveEdit {
  LiveDecl *of;  // NULL: it is new
  AstDecl *decl; // the new version; NULL: it went
  uint32_t file;
} LiveEdit;
typedef VEC(LiveEdit) LiveEdits;
typedef struct LiveMerge {
  LiveEdits edits;   // same header
  LiveEdits changes; // functions, constants and variables that came, went or have another header
  bool structural;   // more than these changed
} LiveMerge;
// Brings files[i] to now: frozen declarations are kept, changed bodies go to merge->edits.
void live_merge_file(LiveState *, uint32_t i, ParsedFile *now, LiveMerge *);
void live_freeze(LiveState *, uint32_t i, const AstDecl *shown,
                 LiveDecl *kept); // the new version is wrong: the old one stands
void live_thaw(LiveState *, uint32_t i, const AstDecl *shown, const AstDecl *kept); // it is right after all
void live_file_release(LiveFile *);
bool live_same_header(const AstDecl *, const AstDecl *);
bool live_header_reads_well(const AstFile *); // package clause and imports: else the load graph has the last that did

// -- graph.c --
void live_set_uses(LiveState *, LiveDecl *, LiveDecl **uses, uint32_t len); // replaces; copies
// What the functions, just compiled in unit, mention by the checker's records and by their code.
void live_find_uses(LiveState *, IrUnit *unit, LiveDecl *const *decls, uint32_t len);
void live_components(LiveState *, LiveDecls *); // adds all that are in a cycle with one of them

// -- order.c --
typedef struct LiveOrder { // context of live_order_sort
  LiveState *live;
  const LiveDecls *set; // that are compiled
} LiveOrder;
// For CompileOrder: sorts the unit's functions so that a visit enters each cycle where a visit of the whole package
// does, and notes what the functions mention.
void live_order_sort(void *context, IrUnit *, bool inlined);
void live_order_of_base(LiveState *);               // what is mentioned in the base
void live_reordered(LiveState *, LiveDecls *again); // functions whose cycle would be entered elsewhere now

// -- cold.c --
// What these functions, just compiled, do; that of others goes to rest (NULL: is left out).
void live_take_reaches(LiveState *, const FindingList *, LiveDecl *const *decls, uint32_t len, LiveDecl *rest);
// Functions whose findings are wrong about how seldom they are reached. False: build anew.
bool live_spread_cold(LiveState *, LiveDecls *again);

// -- place.c --
void live_show_base(LiveState *);
// Findings of a file that are not published yet go with the text.
void live_move_fresh(LiveState *, uint32_t file, const AstFile *from, const AstFile *to);
void live_publish(LiveState *, PackageImage *);
// What was said before the package was built anew of declarations that nothing can be said of now is said on, as stale.
void live_carry_findings(LiveState *);
// What is to be said of it is now this. Positions in the newest text.
typedef VEC(const Finding *) FindingRefs;
void live_set_items(LiveState *, LiveDecl *, const FindingRefs *, FindingText *); // whose strings they have, or NULL
void live_touch(LiveState *, LiveDecl *);
void live_set_stale(LiveState *, LiveDecl *, bool frozen, bool outdated);
// The sites that came into it are these now; takes them.
void live_set_copies(LiveState *, LiveDecl *, LiveCopies *);
void live_forget(LiveState *, const LiveDecls *gone); // before they are freed

// -- result.c --
void live_groups_of_base(LiveState *);
// Of a declaration that no function is: the base's findings. False: the base has none, as its text did not have the
// declaration when it was built.
bool live_restore_group(LiveState *, LiveDecl *, const AstFile *);
// New findings and messages of functions just compiled. False: instances of generic functions changed, build anew.
bool live_take_unit(LiveState *, IrUnit *, LiveDecl *const *decls, uint32_t len);
void live_instances_of(IrUnit *, uint64_t **items, uint32_t *len); // sorted; owned
uint64_t live_instance_key(const IrFunc *);

// -- change.c --
// Declares what changed, and checks all bodies that this touches. New versions that are good are installed and go to
// seeds. False: build anew.
bool live_change(LiveState *, const LiveEdits *changes, const LiveEdits *edits, LiveDecls *seeds);
void live_unpin(LiveState *, bool all); // what nobody can refer to any more

// -- live.c --
LiveDecl *live_decl_new(LiveState *, uint32_t file, const AstDecl *, bool of_base);
void live_decl_free(const LiveState *, LiveDecl *);
// The vectors of declarations: those that the state began with lie in one block of its arena, as hundreds of them would
// leave holes all over the C heap. What replaces them is on the C heap. messages, copies, uses, callers, order and
// reaches are freed and appended to by these only.
void live_free_items(const LiveState *, void *items);
void *live_grow(const LiveState *, void *items, uint32_t *cap, size_t item_size);
#define LIVE_APPEND(live, v, ...)                                                                                      \
  do {                                                                                                                 \
    if ((v)->len == (v)->cap) (v)->items = live_grow((live), (v)->items, &(v)->cap, sizeof *(v)->items);               \
    (v)->items[(v)->len++] = (__VA_ARGS__);                                                                            \
  } while (0)
void live_unit_release(LiveUnit *);
void live_know_instances(LiveState *, LiveDecl *);
// Takes v as what the function is from now on.
void live_set_version(LiveState *, LiveDecl *, BodyVersion *v);
#endif
