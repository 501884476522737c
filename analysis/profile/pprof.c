// pprof.c: profile.proto (github.com/google/pprof), as far as the compiler looks at it: a protocol buffer, mostly
// inside gzip.
//
// Of each sample the two innermost locations count, the leaf and its caller, each with the functions that were inlined
// there: these frames are a chain of calls, outermost first, and each link of it gets the sample's weight once
// (NewGraph in internal/profile/graph.go). A frame is an address, a function and a line; links are added up by the
// names of both functions and the line of the call, counted from where the caller begins (createNamedEdgeMap in
// cmd/internal/pgo/pprof.go).
//
// The message is read twice: first its tables, whose order is free, then its samples.
#include "profile/profile_internal.h"

#include <stdlib.h>
#include <zlib.h>

typedef struct Value {
  Str type, unit;
} Value;
typedef struct Function {
  uint64_t id;
  int64_t name, start_line;
} Function;
typedef struct Frame {
  Str name;
  int64_t line, start_line;
  uint64_t address;
  int64_t cum; // weight of the samples that it is in
  uint32_t sample;
  bool has_function;
} Frame;
typedef struct Location {
  Frame **frames; // innermost first
  uint32_t len;
} Location;
typedef struct Link {
  Frame *from, *to;
  int64_t weight;
  uint32_t sample; // the last one that counted
} Link;

typedef struct Pprof {
  ProfileReading *r;
  Arena arena;
  VEC(Str) strings;
  VEC(Str) sample_types, locations, functions, samples; // messages
  PtrMap function_of, location_of;                      // id -> Function, Location
  PtrMap frames, links;                                 // hash of what they are -> Frame, Link
  uint32_t items, values;
  uint32_t value; // which of a sample's values counts
} Pprof;

// ---- the wire

typedef struct Field {
  uint32_t number, wire;
  uint64_t u;
  Str bytes;
} Field;

static bool take_varint(Str *s, uint64_t *out) {
  *out = 0;
  for (unsigned i = 0; i < 10 && i < s->n; i++) {
    uint64_t byte = (unsigned char)s->p[i];
    *out |= (byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    *s = str_slice(*s, i + 1, s->n);
    return true;
  }
  return false;
}

static bool take_field(Str *s, Field *f) {
  uint64_t key, n;
  if (!take_varint(s, &key)) return false;
  *f = (Field){.number = key >> 3 > UINT32_MAX ? UINT32_MAX : (uint32_t)(key >> 3), .wire = key & 7};
  switch (f->wire) {
  case 0: return take_varint(s, &f->u);
  case 2:
    if (!take_varint(s, &n) || n > s->n) return false;
    f->bytes = str_slice(*s, 0, n);
    *s = str_slice(*s, n, s->n);
    return true;
  case 1:
  case 5:
    n = f->wire == 1 ? 8 : 4;
    if (n > s->n) return false;
    *s = str_slice(*s, n, s->n);
    return true;
  default: return false;
  }
}

static bool malformed(Pprof *p, const char *what) { return profile_fail(p->r, "the profile is damaged: %s", what); }

// Calls take with each field of the message.
static bool each_field(Pprof *p, Str message, bool (*take)(Pprof *, const Field *, void *), void *context) {
  while (message.n) {
    Field f;
    if (!take_field(&message, &f)) return malformed(p, "it is no protocol buffer");
    if (!take(p, &f, context)) return false;
  }
  return true;
}

static bool count_item(Pprof *p) {
  return ++p->items <= PROFILE_ITEMS_MOST || profile_fail(p->r, "the profile has too many entries");
}

static bool is_number(Pprof *p, const Field *f) { return f->wire == 0 || malformed(p, "a field has the wrong type"); }
static bool is_bytes(Pprof *p, const Field *f) { return f->wire == 2 || malformed(p, "a field has the wrong type"); }

static bool get_string(Pprof *p, int64_t index, Str *out) {
  if (index < 0 || index >= p->strings.len) return malformed(p, "a string is missing");
  *out = p->strings.items[index];
  return true;
}

// ---- the tables

static bool take_table(Pprof *p, const Field *f, void *context) {
  (void)context;
  enum { SAMPLE_TYPE = 1, SAMPLE = 2, LOCATION = 4, FUNCTION = 5, STRING = 6 };
  if (f->number == 0 || f->number > STRING) return true;
  if (!is_bytes(p, f) || !count_item(p)) return false;
  switch (f->number) {
  case SAMPLE_TYPE: VEC_APPEND(&p->sample_types, f->bytes); break;
  case SAMPLE: VEC_APPEND(&p->samples, f->bytes); break;
  case LOCATION: VEC_APPEND(&p->locations, f->bytes); break;
  case FUNCTION: VEC_APPEND(&p->functions, f->bytes); break;
  case STRING:
    if (!p->strings.len && f->bytes.n) return malformed(p, "its first string is not empty");
    VEC_APPEND(&p->strings, f->bytes);
    break;
  default: break;
  }
  return true;
}

typedef struct ValueType {
  int64_t type, unit;
} ValueType;
static bool take_value_type(Pprof *p, const Field *f, void *context) {
  ValueType *v = context;
  if (f->number != 1 && f->number != 2) return true;
  if (!is_number(p, f)) return false;
  *(f->number == 1 ? &v->type : &v->unit) = (int64_t)f->u;
  return true;
}

// Samples or nanoseconds, whichever comes first: one is the other, scaled.
static bool choose_value(Pprof *p) {
  for (uint32_t i = 0; i < p->sample_types.len; i++) {
    ValueType v = {0};
    Str type, unit;
    if (!each_field(p, p->sample_types.items[i], take_value_type, &v) || !get_string(p, v.type, &type) ||
        !get_string(p, v.unit, &unit))
      return false;
    p->value = i;
    if (str_equal(type, STR("samples")) && str_equal(unit, STR("count"))) return true;
    if (str_equal(type, STR("cpu")) && str_equal(unit, STR("nanoseconds"))) return true;
  }
  return profile_fail(p->r, "it is no CPU profile: it has neither samples/count nor cpu/nanoseconds");
}

static bool take_function(Pprof *p, const Field *f, void *context) {
  Function *fn = context;
  if (f->number == 0 || f->number > 5) return true;
  if (!is_number(p, f)) return false;
  if (f->number == 1) fn->id = f->u;
  if (f->number == 2) fn->name = (int64_t)f->u;
  if (f->number == 5) fn->start_line = (int64_t)f->u;
  return true;
}

// Ids may be any numbers; a key of a map is not zero.
static const void *id_key(uint64_t id) { return (const void *)(uintptr_t)id; }

static bool read_functions(Pprof *p) {
  for (uint32_t i = 0; i < p->functions.len; i++) {
    Function *fn = ARENA_NEW(&p->arena, Function);
    Str name;
    if (!each_field(p, p->functions.items[i], take_function, fn) || !get_string(p, fn->name, &name)) return false;
    if (!fn->id) return malformed(p, "a function has no number");
    if (ptrmap_has(&p->function_of, id_key(fn->id))) return malformed(p, "two functions have one number");
    ptrmap_set(&p->function_of, id_key(fn->id), fn);
  }
  return true;
}

typedef struct LineField {
  uint64_t function;
  int64_t line;
} LineField;
typedef struct LocationFields {
  uint64_t id, address;
  VEC(LineField) lines;
} LocationFields;

static bool take_line(Pprof *p, const Field *f, void *context) {
  LineField *line = context;
  if (f->number != 1 && f->number != 2) return true;
  if (!is_number(p, f)) return false;
  if (f->number == 1) line->function = f->u;
  if (f->number == 2) line->line = (int64_t)f->u;
  return true;
}

static bool take_location(Pprof *p, const Field *f, void *context) {
  LocationFields *l = context;
  if (f->number == 0 || f->number > 4) return true;
  if (f->number < 4) {
    if (!is_number(p, f)) return false;
    if (f->number == 1) l->id = f->u;
    if (f->number == 3) l->address = f->u;
    return true;
  }
  LineField line = {0};
  if (!is_bytes(p, f) || !count_item(p) || !each_field(p, f->bytes, take_line, &line)) return false;
  VEC_APPEND(&l->lines, line);
  return true;
}

static Frame *frame_of(Pprof *p, const Frame *like) {
  uint64_t h = hash_mix(hash_mix(1, (uint64_t)(uintptr_t)like->name.p), (uint64_t)like->line);
  h = hash_mix(hash_mix(h, (uint64_t)like->start_line), like->address);
  const void *key = id_key(h | 1);
  Frame *frame = ptrmap_get(&p->frames, key);
  if (frame) return frame;
  frame = ARENA_NEW(&p->arena, Frame);
  *frame = *like;
  ptrmap_set(&p->frames, key, frame);
  return frame;
}

static bool make_location(Pprof *p, const LocationFields *l) {
  if (!l->id) return malformed(p, "a location has no number");
  if (ptrmap_has(&p->location_of, id_key(l->id))) return malformed(p, "two locations have one number");
  Location *location = ARENA_NEW(&p->arena, Location);
  location->len = l->lines.len ? l->lines.len : 1;
  location->frames = ARENA_ARRAY(&p->arena, Frame *, location->len);
  for (uint32_t i = 0; i < location->len; i++) {
    Frame like = {.address = l->address};
    uint64_t id = l->lines.len ? l->lines.items[i].function : 0;
    const Function *fn = id ? ptrmap_get(&p->function_of, id_key(id)) : NULL;
    if (id && !fn) return malformed(p, "a function is missing");
    if (fn) {
      like.name = profile_name(p->r, p->strings.items[fn->name]);
      like.line = l->lines.items[i].line;
      like.start_line = fn->start_line;
      like.has_function = true;
    }
    location->frames[i] = frame_of(p, &like);
  }
  ptrmap_set(&p->location_of, id_key(l->id), location);
  return true;
}

static bool read_locations(Pprof *p) {
  for (uint32_t i = 0; i < p->locations.len; i++) {
    LocationFields l = {0};
    bool ok = each_field(p, p->locations.items[i], take_location, &l) && make_location(p, &l);
    free(l.lines.items);
    if (!ok) return false;
  }
  return true;
}

// ---- samples

typedef struct SampleFields {
  uint64_t locations[2]; // the leaf and its caller
  uint32_t location_count, value_count;
  int64_t weight;
} SampleFields;

static void note_location(SampleFields *s, uint64_t id) {
  if (s->location_count < 2) s->locations[s->location_count++] = id;
}

static void note_value(const Pprof *p, SampleFields *s, uint64_t v) {
  if (s->value_count++ == p->value) s->weight = (int64_t)v;
}

static bool take_sample(Pprof *p, const Field *f, void *context) {
  SampleFields *s = context;
  if (f->number != 1 && f->number != 2) return true;
  Str packed = f->bytes;
  bool ok = true;
  if (f->wire == 0) {
    f->number == 1 ? note_location(s, f->u) : note_value(p, s, f->u);
    return true;
  }
  if (!is_bytes(p, f)) return false;
  for (uint64_t v; ok && packed.n;) {
    ok = take_varint(&packed, &v);
    if (ok) f->number == 1 ? note_location(s, v) : note_value(p, s, v);
  }
  return ok || malformed(p, "it is no protocol buffer");
}

static void add_link(Pprof *p, Frame *from, Frame *to, int64_t weight, uint32_t sample) {
  const void *key = id_key(hash_mix(hash_mix(1, (uint64_t)(uintptr_t)from), (uint64_t)(uintptr_t)to) | 1);
  Link *link = ptrmap_get(&p->links, key);
  if (!link) {
    link = ARENA_NEW(&p->arena, Link);
    *link = (Link){.from = from, .to = to};
    ptrmap_set(&p->links, key, link);
  }
  if (link->sample == sample) return;
  link->sample = sample;
  link->weight = (int64_t)((uint64_t)link->weight + (uint64_t)weight);
}

static bool add_sample(Pprof *p, const SampleFields *s, uint32_t number) {
  if (s->value_count != p->sample_types.len)
    return malformed(p, "a sample has another number of values than it should");
  if (!s->weight) return true;
  Frame *parent = NULL;
  for (uint32_t i = s->location_count; i-- > 0;) {
    const Location *l = ptrmap_get(&p->location_of, id_key(s->locations[i]));
    if (!l) return malformed(p, "a location is missing");
    for (uint32_t k = l->len; k-- > 0;) {
      Frame *frame = l->frames[k];
      if (frame->sample != number) frame->cum = (int64_t)((uint64_t)frame->cum + (uint64_t)s->weight);
      frame->sample = number;
      if (parent && parent != frame) add_link(p, parent, frame, s->weight, number);
      parent = frame;
    }
    if (!count_item(p)) return false;
  }
  return true;
}

static int by_names(const void *a, const void *b) {
  const ProfileEdge *x = a, *y = b;
  int c = x->caller.p == y->caller.p ? 0 : str_compare(x->caller, y->caller);
  if (!c) c = x->callee.p == y->callee.p ? 0 : str_compare(x->callee, y->callee);
  return c ? c : x->offset < y->offset ? -1 : x->offset > y->offset;
}

// Links between the same functions from the same line become one edge.
static void make_edges(Pprof *p) {
  ProfileReading *r = p->r;
  for (uint32_t i = 0; i < p->links.len; i++) {
    const Link *link = p->links.entries[i].value;
    if (!link->from->cum) continue; // gc has no such node
    ProfileEdge e = {link->from->name, link->to->name, link->from->line - link->from->start_line, link->weight};
    VEC_APPEND(&r->edges, e);
  }
  if (!r->edges.len) return;
  qsort(r->edges.items, r->edges.len, sizeof *r->edges.items, by_names);
  uint32_t kept = 0;
  for (uint32_t i = 1; i < r->edges.len; i++) {
    ProfileEdge *last = &r->edges.items[kept], *e = &r->edges.items[i];
    if (by_names(last, e) == 0)
      last->weight = (int64_t)((uint64_t)last->weight + (uint64_t)e->weight);
    else
      r->edges.items[++kept] = *e;
  }
  r->edges.len = kept + 1;
}

static bool knows_start_lines(const Pprof *p) {
  bool any = false;
  for (uint32_t i = 0; i < p->frames.len; i++) {
    const Frame *f = p->frames.entries[i].value;
    if (f->cum && f->start_line) return true;
    any |= f->cum != 0;
  }
  return !any; // go1.26 refuses a profile whose samples are all zero; go1.27 takes it as empty
}

static bool read_message(Pprof *p, Str message) {
  if (!each_field(p, message, take_table, NULL)) return false;
  if (!p->samples.len) return true;
  if (!choose_value(p) || !read_functions(p) || !read_locations(p)) return false;
  for (uint32_t i = 0; i < p->samples.len; i++) {
    SampleFields s = {0};
    if (!each_field(p, p->samples.items[i], take_sample, &s) || !add_sample(p, &s, i + 1)) return false;
  }
  if (!knows_start_lines(p))
    return profile_fail(
      p->r, "the profile does not tell where functions begin: it was made by a program built before go1.20");
  make_edges(p);
  return true;
}

// ---- gzip

static bool expand(ProfileReading *r, Str bytes, Buf *out) {
  enum { CHUNK = 1 << 16 };
  z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes.p, .avail_in = (uInt)bytes.n};
  if (inflateInit2(&z, 15 + 16) != Z_OK) return profile_fail(r, "the profile can't be decompressed");
  char *chunk = mem_new(CHUNK);
  int status = Z_OK;
  while (status == Z_OK && out->len <= PROFILE_BYTES_MOST) {
    z.next_out = (Bytef *)chunk;
    z.avail_out = CHUNK;
    status = inflate(&z, Z_NO_FLUSH);
    buf_str(out, (Str){chunk, CHUNK - z.avail_out});
    // Members may follow each other.
    if (status == Z_STREAM_END && z.avail_in && inflateReset(&z) == Z_OK) status = Z_OK;
  }
  inflateEnd(&z);
  free(chunk);
  if (out->len > PROFILE_BYTES_MOST)
    return profile_fail(r, "the profile expands to more than %d MiB", PROFILE_BYTES_MOST >> 20);
  return status == Z_STREAM_END || profile_fail(r, "the profile can't be decompressed: it is cut off or damaged");
}

bool pprof_read(ProfileReading *r, Str bytes) {
  Pprof p = {.r = r};
  arena_init(&p.arena);
  Buf expanded = {0};
  bool ok = true;
  if (bytes.n >= 2 && (unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b) {
    ok = expand(r, bytes, &expanded);
    bytes = buf_view(&expanded);
  }
  ok = ok && read_message(&p, bytes);
  buf_release(&expanded);
  free(p.strings.items);
  free(p.sample_types.items);
  free(p.locations.items);
  free(p.functions.items);
  free(p.samples.items);
  ptrmap_release(&p.function_of);
  ptrmap_release(&p.location_of);
  ptrmap_release(&p.frames);
  ptrmap_release(&p.links);
  arena_release(&p.arena);
  return ok;
}
