// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tap beside the programs: what do the packets on a device look like? It reads late, so
 * that a program which changes bytes that are not its own is found out.
 *
 * usage: sniff DEVICE	says "attached" and reads until SIGINT or SIGTERM, then prints, of
 *			TCP and UDP over IPv4 and IPv6: packets, those with a wrong
 *			checksum, those to a shown address and to a real one (nat.h)
 *        sniff DEVICE checksums on|off	have the device compute them for the sender, or not
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/e2e/checksum.h"
#include "tests/e2e/nat.h"

static volatile sig_atomic_t ended;
static unsigned int packets, wrong, to_shown, to_real;

static void end(int signal)
{
	ended = 1;
}

static void count_target(unsigned int last_word, bool is_ours, unsigned int shown, unsigned int real)
{
	to_shown += is_ours && last_word == shown;
	to_real += is_ours && last_word == real;
}

static unsigned int word_at(const unsigned char *at)
{
	return (unsigned int)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/* IPv4 without options, IPv6 without extension headers. */
static void judge(const unsigned char *ip, unsigned int bytes)
{
	bool is_v6 = ip[0] >> 4 == 6;
	unsigned int header = is_v6 ? 40 : 20, proto = is_v6 ? ip[6] : ip[9], end, sum;

	if (bytes < 40 || (!is_v6 && ip[0] != 0x45) || (proto != 6 && proto != 17))
		return;
	end = is_v6 ? 40 + (ip[4] << 8 | ip[5]) : ip[2] << 8 | ip[3];
	if (end > bytes)
		return;
	packets++;
	sum = sum_bytes(is_v6 ? ip + 8 : ip + 12, is_v6 ? 32 : 8, proto + end - header);
	if ((!is_v6 && sum_bytes(ip, 20, 0) != 0xffff) ||
	    sum_bytes(ip + header, end - header, sum) != 0xffff)
		wrong++;
	if (is_v6)
		count_target(word_at(ip + 36), word_at(ip + 24) == ADDRESS6_PREFIX,
			     SHOWN_ADDRESS6_END, REAL_ADDRESS6_END);
	else
		count_target(word_at(ip + 16), true, SHOWN_ADDRESS, REAL_ADDRESS);
}

static int set_checksums(const char *device, bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_STXCSUM, .data = on };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", device);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &ifr)) {
		perror("sniff: checksums");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct sigaction action = { .sa_handler = end };
	int room = 8 << 20, fd;
	unsigned char packet[65536];
	ssize_t bytes;

	if (argc == 4)
		return set_checksums(argv[1], !strcmp(argv[3], "on"));
	if (argc != 2)
		return 2;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	at.sll_ifindex = if_nametoindex(argv[1]);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at))) {
		perror("sniff");
		return 1;
	}
	printf("attached\n");
	fflush(stdout);
	while (!ended)
		usleep(20000);
	while ((bytes = recv(fd, packet, sizeof(packet), MSG_DONTWAIT)) > 0)
		judge(packet, bytes);
	printf("packets %u wrong %u shown %u real %u\n", packets, wrong, to_shown, to_real);
	return 0;
}
