/* SPDX-License-Identifier: GPL-2.0-only */
/* Which tracepoint has a name? */
#ifndef MODBPF_MODULE_HOOK_TRACEPOINT_H
#define MODBPF_MODULE_HOOK_TRACEPOINT_H

struct module;
struct tracepoint;

struct tracepoint_ref {
	struct tracepoint *tp;
	struct module *module;	/* held; NULL: the tracepoint is the kernel's own */
};

/* Find and hold. 0, -ENOENT, -ENOMEM. Sleep. */
int tracepoint_get(struct tracepoint_ref *ref, const char *name);
void tracepoint_put(const struct tracepoint_ref *ref);

#endif
