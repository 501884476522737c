// check.h: cmocka with what it needs before it.
#ifndef HEAPLS_TESTS_CHECK_H
#define HEAPLS_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// After the four above, as cmocka asks.

#endif
