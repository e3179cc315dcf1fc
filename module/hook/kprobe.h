/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A link of one program on one or many functions, and the ways to hang it there:
 * ftrace, which takes thousands of functions at once, at their entry; fprobe, the same at
 * their return; kprobes, one by one, at any instruction.
 */
#ifndef MODBPF_MODULE_HOOK_KPROBE_H
#define MODBPF_MODULE_HOOK_KPROBE_H

#include "module/link.h"
#include "module/prog.h"

struct kprobe_link;
struct pt_regs;

/* One place, as asked for. */
struct place {
	char *symbol;		/* own; NULL: by address */
	u32 offset;		/* of an instruction behind the symbol, bytes */
	unsigned long addr;	/* as given, or the symbol's; 0: not known */
	u64 cookie;
};

/* What a program is told of it. */
struct probe_site {
	u64 cookie;
	unsigned long func_ip;	/* of the function whose entry or return it is; 0: neither */
};

struct probe_ops {
	/*
	 * Make the program run at all places. 0 or -errno, none is set then; -EOPNOTSUPP:
	 * this way cannot take each of the places, or the program. Sleeps; ends with -EINTR for who is killed.
	 */
	int (*set)(struct kprobe_link *link);
	/* No program runs after it. free: after unset, of what is not kept. Both for what set() left. Sleep. */
	void (*unset)(struct kprobe_link *link);
	void (*free)(struct kprobe_link *link);
	u64 (*missed)(const struct kprobe_link *link);
	/* Where place @i is probed. */
	unsigned long (*addr)(const struct kprobe_link *link, u32 i);
};

struct kprobe_link {
	struct modbpf_link link;
	u32 flags;		/* MODBPF_KPROBE_MULTI_* */
	bool may_override;	/* its programs may say what the functions return */
	bool is_kept;		/* by the kernel: is never freed, see unhook.h */
	u32 cnt;
	struct place *places;	/* cnt, in the user's order */
	const struct probe_ops *by;
	void *probes;		/* by's own */
};

extern const struct probe_ops probes_by_kprobe, probes_by_ftrace, probes_by_fprobe;

static inline bool kprobe_link_is_return(const struct kprobe_link *link)
{
	return link->flags & MODBPF_KPROBE_MULTI_RETURN;
}

/* The program must not hang on what runs programs, nor on machine code of the JIT. */
bool kprobe_is_own_text(unsigned long addr);

/*
 * Calls of the functions at which a program waits for the return that may be under way at
 * once, per function; those beyond are missed.
 */
int kprobe_max_active(u32 cnt);

/* An event at @place. Preemption is off; any context. */
void kprobe_link_run(struct kprobe_link *link, const struct probe_site *place, struct pt_regs *regs);

/* module/hook/kprobe_place.c: the places that @attr names, in link->places; they are freed by the caller. */
int kprobe_places_read(const struct caller *caller, struct kprobe_link *link,
		       const union modbpf_attr *attr);
void kprobe_places_free(struct kprobe_link *link);

/* module/hook/kprobe_ftrace.c: modules that go are told of. 0 or -errno. Sleep. */
int kprobe_ftrace_init(void);
void kprobe_ftrace_exit(void);

#endif
