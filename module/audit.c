// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who did what? Records of the type that the kernel keeps for modules from elsewhere
 * (AUDIT_KERNEL_OTHER), and not of Linux's AUDIT_BPF, whose ids are those of other objects.
 * Limits of our own: a loop must not push others' records out, nor one of denials what was done.
 */
#include "module/audit.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ratelimit.h>

#include "module/caller.h"

#ifdef CONFIG_AUDIT
/* Others' are apart: they shall not use up those of who has CAP_BPF, nor hold their locks, for which nobody waits. */
static DEFINE_RATELIMIT_STATE(deeds_limit, 5 * HZ, 100);
static DEFINE_RATELIMIT_STATE(denials_limit, 5 * HZ, 20);
static DEFINE_RATELIMIT_STATE(others_deeds_limit, 5 * HZ, 100);
static DEFINE_RATELIMIT_STATE(others_denials_limit, 5 * HZ, 20);
/* A worker has every capability, but ends what anybody made. */
static DEFINE_RATELIMIT_STATE(workers_deeds_limit, 5 * HZ, 100);

/* As caller_bpf_capable(), but that it is asked for is told to nobody. */
static bool is_capable(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_BPF) || ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

static struct ratelimit_state *limit_of(bool is_done)
{
	if (caller_is_worker())
		return &workers_deeds_limit;
	if (is_capable())
		return is_done ? &deeds_limit : &denials_limit;
	return is_done ? &others_deeds_limit : &others_denials_limit;
}

/* @format and what follows: a word, and numbers. */
__printf(2, 3) static void audit_record(bool is_done, const char *format, ...)
{
	struct va_format what = { .fmt = format };
	struct audit_buffer *buffer;
	va_list args;

	if (audit_enabled == AUDIT_OFF || !__ratelimit(limit_of(is_done)))
		return;
	buffer = audit_log_start(audit_context(), GFP_KERNEL, AUDIT_KERNEL_OTHER);
	if (!buffer)
		return;
	va_start(args, format);
	what.va = &args;
	audit_log_format(buffer, "modbpf op=%pV", &what);
	va_end(args);
	audit_log_task_info(buffer);
	audit_log_format(buffer, " res=%d", is_done);
	audit_log_end(buffer);
}
#else
__printf(2, 3) static void audit_record(bool is_done, const char *format, ...)
{
}
#endif

void audit_say(const char *op, u32 id)
{
	audit_record(true, "%s id=%u", op, id);
}

void audit_update(u32 link_id, u32 prog_id)
{
	audit_record(true, "update id=%u prog=%u", link_id, prog_id);
}

void audit_detach_all(void)
{
	audit_record(true, "detach-all");
}

void audit_denial(u32 cmd)
{
	audit_record(false, "deny cmd=%u", cmd);
}

void audit_denied_ioctl(u32 number)
{
	audit_record(false, "deny ioctl=%u", number);
}
