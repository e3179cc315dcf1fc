/* SPDX-License-Identifier: GPL-2.0-only */
/* The Internet checksum, computed apart from all that is tested. */
#ifndef MODBPF_TESTS_E2E_CHECKSUM_H
#define MODBPF_TESTS_E2E_CHECKSUM_H

/* RFC 1071: @sum and the 16-bit words, in network byte order, with carries added at the low end. */
static inline unsigned int sum_bytes(const unsigned char *at, unsigned int cnt, unsigned int sum)
{
	unsigned int i;

	for (i = 0; i < cnt; i++)
		sum += i % 2 ? at[i] : at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

#endif
