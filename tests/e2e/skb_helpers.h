/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the programs of skb_helpers.bpf.c leave what helpers returned. */
#ifndef MODBPF_TESTS_E2E_SKB_HELPERS_H
#define MODBPF_TESTS_E2E_SKB_HELPERS_H

#define MAC_BYTES 14
#define IP_BYTES 20
#define UDP_BYTES 8
#define IP_AT MAC_BYTES
#define UDP_AT (IP_AT + IP_BYTES)
#define DATA_AT (UDP_AT + UDP_BYTES)

#define NEW_SOURCE 0xc0a80117u	/* 192.168.1.23 */
#define NEW_PORT 5353

/* csum_diff: bytes that both sides know. */
#define DIFF_SEED 0xfedc1234u
#define DIFF_FROM { 0x11223344, 0xfffefdfc, 0x80000001, 0 }
#define DIFF_TO { 0xa5a5a5a5, 0xffffffff, 0x7fffffff }

#endif
