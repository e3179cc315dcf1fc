// SPDX-License-Identifier: GPL-2.0-only
/* A classic filter, one instruction after the other, by the numbers of its opcodes. */
#include "tests/support/classic_run.h"

struct machine {
	u32 a, x, m[CLASSIC_MEMORY];
	bool ended;	/* by a load from outside, or by a division */
};

static u32 load(struct machine *vm, const struct classic_packet *packet, u32 at, u32 bytes)
{
	s64 from = (s32)at;
	u32 number = 0;

	if (from < -0x100000)		/* SKF_LL_OFF */
		from += 0x200000 + packet->link;
	else if (from < 0)		/* SKF_NET_OFF */
		from += 0x100000 + packet->network;
	if ((s32)at < -0x200000 || from < -(s64)packet->room || from + bytes > packet->len) {
		vm->ended = true;
		return 0;
	}
	while (bytes--)
		number = number << 8 | packet->bytes[from++];
	return number;
}

static u32 bytes_of(u16 code)
{
	return (code & 0x18) == 0x00 ? 4 : (code & 0x18) == 0x08 ? 2 : 1;
}

static void load_absolute(struct machine *vm, const struct classic_packet *packet, u16 code, u32 k)
{
	u32 which = k + 0x1000;

	if (which >= CLASSIC_AD_MAX)
		vm->a = load(vm, packet, k, bytes_of(code));
	else if (which == 40)
		vm->a ^= vm->x;
	else
		vm->a = packet->beside[which];
}

static u32 divide(struct machine *vm, bool remainder, u32 by)
{
	if (!by) {
		vm->ended = true;
		return 0;
	}
	return remainder ? vm->a % by : vm->a / by;
}

static void arithmetic(struct machine *vm, u16 code, u32 by)
{
	switch (code & 0xf0) {
	case 0x00: vm->a += by; break;
	case 0x10: vm->a -= by; break;
	case 0x20: vm->a *= by; break;
	case 0x30: vm->a = divide(vm, false, by); break;
	case 0x40: vm->a |= by; break;
	case 0x50: vm->a &= by; break;
	/* As on Linux, whose machines take the shift modulo 32. */
	case 0x60: vm->a <<= by & 31; break;
	case 0x70: vm->a >>= by & 31; break;
	case 0x80: vm->a = 0u - vm->a; break;
	case 0x90: vm->a = divide(vm, true, by); break;
	case 0xa0: vm->a ^= by; break;
	}
}

static bool holds(const struct machine *vm, u16 code, u32 with)
{
	switch (code & 0xf0) {
	case 0x10: return vm->a == with;
	case 0x20: return vm->a > with;
	case 0x30: return vm->a >= with;
	default: return vm->a & with;
	}
}

static void load_one(struct machine *vm, const struct classic_packet *packet,
		     const struct classic_insn *insn)
{
	u32 *to = insn->code & 1 ? &vm->x : &vm->a;

	switch (insn->code & 0xe0) {
	case 0x00: *to = insn->k; break;
	case 0x20: load_absolute(vm, packet, insn->code, insn->k); break;
	case 0x40: vm->a = load(vm, packet, vm->x + insn->k, bytes_of(insn->code)); break;
	case 0x60: *to = vm->m[insn->k]; break;
	case 0x80: *to = packet->wire_len; break;
	case 0xa0: vm->x = 4 * (load(vm, packet, insn->k, 1) & 15); break;
	}
}

u32 classic_run(const struct classic_insn *insns, const struct classic_packet *packet)
{
	struct machine vm = { 0 };
	u32 pc = 0;

	while (!vm.ended) {
		const struct classic_insn *insn = &insns[pc++];
		u32 other = insn->code & 0x08 ? vm.x : insn->k;

		switch (insn->code & 7) {
		case 0: case 1:
			load_one(&vm, packet, insn);
			break;
		case 2:
			vm.m[insn->k] = vm.a;
			break;
		case 3:
			vm.m[insn->k] = vm.x;
			break;
		case 4:
			arithmetic(&vm, insn->code, other);
			break;
		case 5:
			if ((insn->code & 0xf0) == 0)
				pc += insn->k;
			else
				pc += holds(&vm, insn->code, other) ? insn->jt : insn->jf;
			break;
		case 6:
			return insn->code & 0x10 ? vm.a : insn->k;
		default:
			if (insn->code & 0x80)
				vm.a = vm.x;
			else
				vm.x = vm.a;
			break;
		}
	}
	return 0;
}
