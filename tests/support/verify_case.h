/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs for the verifier, as data: the files of tests/verifier that end in .case, like
 *
 *	case: a store above the frame
 *	type: KPROBE			program type; SOCKET_FILTER if not given
 *	attach: 1			expected_attach_type, 0
 *	rights: none			none, all (the default), "no write-user", or "anyone's"
 *	license: proprietary		GPL if not given
 *	target: f_task			TRACING: a name in tests/support/kernel_btf.h, or an id
 *	target: any			NETFILTER: these types are known; none: they are not
 *	work: 1000			budget in work units
 *	expect: EACCES			accept, or the errno of the rejection
 *	log: invalid access to stack	a part of the log; any number of these
 *	final: r0 = 0; exit		a part of the final program; any number
 *	run: 5				R0 after running the final program
 *	func: global int f(s*, int)	BTF of a function, main first; types: tests/support/verify_btf.h
 *	lines: 0 2			instructions at which a line of the source begins
 *	kept: 0 1			those of the final program
 *	golden: yes			the whole log is in tests/verifier/golden: test_golden
 *	prog:				the program, up to an empty line
 *		*(u64 *)(r10 +8) = 0
 *		r0 = 0
 *		exit
 *
 * The maps and the packet that programs may use are in tests/support/verify.c.
 */
#ifndef MODBPF_TESTS_SUPPORT_VERIFY_CASE_H
#define MODBPF_TESTS_SUPPORT_VERIFY_CASE_H

#include "tests/support/verify.h"

#define VERIFY_WANTED 8

struct verify_case {
	const char *file;
	char name[160];
	struct verify_input input;	/* with the text */
	int want_err;
	bool has_verdict, has_run, is_golden;
	u64 run;
	const char *kept;	/* lines; NULL: not looked at */
	const char *logs[VERIFY_WANTED];
	const char *finals[VERIFY_WANTED];
	u32 log_cnt, final_cnt;
};

/*
 * Give each case to @run, with @cookie, in the order of files' names. The working directory
 * is the top of the tree. What is wrong with a file goes to @complain.
 */
void verify_cases_read(void (*run)(const struct verify_case *data, void *cookie),
		       void (*complain)(const char *file, const char *what), void *cookie);

#endif
