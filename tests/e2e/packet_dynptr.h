/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program says of the packet that it was run on. */
#ifndef MODBPF_TESTS_E2E_PACKET_DYNPTR_H
#define MODBPF_TESTS_E2E_PACKET_DYNPTR_H

struct packet_told {
	__u32 size;		/* of the dynptr */
	__u32 is_rdonly;
	__u8 bytes[4];		/* at its start */
	__s32 written;		/* what bpf_dynptr_write returned */
	__u32 hook, family;	/* of a netfilter program's state */
	__u32 in, out;		/* the devices' indices; in of the sk_buff, where there is no state */
	__u32 protocol;		/* of the sk_buff, as the network has it */
	__u32 length;		/* of the sk_buff of a program that is given __sk_buff */
};

#endif
