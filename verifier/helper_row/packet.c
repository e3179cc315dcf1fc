// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Helpers that read, change or send a packet. In the order of their ids. */
#include "verifier/helper_row.h"

const struct helper helper_rows_packet[MODBPF_FUNC_LIMIT] = {
	HELPER(skb_store_bytes)
		.args = { ARG_CTX, ARG_NUMBER, ARG_READ, ARG_SIZE, ARG_NUMBER },
		.flags = HELPER_ANYONE | HELPER_MOVES_PACKET | HELPER_WRITES_PACKET,
		.types = TYPES_TC | TYPE_BIT(LWT_XMIT) | TYPE_BIT(SK_SKB) END,
	HELPER(l3_csum_replace)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_ANYONE | HELPER_MOVES_PACKET | HELPER_WRITES_PACKET,
		.types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(l4_csum_replace)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_ANYONE | HELPER_MOVES_PACKET | HELPER_WRITES_PACKET,
		.types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(clone_redirect)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(get_cgroup_classid)
		.args = { ARG_CTX }, .types = TYPES_TC | TYPES_LWT END,
	HELPER(skb_vlan_push)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_MOVES_PACKET, .types = TYPES_TC END,
	HELPER(skb_vlan_pop)
		.args = { ARG_CTX },
		.flags = HELPER_MOVES_PACKET, .types = TYPES_TC END,
	HELPER(skb_get_tunnel_key)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(skb_set_tunnel_key)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(redirect)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) | TYPE_BIT(XDP) END,
	HELPER(get_route_realm)
		.args = { ARG_CTX }, .types = TYPES_TC | TYPES_LWT END,
	HELPER(skb_load_bytes)
		.flags = HELPER_ANYONE, .args = { ARG_CTX, ARG_NUMBER, ARG_FILL, ARG_SIZE },
		.types = TYPES_SKB END,
	HELPER(csum_diff)
		.flags = HELPER_ANYONE,
		.args = { ARG_READ_OR_NULL, ARG_SIZE_OR_ZERO, ARG_READ_OR_NULL, ARG_SIZE_OR_ZERO, ARG_NUMBER },
		.types = TYPES_TC | TYPES_LWT | TYPE_BIT(XDP) END,
	HELPER(skb_get_tunnel_opt)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(skb_set_tunnel_opt)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(skb_change_proto)
		.flags = HELPER_ABSENT, .types = TYPES_TC END,
	HELPER(skb_change_type)
		.args = { ARG_CTX, ARG_NUMBER }, .types = TYPES_TC END,
	HELPER(skb_under_cgroup)
		.args = { ARG_CTX, ARG_MAP, ARG_NUMBER }, .types = TYPES_TC | TYPES_LWT,
		.map_use = MAP_MAY_CGROUP END,
	HELPER(get_hash_recalc)
		.flags = HELPER_ANYONE, .args = { ARG_CTX }, .types = TYPES_TC | TYPES_LWT END,
	HELPER(skb_change_tail)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_MOVES_PACKET | HELPER_WRITES_PACKET,
		.types = TYPES_TC | TYPE_BIT(LWT_XMIT) | TYPE_BIT(SK_SKB) END,
	HELPER(skb_pull_data)
		.args = { ARG_CTX, ARG_NUMBER }, .flags = HELPER_ANYONE | HELPER_MOVES_PACKET,
		.types = TYPES_TC | TYPES_LWT | TYPE_BIT(SK_SKB) END,
	HELPER(csum_update)
		.flags = HELPER_ANYONE, .args = { ARG_CTX, ARG_NUMBER }, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(set_hash_invalid)
		.flags = HELPER_ANYONE, .args = { ARG_CTX }, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(skb_change_head)
		.flags = HELPER_ABSENT,
		.types = TYPES_TC | TYPE_BIT(LWT_XMIT) | TYPE_BIT(SK_SKB) END,
	HELPER(xdp_adjust_head)
		.args = { ARG_CTX, ARG_NUMBER },
		.flags = HELPER_MOVES_PACKET | HELPER_WRITES_PACKET, .types = TYPE_BIT(XDP) END,
	HELPER(get_socket_cookie)
		.args = { ARG_CTX },
		.types = TYPE_BIT(SOCKET_FILTER) | TYPE_BIT(CGROUP_SKB) | TYPES_TC | TYPE_BIT(SK_SKB) END,
	HELPER(get_socket_uid)
		.args = { ARG_CTX },
		.types = TYPE_BIT(SOCKET_FILTER) | TYPE_BIT(CGROUP_SKB) | TYPES_TC | TYPE_BIT(SK_SKB) END,
	HELPER(set_hash)
		.args = { ARG_CTX, ARG_NUMBER }, .types = TYPES_TC END,
	HELPER(skb_adjust_room)
		.flags = HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(SK_SKB) END,
	HELPER(redirect_map)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(XDP) END,
	HELPER(xdp_adjust_meta)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(XDP) END,
	HELPER(xdp_adjust_tail)
		.args = { ARG_CTX, ARG_NUMBER },
		.flags = HELPER_MOVES_PACKET | HELPER_WRITES_PACKET, .types = TYPE_BIT(XDP) END,
	HELPER(skb_load_bytes_relative)
		.flags = HELPER_ANYONE, .args = { ARG_CTX, ARG_NUMBER, ARG_FILL, ARG_SIZE, ARG_NUMBER },
		.types = TYPE_BIT(SOCKET_FILTER) | TYPE_BIT(CGROUP_SKB) | TYPES_TC END,
	HELPER(fib_lookup)
		.flags = HELPER_GPL | HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(XDP) END,
	HELPER(lwt_push_encap)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(LWT_IN) | TYPE_BIT(LWT_XMIT) END,
	HELPER(lwt_seg6_store_bytes)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(LWT_SEG6LOCAL) END,
	HELPER(lwt_seg6_adjust_srh)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(LWT_SEG6LOCAL) END,
	HELPER(lwt_seg6_action)
		.flags = HELPER_ABSENT, .types = TYPE_BIT(LWT_SEG6LOCAL) END,
	HELPER(skb_cgroup_id)
		.args = { ARG_CTX }, .types = TYPES_TC | TYPE_BIT(CGROUP_SKB) END,
	HELPER(skb_ancestor_cgroup_id)
		.args = { ARG_CTX, ARG_NUMBER }, .types = TYPES_TC | TYPE_BIT(CGROUP_SKB) END,
	HELPER(skb_ecn_set_ce)
		.args = { ARG_CTX }, .types = TYPES_TC | TYPE_BIT(CGROUP_SKB) END,
	HELPER(csum_level)
		.flags = HELPER_ANYONE, .args = { ARG_CTX, ARG_NUMBER }, .types = TYPES_TC | TYPE_BIT(LWT_XMIT) END,
	HELPER(skb_cgroup_classid)
		.args = { ARG_CTX }, .types = TYPES_TC END,
	HELPER(redirect_neigh)
		.flags = HELPER_ABSENT, .types = TYPES_TC END,
	HELPER(redirect_peer)
		.flags = HELPER_ABSENT, .types = TYPES_TC END,
	HELPER(check_mtu)
		.flags = HELPER_GPL | HELPER_ABSENT, .types = TYPES_TC | TYPE_BIT(XDP) END,
	HELPER(xdp_get_buff_len)
		.args = { ARG_CTX }, .types = TYPE_BIT(XDP) END,
	HELPER(xdp_load_bytes)
		.args = { ARG_CTX, ARG_NUMBER, ARG_FILL, ARG_SIZE }, .types = TYPE_BIT(XDP) END,
	HELPER(xdp_store_bytes)
		.args = { ARG_CTX, ARG_NUMBER, ARG_READ, ARG_SIZE },
		.flags = HELPER_WRITES_PACKET, .types = TYPE_BIT(XDP) END,
	HELPER(skb_set_tstamp)
		.flags = HELPER_ABSENT, .types = TYPES_TC END,

	/* What the packet has at an offset as SKF_* count it, or a negative errno. */
	HELPER(packet_load)
		.args = { ARG_CTX, ARG_NUMBER, ARG_NUMBER },
		.flags = HELPER_ANYONE | HELPER_INTERNAL, .types = TYPES_PACKET_LOAD END,
};
