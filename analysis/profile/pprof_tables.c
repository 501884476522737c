// pprof_tables.c: profile.proto (github.com/google/pprof), a protocol buffer, mostly inside gzip: its tables and
// samples, as internal/profile in GOROOT reads and checks them.
//
// The message is read twice: first its tables, whose order is free, then its samples.
#include "profile/pprof_internal.h"

#include <stdlib.h>
#include <zlib.h>

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

bool pprof_malformed(PprofTables *p, const char *what) {
  return profile_fail(p->fault, "the profile is damaged: %s", what);
}

// Calls take with each field of the message.
static bool each_field(PprofTables *p, Str message, bool (*take)(PprofTables *, const Field *, void *), void *context) {
  while (message.n) {
    Field f;
    if (!take_field(&message, &f)) return pprof_malformed(p, "it is no protocol buffer");
    if (!take(p, &f, context)) return false;
  }
  return true;
}

bool pprof_count_item(PprofTables *p) {
  return ++p->items <= PROFILE_ITEMS_MOST || profile_fail(p->fault, "the profile has too many entries");
}

static bool is_number(PprofTables *p, const Field *f) {
  return f->wire == 0 || pprof_malformed(p, "a field has the wrong type");
}
static bool is_bytes(PprofTables *p, const Field *f) {
  return f->wire == 2 || pprof_malformed(p, "a field has the wrong type");
}

static bool get_string(PprofTables *p, int64_t index, Str *out) {
  if (index < 0 || index >= p->strings.len) return pprof_malformed(p, "a string is missing");
  *out = p->strings.items[index];
  return true;
}

// ---- the tables

static bool take_table(PprofTables *p, const Field *f, void *context) {
  (void)context;
  enum { SAMPLE_TYPE = 1, SAMPLE = 2, LOCATION = 4, FUNCTION = 5, STRING = 6 };
  if (f->number == 0 || f->number > STRING) return true;
  if (!is_bytes(p, f) || !pprof_count_item(p)) return false;
  switch (f->number) {
  case SAMPLE_TYPE: VEC_APPEND(&p->value_messages, f->bytes); break;
  case SAMPLE: VEC_APPEND(&p->samples, f->bytes); break;
  case LOCATION: VEC_APPEND(&p->locations, f->bytes); break;
  case FUNCTION: VEC_APPEND(&p->functions, f->bytes); break;
  case STRING:
    if (!p->strings.len && f->bytes.n) return pprof_malformed(p, "its first string is not empty");
    VEC_APPEND(&p->strings, f->bytes);
    break;
  default: break;
  }
  return true;
}

typedef struct ValueType {
  int64_t type, unit;
} ValueType;
static bool take_value_type(PprofTables *p, const Field *f, void *context) {
  ValueType *v = context;
  if (f->number != 1 && f->number != 2) return true;
  if (!is_number(p, f)) return false;
  *(f->number == 1 ? &v->type : &v->unit) = (int64_t)f->u;
  return true;
}

static bool read_values(PprofTables *p) {
  for (uint32_t i = 0; i < p->value_messages.len; i++) {
    ValueType v = {0};
    PprofValue value;
    if (!each_field(p, p->value_messages.items[i], take_value_type, &v) || !get_string(p, v.type, &value.type) ||
        !get_string(p, v.unit, &value.unit))
      return false;
    VEC_APPEND(&p->values, value);
  }
  return true;
}

typedef struct FunctionFields {
  uint64_t id;
  int64_t name, file, start_line;
} FunctionFields;

static bool take_function(PprofTables *p, const Field *f, void *context) {
  FunctionFields *fn = context;
  if (f->number == 0 || f->number > 5) return true;
  if (!is_number(p, f)) return false;
  if (f->number == 1) fn->id = f->u;
  if (f->number == 2) fn->name = (int64_t)f->u;
  if (f->number == 4) fn->file = (int64_t)f->u;
  if (f->number == 5) fn->start_line = (int64_t)f->u;
  return true;
}

// Ids may be any numbers; a key of a map is not zero.
static const void *id_key(uint64_t id) { return (const void *)(uintptr_t)id; }

static bool read_functions(PprofTables *p) {
  for (uint32_t i = 0; i < p->functions.len; i++) {
    FunctionFields from = {0};
    PprofFunction *fn = ARENA_NEW(&p->arena, PprofFunction);
    if (!each_field(p, p->functions.items[i], take_function, &from) || !get_string(p, from.name, &fn->name) ||
        !get_string(p, from.file, &fn->file))
      return false;
    fn->start_line = from.start_line;
    if (!from.id) return pprof_malformed(p, "a function has no number");
    if (ptrmap_has(&p->function_of, id_key(from.id))) return pprof_malformed(p, "two functions have one number");
    ptrmap_set(&p->function_of, id_key(from.id), fn);
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

static bool take_line(PprofTables *p, const Field *f, void *context) {
  LineField *line = context;
  if (f->number != 1 && f->number != 2) return true;
  if (!is_number(p, f)) return false;
  if (f->number == 1) line->function = f->u;
  if (f->number == 2) line->line = (int64_t)f->u;
  return true;
}

static bool take_location(PprofTables *p, const Field *f, void *context) {
  LocationFields *l = context;
  if (f->number == 0 || f->number > 4) return true;
  if (f->number < 4) {
    if (!is_number(p, f)) return false;
    if (f->number == 1) l->id = f->u;
    if (f->number == 3) l->address = f->u;
    return true;
  }
  LineField line = {0};
  if (!is_bytes(p, f) || !pprof_count_item(p) || !each_field(p, f->bytes, take_line, &line)) return false;
  VEC_APPEND(&l->lines, line);
  return true;
}

static bool make_location(PprofTables *p, const LocationFields *l) {
  if (!l->id) return pprof_malformed(p, "a location has no number");
  if (ptrmap_has(&p->location_of, id_key(l->id))) return pprof_malformed(p, "two locations have one number");
  PprofLocation *location = ARENA_NEW(&p->arena, PprofLocation);
  location->address = l->address;
  location->len = l->lines.len;
  location->lines = ARENA_ARRAY(&p->arena, PprofLine, l->lines.len + 1);
  for (uint32_t i = 0; i < l->lines.len; i++) {
    uint64_t id = l->lines.items[i].function;
    const PprofFunction *fn = id ? ptrmap_get(&p->function_of, id_key(id)) : NULL;
    if (id && !fn) return pprof_malformed(p, "a function is missing");
    location->lines[i] = (PprofLine){fn, l->lines.items[i].line};
  }
  ptrmap_set(&p->location_of, id_key(l->id), location);
  return true;
}

static bool read_locations(PprofTables *p) {
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
  PprofSample sample;
  bool missing; // a location
} SampleFields;

static void note(PprofTables *p, SampleFields *s, bool is_location, uint64_t v) {
  if (!is_location) {
    VEC_APPEND(&s->sample.values, (int64_t)v);
    return;
  }
  const PprofLocation *l = ptrmap_get(&p->location_of, id_key(v));
  s->missing |= !l;
  VEC_APPEND(&s->sample.locations, l);
}

static bool take_sample(PprofTables *p, const Field *f, void *context) {
  SampleFields *s = context;
  if (f->number != 1 && f->number != 2) return true;
  Str packed = f->bytes;
  bool ok = true, is_location = f->number == 1;
  if (f->wire == 0) {
    note(p, s, is_location, f->u);
    return true;
  }
  if (!is_bytes(p, f)) return false;
  for (uint64_t v; ok && packed.n;) {
    ok = take_varint(&packed, &v);
    if (ok) note(p, s, is_location, v);
  }
  return ok || pprof_malformed(p, "it is no protocol buffer");
}

bool pprof_each_sample(PprofTables *p, bool (*take)(void *context, const PprofSample *), void *context) {
  SampleFields s = {0};
  bool ok = true;
  for (uint32_t i = 0; i < p->samples.len && ok; i++) {
    s.sample.locations.len = s.sample.values.len = 0;
    s.missing = false;
    ok = each_field(p, p->samples.items[i], take_sample, &s);
    if (ok && s.sample.values.len != p->values.len)
      ok = pprof_malformed(p, "a sample has another number of values than it should");
    if (ok && s.missing) ok = pprof_malformed(p, "a location is missing");
    ok = ok && take(context, &s.sample);
  }
  free(s.sample.locations.items);
  free(s.sample.values.items);
  return ok;
}

// ---- gzip

static bool expand(ProfileFault *r, Str bytes, Buf *out) {
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

bool pprof_tables_read(PprofTables *p, ProfileFault *fault, Str bytes) {
  *p = (PprofTables){.fault = fault};
  arena_init(&p->arena);
  if (bytes.n > PROFILE_BYTES_MOST)
    return profile_fail(fault, "the profile is larger than %d MiB", PROFILE_BYTES_MOST >> 20);
  if (bytes.n >= 2 && (unsigned char)bytes.p[0] == 0x1f && (unsigned char)bytes.p[1] == 0x8b) {
    if (!expand(fault, bytes, &p->expanded)) return false;
    bytes = buf_view(&p->expanded);
  }
  if (!each_field(p, bytes, take_table, NULL)) return false;
  return !p->samples.len || (read_values(p) && read_functions(p) && read_locations(p));
}

void pprof_tables_release(PprofTables *p) {
  buf_release(&p->expanded);
  free(p->strings.items);
  free(p->values.items);
  free(p->value_messages.items);
  free(p->locations.items);
  free(p->functions.items);
  free(p->samples.items);
  ptrmap_release(&p->function_of);
  ptrmap_release(&p->location_of);
  arena_release(&p->arena);
}
