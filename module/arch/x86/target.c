// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must machine code look like on this CPU under this kernel? x86-64.
 *
 * Which mitigation a return needs was decided at boot, and is not told to
 * modules; but the loader has patched our own returns accordingly, so one of
 * them is read back.
 */
#include "module/target.h"

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>

#include "module/helper.h"

#define ENDBR_BYTES 4
#define OPCODE_RET 0xc3
#define OPCODE_JMP 0xe9
#define JMP_BYTES 5

/* thunk.S */
extern const u8 modbpf_sample_return[];
extern const u8 modbpf_probe_load_1[];
extern const u8 modbpf_probe_load_2[];
extern const u8 modbpf_probe_load_4[];
extern const u8 modbpf_probe_load_8[];

extern const u64 modbpf_indirect_thunk;

static u64 helper_addresses[MODBPF_FUNC_LIMIT] __ro_after_init;
static struct jit_target target __ro_after_init = {
	.helpers = helper_addresses,
};

/* Where does the return at @at go? 0: it is a plain one. */
static int decode_return(const u8 *at, u64 *thunk)
{
	s32 displacement;

	switch (at[0]) {
	case OPCODE_RET:
		*thunk = 0;
		return 0;
	case OPCODE_JMP:
		memcpy(&displacement, at + 1, sizeof(displacement));
		*thunk = (unsigned long)at + JMP_BYTES + displacement;
		return 0;
	default:
		pr_err("modbpf: this kernel's loader made a return of %5ph, which is not understood\n",
		       at);
		return -EOPNOTSUPP;
	}
}

int target_init(void)
{
	const u8 *sample = modbpf_sample_return;
	u32 id;

	OPTIMIZER_HIDE_VAR(sample);
	for (id = 0; id < MODBPF_FUNC_LIMIT; id++)
		helper_addresses[id] = (unsigned long)modbpf_helpers[id];
	target.indirect_thunk = modbpf_indirect_thunk;
	target.probe_load[0] = (unsigned long)modbpf_probe_load_1;
	target.probe_load[1] = (unsigned long)modbpf_probe_load_2;
	target.probe_load[2] = (unsigned long)modbpf_probe_load_4;
	target.probe_load[3] = (unsigned long)modbpf_probe_load_8;
	target.cpu_offset = (__force unsigned long)&this_cpu_off;
	target.features = boot_cpu_has(X86_FEATURE_BMI2) ? JIT_CPU_BMI2 : 0;
	return decode_return(sample + ENDBR_BYTES, &target.return_thunk);
}

const struct jit_target *modbpf_target(void)
{
	return &target;
}
