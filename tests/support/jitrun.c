// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executable memory for JITed code near the test's own text, so that its rel32
 * calls reach; never writable and executable at once.
 */
#define _GNU_SOURCE
#include "tests/support/jitrun.h"

#include "isa/abi.h"
#include "jit/jit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define NEAR_BYTES (1LL << 30)	/* image and target lie within twice that */
#define STEP (1LL << 21)
#define TRAMPOLINE_BYTES 16

/*
 * The thunks. A probe's load is its first instruction; the signal handler leaves
 * a faulting one by what follows it.
 */
__asm__(
	".text\n"
	"jitrun_return_thunk:\n"
	"	ret\n"
	"	int3\n"
	"jitrun_indirect_thunk:\n"
	"	jmp *%rax\n"
	"	int3\n"
	"jitrun_probe1: movzbl (%rax), %eax; ret\n"
	"jitrun_probe2: movzwl (%rax), %eax; ret\n"
	"jitrun_probe4: movl (%rax), %eax; ret\n"
	"jitrun_probe8: movq (%rax), %rax; ret\n"
	"jitrun_probe_fault: xorl %eax, %eax; ret\n"
	/* u64 jitrun_call_probe(u64 addr, u64 thunk) */
	"jitrun_call_probe:\n"
	"	movq %rdi, %rax\n"
	"	jmp *%rsi\n"
	/* u64 jitrun_guarded_call(entry, ctx, u64 *lost): what C's saved registers lost */
	"jitrun_guarded_call:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rdx\n"
	"	movq %rdi, %rax\n"
	"	movq %rsi, %rdi\n"
	"	movabs $0x1b1b1b1b11111111, %rbx\n"
	"	movabs $0x2b2b2b2b22222222, %rbp\n"
	"	movabs $0x3b3b3b3b33333333, %r12\n"
	"	movabs $0x4b4b4b4b44444444, %r13\n"
	"	movabs $0x5b5b5b5b55555555, %r14\n"
	"	movabs $0x6b6b6b6b66666666, %r15\n"
	"	call *%rax\n"
	"	movabs $0x1b1b1b1b11111111, %rcx; xor %rcx, %rbx\n"
	"	movabs $0x2b2b2b2b22222222, %rcx; xor %rcx, %rbp\n"
	"	movabs $0x3b3b3b3b33333333, %rcx; xor %rcx, %r12\n"
	"	movabs $0x4b4b4b4b44444444, %rcx; xor %rcx, %r13\n"
	"	movabs $0x5b5b5b5b55555555, %rcx; xor %rcx, %r14\n"
	"	movabs $0x6b6b6b6b66666666, %rcx; xor %rcx, %r15\n"
	"	or %rbp, %rbx; or %r12, %rbx; or %r13, %rbx; or %r14, %rbx; or %r15, %rbx\n"
	"	pop %rdx\n"
	"	movq %rbx, (%rdx)\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

extern const u8 jitrun_return_thunk[], jitrun_indirect_thunk[];
extern const u8 jitrun_probe1[], jitrun_probe2[], jitrun_probe4[], jitrun_probe8[];
extern const u8 jitrun_probe_fault[];
u64 jitrun_call_probe(u64 addr, u64 thunk);
u64 jitrun_guarded_call(u64 (*entry)(const void *ctx), const void *ctx, u64 *lost);

static const u8 *const probes[] = { jitrun_probe1, jitrun_probe2, jitrun_probe4, jitrun_probe8 };
static struct sigaction next_action;

static void on_fault(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if ((u64)uc->uc_mcontext.gregs[REG_RIP] != (u64)probes[i])
			continue;
		uc->uc_mcontext.gregs[REG_RIP] = (greg_t)jitrun_probe_fault;
		return;
	}
	if (next_action.sa_flags & SA_SIGINFO)
		next_action.sa_sigaction(number, info, context);
	else
		signal(number, SIG_DFL);
}

static void catch_faults(void)
{
	static bool is_done;
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	if (is_done)
		return;
	is_done = true;
	sigaction(SIGSEGV, &action, &next_action);
	sigaction(SIGBUS, &action, NULL);
}

static u8 *map_near(size_t bytes)
{
	u64 base = (u64)jitrun_return_thunk & ~(STEP - 1);
	s64 distance;
	void *mem;

	for (distance = STEP; distance < NEAR_BYTES; distance += STEP) {
		mem = mmap((void *)(base + distance), bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (mem != MAP_FAILED)
			return mem;
	}
	return NULL;
}

static bool is_near(u64 target)
{
	s64 distance = (s64)(target - (u64)jitrun_return_thunk);

	return distance > -NEAR_BYTES / 2 && distance < NEAR_BYTES / 2;
}

/* jmp *0(%rip); .quad target */
static u64 put_trampoline(u8 *at, u64 target)
{
	static const u8 jump[] = { 0xff, 0x25, 0, 0, 0, 0 };

	memcpy(at, jump, sizeof(jump));
	memcpy(at + sizeof(jump), &target, sizeof(target));
	return (u64)at;
}

/*
 * Where helpers that are out of reach get a jump of their own: one page for the
 * process, in the order of their ids.
 */
static void bring_near(const u64 *helpers, u64 *reachable)
{
	static u8 *page;
	u32 id;

	if (!page)
		page = map_near(MODBPF_FUNC_LIMIT * TRAMPOLINE_BYTES);
	if (!page)
		abort();
	mprotect(page, MODBPF_FUNC_LIMIT * TRAMPOLINE_BYTES, PROT_READ | PROT_WRITE);
	for (id = 0; id < MODBPF_FUNC_LIMIT; id++) {
		reachable[id] = helpers[id];
		if (helpers[id] && !is_near(helpers[id]))
			reachable[id] = put_trampoline(page + id * TRAMPOLINE_BYTES, helpers[id]);
	}
	mprotect(page, MODBPF_FUNC_LIMIT * TRAMPOLINE_BYTES, PROT_READ | PROT_EXEC);
}

/* A word whose address is a displacement: gs is 0 in a process of user space. */
static s32 cpu_offset(void)
{
	static u64 *word;

	if (!word) {
		word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		if (word == MAP_FAILED)
			abort();
		*word = JIT_RUN_CPU_OFFSET;
	}
	return (s32)(u64)word;
}

static int place(struct jit_run *run)
{
	u8 *mem;
	int err;

	run->mapped = (run->layout->bytes + 4095UL) & ~4095UL;
	mem = map_near(run->mapped);
	if (!mem)
		return -ENOMEM;
	run->image = mem;
	memset(mem, 0xcc, run->mapped);
	err = modbpf_jit_emit(run->code, (u64)mem, mem);
	if (!err && mprotect(mem, run->mapped, PROT_READ | PROT_EXEC))
		err = -errno;
	return err;
}

int jit_run_prepare(struct jit_run *run, const struct verified_prog *prog,
		    const struct map_bind *binds, const u64 *helpers, u32 flags)
{
	return jit_run_prepare_maps(run, prog, NULL, binds, helpers, flags);
}

int jit_run_prepare_maps(struct jit_run *run, const struct verified_prog *prog,
			 const struct map_desc *maps, const struct map_bind *binds,
			 const u64 *helpers, u32 flags)
{
	u64 reachable[MODBPF_FUNC_LIMIT] = {};
	struct jit_target target = { .helpers = reachable };
	struct jit_request req = { .prog = prog, .maps = maps, .binds = binds, .self = JIT_RUN_SELF,
				   .target = &target };
	u32 i;
	int err;

	memset(run, 0, sizeof(*run));
	catch_faults();
	if (helpers)
		bring_near(helpers, reachable);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		target.probe_load[i] = (u64)probes[i];
	if (flags & JIT_RUN_THUNKS) {
		target.return_thunk = (u64)jitrun_return_thunk;
		target.indirect_thunk = (u64)jitrun_indirect_thunk;
	}
	if (flags & JIT_RUN_PERCPU)
		target.cpu_offset = cpu_offset();
	if (flags & JIT_RUN_BMI2 && __builtin_cpu_supports("bmi2"))
		target.features |= JIT_CPU_BMI2;
	req.blind_seed = flags & JIT_RUN_BLIND ? 0x1234567 + prog->insn_cnt : 0;
	req.opt = flags & JIT_RUN_OPT2 ? 2 : flags & JIT_RUN_OPT1 ? 1 : 0;
	err = modbpf_jit_compile(&req, &run->code);
	if (err)
		return err;
	run->layout = modbpf_jit_layout(run->code);
	err = place(run);
	if (err) {
		jit_run_release(run);
		return err;
	}
	run->entry = (u64 (*)(const void *))(run->image + run->layout->entry);
	run->tail_entry = (u64)run->image + run->layout->tail_entry;
	return 0;
}

void jit_run_release(struct jit_run *run)
{
	if (run->image)
		munmap((void *)run->image, run->mapped);
	modbpf_jit_free(run->code);
	memset(run, 0, sizeof(*run));
}

u64 jit_run_call(const struct jit_run *run, const void *ctx, bool *kept)
{
	u64 lost, r0 = jitrun_guarded_call(run->entry, ctx, &lost);

	if (kept)
		*kept = !lost;
	return r0;
}

u64 jit_run_probe_load(u64 addr, u32 bytes)
{
	u32 i = 0;

	catch_faults();
	while (1U << i < bytes)
		i++;
	return jitrun_call_probe(addr, (u64)probes[i]);
}
