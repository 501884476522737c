// differs.h: comparing findings field by field. Each function returns the name of the first field that differs, or
// NULL.
#ifndef HEAPLS_TEST_DIFFERS_H
#define HEAPLS_TEST_DIFFERS_H

#include "program/program.h"

#define SAME(field)                                                                                                    \
  if (a->field != b->field) return #field
#define SAME_TEXT(field)                                                                                               \
  if (!str_equal(a->field, b->field)) return #field
#define SAME_PATH(field)                                                                                               \
  if (!a->field != !b->field || (a->field && !str_equal(a->field->path, b->field->path))) return #field

static inline const char *step_differs(const FindingStep *a, const FindingStep *b) {
  SAME_PATH(source);
  SAME(start);
  SAME(end);
  SAME(line);
  SAME(column);
  SAME(at);
  SAME_TEXT(text);
  SAME_TEXT(gc_text);
  return NULL;
}

// Where they are in the results that they belong to.
static inline const char *steps_differ(const PackageResult *r, const Finding *a, const PackageResult *s,
                                       const Finding *b) {
  SAME(step_count);
  for (uint32_t i = 0; i < a->step_count; i++) {
    FindingStep x = package_result_step(r, &a->steps[i]), y = package_result_step(s, &b->steps[i]);
    const char *differs = step_differs(&x, &y);
    if (differs) return differs;
  }
  return NULL;
}

static inline const char *call_differs(const CallFacts *a, const CallFacts *b) {
  SAME(callee);
  SAME(inlined);
  SAME(devirtualised);
  SAME_TEXT(concrete);
  SAME(is_method);
  SAME(arg_count);
  for (uint32_t i = 0; i < a->arg_count; i++) {
    SAME(args[i].start);
    SAME(args[i].end);
    SAME_TEXT(args[i].text);
    SAME_TEXT(args[i].param);
    SAME(args[i].is_recv);
    SAME(args[i].is_variadic);
    SAME(args[i].is_boxed);
    if (memcmp(a->args[i].leaks, b->args[i].leaks, sizeof a->args[i].leaks) != 0) return "leaks";
  }
  return NULL;
}

static inline const char *layout_differs(const StructFacts *a, const StructFacts *b) {
  SAME(size);
  SAME(padding);
  SAME(size_class);
  SAME(pointer_bytes);
  SAME(best_size);
  SAME(best_pointer_bytes);
  SAME(best_class);
  SAME(field_count);
  SAME_TEXT(order_text);
  SAME_TEXT(fixed);
  if (!a->order != !b->order) return "order";
  for (uint32_t i = 0; a->order && i < a->field_count; i++) SAME(order[i]);
  return NULL;
}

// What callers elsewhere in the package decide: who inlines it, how seldom it is reached.
static inline const char *callers_differ(const Finding *a, const Finding *b) {
  SAME(inlined_into);
  SAME(copies_heap);
  SAME(copies_loop);
  SAME(cold);
  SAME_TEXT(when);
  return NULL;
}

// What is said of it, which hangs on that too.
static inline const char *words_differ(const Finding *a, const Finding *b) {
  SAME_TEXT(hint);
  SAME_TEXT(title);
  SAME_TEXT(advice);
  return NULL;
}

// All but that.
static inline const char *finding_differs(const Finding *a, const Finding *b) {
  SAME(kind);
  SAME(verdict);
  SAME(cause);
  SAME_PATH(source);
  SAME(start);
  SAME(end);
  SAME(hint_at);
  SAME(line);
  SAME(column);
  SAME_TEXT(decl->text);
  SAME_TEXT(subject);
  SAME_TEXT(function);
  SAME(bytes);
  SAME(size_class);
  SAME(elem_bytes);
  SAME_TEXT(count_text);
  SAME(loop_depth);
  SAME_TEXT(inlined_from);
  SAME(is_param);
  SAME_TEXT(why);
  SAME_TEXT(condition);
  SAME_TEXT(gc_words);
  SAME_TEXT(symbol);
  if (!a->call != !b->call || !a->layout != !b->layout) return "facts";
  const char *differs = a->call ? call_differs(a->call, b->call) : NULL;
  return !differs && a->layout ? layout_differs(a->layout, b->layout) : differs;
}

#endif
