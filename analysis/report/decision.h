// decision.h: functions that there is no verdict on, and why: the one list of reasons that the server and the command
// line share (decision.def).
//
// "Nothing allocates here" may be said only where it was decided. A verdict may also be of an earlier version of the
// code: then it is stale, and the reason is why there is none of this version.
#ifndef HEAPLS_DECISION_H
#define HEAPLS_DECISION_H

#include "report/result.h"

typedef enum Decision {
#define DECISION(name, word, label, sentence, before) DECISION_##name,
#include "report/decision.def"
#undef DECISION
  DECISION_COUNT
} Decision;
const char *decision_word(Decision);
const char *decision_label(Decision);
const char *decision_sentence(Decision);
const char *decision_before(Decision);

// Why a declaration with errors has no verdicts, by what its types hang on; DECISION_MADE: it has none. The types must
// not be changing meanwhile.
Decision decision_of_types(const Package *, const DeclTypes *);

void finding_group_judge(FindingGroup *, const Package *, const DeclTypes *); // sets broken and decision

typedef struct Undecided {
  const AstDecl *decl;
  uint32_t start, end; // of the name, in the file of the result
  Str name;
  Decision decision;
  bool stale; // findings of an earlier version are shown
  Str why;    // the sentence, with what is known besides: "it does not parse (expected operand)"; lives in the arena
} Undecided;
// Calls visit for every function of the file with a body that nothing of this version is known of, in source order.
void undecided_functions(const PackageResult *, const AstFile *, Arena *,
                         void (*visit)(void *context, const Undecided *), void *context);
// Only that whose declaration is the last one that begins at or before the offset.
void undecided_function_at(const PackageResult *, const AstFile *, uint32_t offset, Arena *,
                           void (*visit)(void *context, const Undecided *), void *context);
// The same of the declaration of variables or the function around the offset; false: what is there was decided.
bool undecided_at(const PackageResult *, const AstFile *, uint32_t offset, Arena *, Undecided *);

#endif
