// preprofile.c: the text form of a profile, as the go command hands it to the compiler: after a header three lines for
// each edge, caller, callee, "offset weight", heaviest first (cmd/internal/pgo/deserialize.go). The order of the file
// is kept.
#include "profile/profile_internal.h"

#include <stdlib.h>

static bool take_line(Str *rest, Str *line) {
  if (!rest->n) return false;
  ptrdiff_t end = str_index_byte(*rest, '\n');
  *line = str_slice(*rest, 0, end < 0 ? rest->n : (size_t)end);
  *rest = str_slice(*rest, end < 0 ? rest->n : (size_t)end + 1, rest->n);
  if (line->n && line->p[line->n - 1] == '\r') line->n--;
  return true;
}

// As strconv.ParseInt does, base 10.
static bool take_number(Str s, int64_t *out) {
  bool negative = s.n && s.p[0] == '-';
  if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = str_slice(s, 1, s.n);
  if (!s.n) return false;
  uint64_t n = 0, most = (uint64_t)INT64_MAX + negative;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    uint64_t digit = (uint64_t)(s.p[i] - '0');
    if (n > (most - digit) / 10) return false;
    n = n * 10 + digit;
  }
  *out = negative ? (int64_t)(0 - n) : (int64_t)n;
  return true;
}

bool preprofile_read(ProfileReading *r, Str bytes) {
  Str rest = str_slice(bytes, sizeof PREPROFILE_HEADER - 1, bytes.n), caller, callee, numbers;
  StrMap seen = {0};
  bool ok = true;
  while (ok && take_line(&rest, &caller)) {
    ProfileEdge e = {0};
    ok = take_line(&rest, &callee) && take_line(&rest, &numbers);
    if (!ok) {
      profile_fail(&r->fault, "the preprocessed profile ends in the middle of an entry");
      break;
    }
    ptrdiff_t space = str_index_byte(numbers, ' ');
    ok = space > 0 && take_number(str_slice(numbers, 0, (size_t)space), &e.offset) &&
         take_number(str_slice(numbers, (size_t)space + 1, numbers.n), &e.weight);
    if (!ok) {
      profile_fail(&r->fault, "the preprocessed profile has '%.*s' where an offset and a weight should be",
                   STR_ARG(numbers));
      break;
    }
    e.caller = profile_name(r, caller);
    e.callee = profile_name(r, callee);
    Str key =
      arena_printf(&r->profile->arena, "%.*s\n%.*s\n%lld", STR_ARG(caller), STR_ARG(callee), (long long)e.offset);
    ok = !strmap_has(&seen, key) ||
         profile_fail(&r->fault, "the preprocessed profile has an edge twice: %.*s", STR_ARG(caller));
    strmap_set(&seen, key, r);
    ok = ok && (r->edges.len < PROFILE_ITEMS_MOST || profile_fail(&r->fault, "the profile has too many entries"));
    VEC_APPEND(&r->edges, e);
  }
  strmap_release(&seen);
  return ok;
}
