// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that read, change or send a packet. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_packet[MODBPF_FUNC_LIMIT] = {
	HELPER(skb_load_bytes)
		.args = { ARG_CTX, ARG_NUMBER, ARG_FILL, ARG_SIZE },
		.types = TYPES_SKB END,

	/* What the packet has at an offset as SKF_* count it, or a negative errno. */
	HELPER(packet_load)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_INTERNAL, .types = TYPES_PACKET_LOAD END,
};
