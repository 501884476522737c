// redeclare.h: functions, methods, constants and variables that join or leave a package that is declared already.
//
// A declaration that is new, or whose header changed, gets a new object: what was checked against the object before it
// keeps that one, whose signature never changes. Nobody sees a new function until it is entered. All that is made here
// lives as long as the package. One thread at a time, as recheck.h.
#ifndef HEAPLS_REDECLARE_H
#define HEAPLS_REDECLARE_H

#include "types/recheck.h"

// Can decl be declared alone? Not generic functions and methods, what has no body, is init, main, blank or named by a
// linkname directive, nor names that mean something else in the universe or a file.
bool package_can_declare(const Package *, const AstFile *, const AstDecl *);
// The function with its header checked and its body not yet looked at, as a version that is installed and knows no
// types of the body. has_error says what is wrong with the header. NULL: its receiver is of a kind that can't be
// handled alone. Returns owned.
BodyVersion *package_declare_function(Package *, AstFile *, AstDecl *);
void package_discard_header(BodyVersion *); // what only the header needed, when a version with a body is there
// Makes func visible, in the place of old if that is not NULL. False: something else has that name.
bool package_enter_function(Package *, Object *func, Object *old);
// False: another declaration of the same name waits behind it, so that the package has to be declared anew.
bool package_leave_function(Package *, Object *func);
// Nothing will be checked against func any more. What was may keep referring to it.
void package_forget_function(Package *, Object *func);

// Constants or variables declared anew. Where a name keeps its type and value, it keeps its object.
typedef struct ValueChange {
  AstDecl *before, *now;       // NULL: it is new, or went
  VEC(Object *) old, declared; // C heap
  VEC(Object *) gone;          // C heap: old objects that mean nothing any more
  bool has_error;
} ValueChange;
bool package_can_declare_values(const Package *, const AstFile *, const AstDecl *);
void package_leave_values(Package *, ValueChange *); // of `before`: out of the scope
// Declares `now`, after those that went have left. False: the package has to be declared anew.
bool package_enter_values(Package *, AstFile *, ValueChange *);
void package_undo_values(Package *, ValueChange *); // as it was before both
void package_settle_values(Package *, ValueChange *);
void package_order_initializers(Package *);
void value_change_release(ValueChange *);

// Source order of objects and functions after the package's files have changed.
void package_renumber(Package *);
#endif
