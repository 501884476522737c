// cost.c: `heapls cost FUNC…`: what a call costs, callees included, as a tree; of a package, a line for each function.
#include <jansson.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "render.h"

typedef struct Cost {
  const CliArgs *args;
  CliSetup setup;
  Str name; // of the function that is asked for, as printed in its package; empty: all
  bool json;
  uint32_t depth; // of the tree
  uint32_t found, kinds[6];
  json_t *rows;
  Buf out;
} Cost;

enum { KIND_NOTHING, KIND_BOUNDED, KIND_LOOP, KIND_UNBOUNDED, KIND_GIVEN, KIND_UNKNOWN };
static const char *const kind_names[] = {"nothing", "bounded", "loop", "unbounded", "given", "unknown"};

static int kind_of(const CostSum *s) {
  if (s->unknown) return KIND_UNKNOWN;
  if (s->params) return KIND_GIVEN;
  if (s->once >= COST_MANY || s->turn >= COST_MANY) return KIND_UNBOUNDED;
  return s->turn ? KIND_LOOP : s->once ? KIND_BOUNDED : KIND_NOTHING;
}

// ---- Text

static void write_place(Cost *c, const CostPlace *place) {
  if (!place->path.n) return;
  buf_puts(&c->out, "  ");
  render_path(&c->out, c->setup.cwd, place->path);
  if (place->line) buf_printf(&c->out, ":%u:%u", place->line, place->column);
}

static const CostEvent *last_of(const CostStep *steps, uint32_t count) { return count ? steps[count - 1].event : NULL; }

static void write_sum(Cost *c, const CostEntry *e, CostLevel level, const CostLookup *all) {
  CostStep steps[COST_STEPS];
  cost_write_sum(&c->out, &e->sums[level], last_of(steps, cost_chain(e, level, true, all, steps)));
}

static void write_way(Cost *c, const CostEntry *e, bool blind, const CostLookup *all) {
  CostStep steps[COST_STEPS];
  uint32_t count = cost_chain(e, COST_ALL, blind, all, steps);
  if (!count) return;
  buf_puts(&c->out, blind ? "  the shortest way to what is not known:\n" : "  the shortest way to an allocation:\n");
  for (uint32_t i = 0; i < count; i++) {
    buf_printf(&c->out, "    %.*s ", STR_ARG(sym_str(steps[i].in->code->symbol)));
    cost_write_event(&c->out, steps[i].event);
    write_place(c, &steps[i].event->place);
    buf_byte(&c->out, '\n');
  }
}

static bool counts(const CostEvent *e, const CostLookup *all) {
  if (e->kind != COST_CALL) return true;
  if (cost_rule(e->callee) == COST_RULE_OWN || cost_rule(e->callee) == COST_RULE_COUNTED) return false;
  const CostEntry *callee = all->find(all->context, e->callee);
  return !callee || !cost_is_nothing(&callee->sums[COST_ALL]);
}

static void write_tree(Cost *c, const CostEntry *e, uint32_t level, PtrMap *shown, const CostLookup *all) {
  ptrmap_set(shown, e->code, c);
  for (uint32_t i = 0; i < e->code->event_count; i++) {
    const CostEvent *event = &e->code->events[i];
    if (!counts(event, all)) continue;
    const CostEntry *callee = event->kind == COST_CALL ? all->find(all->context, event->callee) : NULL;
    buf_printf(&c->out, "%*s", (int)(2 + 2 * level), "");
    cost_write_event(&c->out, event);
    if (callee) {
      buf_puts(&c->out, ": ");
      write_sum(c, callee, COST_ALL, all);
    } else if (event->kind == COST_CALL) {
      buf_printf(&c->out, ": %s", cost_why_text(COST_WHY_NO_BODY));
    }
    write_place(c, &event->place);
    bool again = callee && ptrmap_has(shown, callee->code);
    if (again && callee->code->event_count) buf_puts(&c->out, " (as above)");
    buf_byte(&c->out, '\n');
    if (callee && !again && level + 1 < c->depth) write_tree(c, callee, level + 1, shown, all);
  }
}

static void write_function(Cost *c, const CostEntry *e, const CostLookup *all) {
  PtrMap shown = {0};
  buf_printf(&c->out, "%.*s: ", STR_ARG(sym_str(e->code->symbol)));
  write_sum(c, e, COST_ALL, all);
  write_place(c, &e->code->place);
  buf_byte(&c->out, '\n');
  if (!cost_sum_equal(&e->sums[COST_ALL], &e->sums[COST_WARM]) && !cost_is_nothing(&e->sums[COST_ALL])) {
    buf_puts(&c->out, "  but for cold paths: ");
    write_sum(c, e, COST_WARM, all);
    buf_byte(&c->out, '\n');
  }
  write_tree(c, e, 0, &shown, all);
  write_way(c, e, false, all);
  write_way(c, e, true, all);
  ptrmap_release(&shown);
}

// ---- JSON

static json_t *text_json(Str s) { return json_stringn_nocheck(s.p ? s.p : "", s.n); }

static json_t *sum_json(const CostSum *s) {
  json_t *o = json_pack("{s:s, s:b}", "kind", kind_names[kind_of(s)], "unknown", s->unknown);
  if (s->once < COST_MANY) json_object_set_new(o, "allocations", json_integer(s->once));
  if (s->turn < COST_MANY) json_object_set_new(o, "perTurn", json_integer(s->turn));
  if (s->once_bytes >= 0) json_object_set_new(o, "bytes", json_integer(s->once_bytes));
  if (s->turn_bytes >= 0) json_object_set_new(o, "bytesPerTurn", json_integer(s->turn_bytes));
  return o;
}

static json_t *way_json(const CostEntry *e, bool blind, const CostLookup *all) {
  CostStep steps[COST_STEPS];
  uint32_t count = cost_chain(e, COST_ALL, blind, all, steps);
  json_t *way = json_array();
  for (uint32_t i = 0; i < count; i++) {
    Buf text = {0};
    cost_write_event(&text, steps[i].event);
    json_t *step = json_object();
    json_object_set_new(step, "function", text_json(sym_str(steps[i].in->code->symbol)));
    json_object_set_new(step, "text", text_json(buf_view(&text)));
    json_object_set_new(step, "file", text_json(steps[i].event->place.path));
    json_object_set_new(step, "line", json_integer(steps[i].event->place.line));
    json_object_set_new(step, "column", json_integer(steps[i].event->place.column));
    json_array_append_new(way, step);
    buf_release(&text);
  }
  return way;
}

static void add_row(Cost *c, const CostEntry *e, const CostLookup *all) {
  json_t *row = json_object();
  json_object_set_new(row, "function", text_json(sym_str(e->code->symbol)));
  json_object_set_new(row, "file", text_json(e->code->place.path));
  json_object_set_new(row, "line", json_integer(e->code->place.line));
  json_object_set_new(row, "all", sum_json(&e->sums[COST_ALL]));
  json_object_set_new(row, "warm", sum_json(&e->sums[COST_WARM]));
  json_object_set_new(row, "wayToAllocation", way_json(e, false, all));
  json_object_set_new(row, "wayToUnknown", way_json(e, true, all));
  json_array_append_new(c->rows, row);
}

// ---- Functions

static void add_one(Cost *c, const CostEntry *e, const CostLookup *all) {
  c->found++;
  c->kinds[kind_of(&e->sums[COST_ALL])]++;
  if (c->json) {
    add_row(c, e, all);
  } else if (c->name.n) {
    write_function(c, e, all);
  } else {
    buf_printf(&c->out, "%.*s: ", STR_ARG(sym_str(e->code->symbol)));
    write_sum(c, e, COST_ALL, all);
    buf_byte(&c->out, '\n');
  }
}

static bool is_asked(const Cost *c, const CostCode *code) {
  if (c->name.n) return str_equal(code->name, c->name);
  return !code->is_literal && code->declared == code->symbol;
}

static void visit(void *context, Str package, const CostTable *t, const CostLookup *all) {
  Cost *c = context;
  for (uint32_t i = 0; i < t->len; i++) {
    const CostEntry *e = &t->entries[i];
    Str symbol = sym_str(e->code->symbol);
    bool own = str_has_prefix(symbol, package) && symbol.n > package.n && symbol.p[package.n] == '.';
    if (!own || !is_asked(c, e->code)) continue;
    add_one(c, e, all);
  }
}

// "net/http.(*Server).Serve", "./dir.F", ".F" are of a function; its package becomes the operand.
static Str cut_name(Str *operand) {
  ptrdiff_t slash = str_last_byte(*operand, '/');
  for (size_t i = (size_t)(slash + 1); i + 1 < operand->n; i++) {
    if (operand->p[i] != '.') continue;
    char next = operand->p[i + 1];
    bool version = next == 'v' && i + 2 < operand->n && operand->p[i + 2] >= '0' && operand->p[i + 2] <= '9';
    if (next == '.' || version) return STR_NONE;
    Str name = str_slice(*operand, i + 1, operand->n);
    *operand = i ? str_slice(*operand, 0, i) : STR(".");
    return name;
  }
  return STR_NONE;
}

// Of these packages, all functions or, with a name, one.
static int ask(Cost *c, const char *const *packages, uint32_t count) {
  CliArgs some = *c->args;
  some.operands.items = (const char **)(uintptr_t)packages;
  some.operands.len = count;
  c->found = 0;
  Targets targets;
  targets_find(&targets, &c->setup, &some, 0, false);
  int code = 0;
  for (uint32_t i = 0; i < targets.groups.len; i++) {
    const TargetGroup *g = &targets.groups.items[i];
    c->setup.options.build.cwd = g->cwd;
    Program *program = program_new(&c->setup.options);
    cli_notices(program);
    Buf errors = {0};
    ProgramCosts q = {g->patterns.items, g->patterns.len, visit, c};
    if (!program_costs(program, &q, NULL, &errors) || errors.len) code = 2;
    fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
    buf_release(&errors);
    program_free(program);
  }
  if (!code && !c->found && c->name.n) {
    fprintf(stderr, "heapls cost: %s has no function %.*s with code of its own (a generic one has none)\n", packages[0],
            STR_ARG(c->name));
    code = 2;
  }
  return code;
}

// Packages together, functions one by one. all: packages were asked about.
static int ask_all(Cost *c, bool *all) {
  const CliArgs *args = c->args;
  Arena *a = &c->setup.arena;
  VEC(const char *) packages = {0};
  int code = 0;
  for (uint32_t i = 0; i < args->operands.len && code != 2; i++) {
    Str operand = str_of(args->operands.items[i]);
    c->name = cut_name(&operand);
    if (c->name.n && str_has_suffix(operand, STR("/"))) operand = arena_printf(a, "%.*s.", STR_ARG(operand));
    const char *package = arena_str(a, operand.n ? operand : STR(".")).p;
    if (c->name.n)
      code = ask(c, &package, 1);
    else
      VEC_PUSH(a, &packages, package);
  }
  c->name = STR_NONE;
  if (!args->operands.len) VEC_PUSH(a, &packages, ".");
  *all = packages.len > 0;
  return code == 2 || !packages.len ? code : ask(c, packages.items, packages.len);
}

static void write_counts(Cost *c) {
  uint32_t total = 0;
  for (int i = 0; i <= KIND_UNKNOWN; i++) total += c->kinds[i];
  const uint32_t *n = c->kinds;
  buf_printf(&c->out,
             "%u functions: %u allocate nothing, nor does anything they call; %u have a bound, %u one for each turn of "
             "a loop; %u "
             "allocate without a known bound; %u call what they are given; %u unknown\n",
             total, n[KIND_NOTHING], n[KIND_BOUNDED], n[KIND_LOOP], n[KIND_UNBOUNDED], n[KIND_GIVEN], n[KIND_UNKNOWN]);
}

int cli_cost(const CliArgs *args) {
  enum { DEPTH = 3 };
  Cost c = {.args = args, .json = cli_has(args, OPTION_COST_JSON), .depth = DEPTH};
  if (cli_has(args, OPTION_DEPTH)) c.depth = (uint32_t)cli_number(cli_value(args, OPTION_DEPTH));
  int code = cli_setup_init(&c.setup, args) ? 0 : 2;
  c.setup.options.ir.explain = false;
  c.rows = json_array();
  bool packages = false;
  if (!code) code = ask_all(&c, &packages);
  if (c.json) {
    json_t *doc = json_pack("{s:o}", "functions", json_incref(c.rows));
    char *text = json_dumps(doc, JSON_INDENT(1) | JSON_SORT_KEYS);
    buf_puts(&c.out, text);
    buf_byte(&c.out, '\n');
    free(text);
    json_decref(doc);
  } else if (packages && !code) {
    write_counts(&c);
  }
  json_decref(c.rows);
  if (cli_print(&c.out)) code = 2;
  cli_setup_release(&c.setup);
  return code;
}
