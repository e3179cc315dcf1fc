// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who did what? Records of the type that the kernel keeps for modules from elsewhere
 * (AUDIT_KERNEL_OTHER), and not of Linux's AUDIT_BPF, whose ids are those of other objects.
 * Limits of our own: a loop must not push others' records out, nor one of denials what was done.
 */
#include "module/audit.h"

#include <linux/audit.h>
#include <linux/ratelimit.h>

#ifdef CONFIG_AUDIT
static DEFINE_RATELIMIT_STATE(deeds_limit, 5 * HZ, 100);
static DEFINE_RATELIMIT_STATE(denials_limit, 5 * HZ, 20);

static void audit_record(const char *op, const char *what, u32 number, bool is_done)
{
	struct audit_buffer *buffer;

	if (audit_enabled == AUDIT_OFF ||
	    !__ratelimit(is_done ? &deeds_limit : &denials_limit))
		return;
	buffer = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!buffer)
		return;
	audit_log_format(buffer, "modbpf op=%s %s=%u", op, what, number);
	audit_log_task_info(buffer);
	audit_log_format(buffer, " res=%d", is_done);
	audit_log_end(buffer);
}
#else
static void audit_record(const char *op, const char *what, u32 number, bool is_done)
{
}
#endif

void audit_say(const char *op, u32 id)
{
	audit_record(op, "id", id, true);
}

void audit_denial(u32 cmd)
{
	audit_record("deny", "cmd", cmd, false);
}

void audit_denied_ioctl(u32 number)
{
	audit_record("deny", "ioctl", number, false);
}
