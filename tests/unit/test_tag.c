// SPDX-License-Identifier: GPL-2.0-only
/* Are tags SHA-1, and blind to map fds? Digests are the examples of FIPS 180-4's CAVP and RFC 3174. */
#include "isa/tag.h"
#include "tests/support/asm.h"
#include "tests/support/check.h"

#include <stdlib.h>

static const char *hex(const u8 *bytes, u32 cnt)
{
	static char text[2 * MODBPF_SHA1_BYTES + 1];
	u32 i;

	for (i = 0; i < cnt; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

static const char *sha1_text(const char *text)
{
	u8 digest[MODBPF_SHA1_BYTES];

	modbpf_sha1((const u8 *)text, strlen(text), digest);
	return hex(digest, sizeof(digest));
}

static void standard_vectors(void)
{
	CHECK_STR(sha1_text(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	CHECK_STR(sha1_text("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	CHECK_STR(sha1_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	CHECK_STR(sha1_text("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
			    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
		  "a49b2446a02c645bf419f995b67091253a04a259");
}

static void million_letters(void)
{
	u8 *data = malloc(1000000), digest[MODBPF_SHA1_BYTES];

	memset(data, 'a', 1000000);
	modbpf_sha1(data, 1000000, digest);
	CHECK_STR(hex(digest, sizeof(digest)), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	free(data);
}

static const char *tag_of(const char *text)
{
	static const char *const maps[] = { "zero", "one" };
	u8 tag[MODBPF_TAG_BYTES] = {};
	struct asm_prog prog;

	CHECK_EQ(asm_parse(text, maps, 2, &prog), 0);
	modbpf_prog_tag(prog.insns, prog.insn_cnt, tag);
	asm_free(&prog);
	return hex(tag, sizeof(tag));
}

static void equals_sha1_of_the_bytes(void)
{
	u8 digest[MODBPF_SHA1_BYTES], bytes[16] = {
		0xb7, 0, 0, 0, 1, 0, 0, 0,	/* r0 = 1 */
		0x95, 0, 0, 0, 0, 0, 0, 0,	/* exit */
	};

	modbpf_sha1(bytes, sizeof(bytes), digest);
	CHECK_STR(tag_of("r0 = 1; exit"), hex(digest, MODBPF_TAG_BYTES));
	/* The same by Python's hashlib. */
	CHECK_STR(tag_of("r0 = 1; exit"), "57cd311f2e27366b");
}

static void blind_to_map_fds(void)
{
	char with[64], without[64];

	strcpy(with, tag_of("r1 = map[zero]; r0 = 0; exit"));
	strcpy(without, tag_of("r1 = map[fd:77]; r0 = 0; exit"));
	CHECK_STR(with, without);
	/* The offset into a value does not count either. */
	strcpy(with, tag_of("r1 = map_value[one] + 4; r0 = 0; exit"));
	strcpy(without, tag_of("r1 = map_value[zero] + 8; r0 = 0; exit"));
	CHECK_STR(with, without);
}

static void sees_all_else(void)
{
	char tag[64];

	strcpy(tag, tag_of("r1 = map[zero]; r0 = 0; exit"));
	CHECK(strcmp(tag, tag_of("r2 = map[zero]; r0 = 0; exit")));
	CHECK(strcmp(tag, tag_of("r1 = map_value[zero]; r0 = 0; exit")));
	CHECK(strcmp(tag, tag_of("r1 = map[zero]; r0 = 1; exit")));
	/* Indices into fd_array are part of the program. */
	strcpy(tag, tag_of("r1 = map[idx:0]; r0 = 0; exit"));
	CHECK(strcmp(tag, tag_of("r1 = map[idx:1]; r0 = 0; exit")));
	strcpy(tag, tag_of("r1 = 5 ll; r0 = 0; exit"));
	CHECK(strcmp(tag, tag_of("r1 = 6 ll; r0 = 0; exit")));
}

static void malformed_second_slots_count(void)
{
	char tag[64];

	strcpy(tag, tag_of(".insn 0x18 1 1 0 3; .insn 0 0 0 1 5; exit"));
	CHECK(strcmp(tag, tag_of(".insn 0x18 1 1 0 3; .insn 0 0 0 1 6; exit")));
	/* After a first slot, another first slot's fd is kept. */
	strcpy(tag, tag_of(".insn 0x18 1 1 0 3; .insn 0x18 1 1 0 4; exit"));
	CHECK(strcmp(tag, tag_of(".insn 0x18 1 1 0 3; .insn 0x18 1 1 0 5; exit")));
}

static const struct check_case cases[] = {
	{ "SHA-1 gives the digests of the standard", standard_vectors },
	{ "SHA-1 of a million letters", million_letters },
	{ "a tag is the start of the SHA-1 of the instructions", equals_sha1_of_the_bytes },
	{ "map fds do not change a tag", blind_to_map_fds },
	{ "everything else does", sees_all_else },
	{ "malformed second slots are hashed as Linux does", malformed_second_slots_count },
};

int main(int argc, char **argv)
{
	return check_run("tag", cases, ARRAY_SIZE(cases), argc, argv);
}
