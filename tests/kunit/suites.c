// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which KUnit suites are in modbpf_kunit.ko? One row each, in alphabetical order;
 * the test run counts the rows and fails if a suite did not run.
 */
#include <kunit/test.h>

#define SUITES(row) \
	row(kunit_platform_suite) \

#define DECLARE_SUITE(name) extern struct kunit_suite name;
#define SUITE_POINTER(name) &name,

SUITES(DECLARE_SUITE)

kunit_test_suites(SUITES(SUITE_POINTER));
