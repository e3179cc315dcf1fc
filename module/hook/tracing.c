// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where does a TRACING program go? To what it was loaded for: neither of the two
 * commands that attach one has a say in it.
 */
#include "module/link.h"
#include "module/prog.h"

static int attach(struct modbpf_prog *prog, u64 cookie, struct modbpf_link **out)
{
	if (prog->expected_attach_type == MODBPF_ATTACH_TRACE_RAW_TP)
		return event_link_attach(prog, cookie, out);
	return function_link_attach(prog, cookie, out);
}

int tracing_link_open(const struct caller *caller, const union modbpf_attr *attr,
		      struct modbpf_prog *prog, struct modbpf_link **out)
{
	if (attr->raw_tracepoint.name || attr->raw_tracepoint.pad_raw_tracepoint)
		return -EINVAL;
	return attach(prog, attr->raw_tracepoint.cookie, out);
}

int tracing_link_attach(const struct caller *caller, const union modbpf_attr *attr,
			struct modbpf_prog *prog, struct modbpf_link **out)
{
	if (attr->link_create.attach_type != prog->expected_attach_type ||
	    attr->link_create.flags || attr->link_create.target_fd ||
	    attr->link_create.tracing.target_btf_id || attr->link_create.tracing.pad)
		return -EINVAL;
	return attach(prog, attr->link_create.tracing.cookie, out);
}
