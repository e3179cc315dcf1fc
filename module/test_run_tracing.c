// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROG_TEST_RUN of a RAW_TRACEPOINT program: what its tracepoint is called with is what the
 * caller says, as on Linux. It runs once, where the caller is or on the CPU that he names, in an
 * interrupt there. It is a tracing program all the same: one that runs there already is not run.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/smp.h>

#include "module/caller.h"
#include "module/prog.h"
#include "module/prog_run.h"
#include "module/test_run.h"
#include "verifier/ctx_trace.h"

#define FLAG_ON_CPU 1u	/* BPF_F_TEST_RUN_ON_CPU */

struct trace_test {
	struct modbpf_prog *prog;
	u64 args[TRACE_ARGS];	/* zero where the caller gave none */
	u64 retval;
	bool has_run;
};

static void run_here(void *data)
{
	const struct run_site site = {};
	struct trace_test *test = data;

	test->has_run = prog_run_guarded_for(test->prog, test->args, &site, NULL, &test->retval);
}

static int run_on(struct trace_test *test, bool is_cpu_given, u32 cpu)
{
	u32 here = get_cpu();
	int err = 0;

	if (!is_cpu_given || cpu == here)
		run_here(test);
	else if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		err = -ENXIO;
	else
		err = smp_call_function_single(cpu, run_here, test, true);
	put_cpu();
	if (!err && !test->has_run)
		err = -EBUSY;
	return err;
}

static int check_attr(const union modbpf_attr *attr, const struct modbpf_prog *prog)
{
	u32 bytes = attr->test.ctx_size_in;

	/* There is no packet, and nothing to come back. */
	if (attr->test.data_in || attr->test.data_size_in || attr->test.data_out ||
	    attr->test.data_size_out || attr->test.ctx_out || attr->test.duration ||
	    attr->test.repeat || attr->test.batch_size)
		return -EINVAL;
	if (attr->test.flags & ~FLAG_ON_CPU || (!attr->test.flags && attr->test.cpu))
		return -EINVAL;
	/* What the program looks at has to be there. */
	if (bytes < prog->verified->ctx_end || bytes > TRACE_ARGS * sizeof(u64))
		return -EINVAL;
	return 0;
}

int test_run_raw_tracepoint(const struct caller *caller, const union modbpf_attr *attr,
			    const struct command_out *out, struct modbpf_prog *prog)
{
	struct trace_test test = { .prog = prog };
	int err = check_attr(attr, prog);
	u32 retval;

	if (!err && attr->test.ctx_size_in)
		err = caller_copy_in(caller, test.args, attr->test.ctx_in, attr->test.ctx_size_in);
	if (!err)
		err = run_on(&test, attr->test.flags, attr->test.cpu);
	if (err)
		return err;
	retval = test.retval;
	return COMMAND_PUT(caller, out, test.retval, &retval);
}
