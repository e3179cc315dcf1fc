// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a loaded program do what the instruction corpus says?
 *
 *	corpus FOLDER [linux]
 *
 * Each case is wrapped (corpus_wrap()), loaded, run with PROG_TEST_RUN and unloaded: on
 * the device, or with bpf(2) on the kernel itself. Its memory is the value of an
 * array, where R0 is found afterwards as well. Cases that differ in their memory only
 * share the program. The device must load all; Linux's verifier refuses some, which
 * are counted by its reason.
 */
#include <stdlib.h>
#include <sys/syscall.h>

#include "tests/e2e/abi.h"
#include "tests/support/corpus.h"

#define TYPE_SCHED_CLS 3
#define TYPE_ARRAY 2
#define LINUX_MAX_INSNS 4096	/* longer ones are not tried on somebody's kernel */
#define REASONS 32

struct loaded {
	struct modbpf_insn *insns;
	__u32 cnt;
	int fd;		/* or -errno */
};

static bool on_linux;
static int map;
static struct loaded last = { .fd = -1 };
static char verifier_log[1 << 16];
static struct {
	char text[120];
	__u32 cnt;
} reasons[REASONS];
static __u32 programs;

static long run(__u32 cmd, union modbpf_attr *attr)
{
	long result;

	/* Linux of the time may know less of it; what it does not know is zero. */
	if (!on_linux)
		return call(cmd, attr, sizeof(*attr));
	result = syscall(SYS_bpf, cmd, attr, sizeof(*attr));
	return result < 0 ? -errno : result;
}

static long map_element(__u32 cmd, void *value)
{
	union modbpf_attr attr = {};
	__u32 key = 0;

	attr.map_fd = map;
	attr.key = addr(&key);
	attr.value = addr(value);
	return run(cmd, &attr);
}

/* The reason is the log's last line but one, numbers as N. */
static void count_refusal(long err)
{
	char text[120] = "";
	char *end = strstr(verifier_log, "\nprocessed "), *at;
	__u32 i = 0;

	if (end) {
		*end = 0;
		at = strrchr(verifier_log, '\n');
		snprintf(text, sizeof(text), "%.100s", at ? at + 1 : verifier_log);
	} else {
		snprintf(text, sizeof(text), "%s", strerror(-err));
	}
	for (at = text; *at; at++)
		if (*at >= '0' && *at <= '9')
			*at = 'N';
	while (i < REASONS - 1 && reasons[i].cnt && strcmp(reasons[i].text, text))
		i++;
	strcpy(reasons[i].text, text);
	reasons[i].cnt++;
}

static int load(const struct modbpf_insn *insns, __u32 cnt)
{
	union modbpf_attr attr = load_attr(TYPE_SCHED_CLS, insns, cnt);
	int fd;

	if (on_linux && cnt > LINUX_MAX_INSNS)
		return -E2BIG;
	programs++;
	verifier_log[0] = 0;
	fd = run(MODBPF_CMD_PROG_LOAD, &attr);
	if (fd >= 0)
		return fd;
	/* Again, for the reason. */
	attr.log_level = 1;
	attr.log_size = sizeof(verifier_log);
	attr.log_buf = addr(verifier_log);
	return run(MODBPF_CMD_PROG_LOAD, &attr);
}

/* The program of a case; the last one, if it is the same. */
static int program_of(const struct corpus_case *c)
{
	struct modbpf_insn *insns = calloc(c->insn_cnt + CORPUS_WRAP_SLOTS, sizeof(*insns));
	__u32 cnt = corpus_wrap(c, insns);

	insns[0].imm = map;
	insns[3].imm = map;
	if (cnt == last.cnt && !memcmp(insns, last.insns, cnt * sizeof(*insns))) {
		free(insns);
		return last.fd;
	}
	if (last.fd >= 0)
		close(last.fd);
	free(last.insns);
	last = (struct loaded){ .insns = insns, .cnt = cnt, .fd = load(insns, cnt) };
	return last.fd;
}

static bool is_as_expected(const struct corpus_case *c, int prog)
{
	static const char packet[64];
	__u64 value[CORPUS_MAX_WORDS + 1] = {};
	union modbpf_attr attr = {};
	long err;

	memcpy(value, c->before, c->word_cnt * 8);
	err = map_element(MODBPF_CMD_MAP_UPDATE_ELEM, value);
	attr.test.prog_fd = prog;
	attr.test.data_in = addr(packet);
	attr.test.data_size_in = sizeof(packet);
	if (!err)
		err = run(MODBPF_CMD_PROG_TEST_RUN, &attr);
	memset(value, 0xee, sizeof(value));
	if (!err)
		err = map_element(MODBPF_CMD_MAP_LOOKUP_ELEM, value);
	if (!err && value[CORPUS_MAX_WORDS] == c->r0 && !memcmp(value, c->after, c->word_cnt * 8))
		return true;
	printf("  FAIL  %s: %ld, R0 %#llx, not %#llx; memory %s\n", c->name, err, value[CORPUS_MAX_WORDS], c->r0,
	       memcmp(value, c->after, c->word_cnt * 8) ? "differs" : "is as it should be");
	return false;
}

static void run_case(const struct corpus_case *c, void *cookie)
{
	int prog = program_of(c);

	if (prog >= 0) {
		if (is_as_expected(c, prog))
			passed++;
		else
			failed++;
	} else if (on_linux) {
		count_refusal(prog);
	} else {
		failed++;
		printf("  FAIL  %s: refused: %s\n%s\n", c->name, strerror(-prog), verifier_log);
	}
}

static int create_array(void)
{
	union modbpf_attr attr = map_attr(TYPE_ARRAY, 4, CORPUS_VALUE_BYTES, 1);

	return run(MODBPF_CMD_MAP_CREATE, &attr);
}

int main(int argc, char **argv)
{
	int cases, i;

	on_linux = argc > 2 && !strcmp(argv[2], "linux");
	device = on_linux ? -1 : open("/dev/modbpf", O_RDWR | O_CLOEXEC);
	map = argc > 1 ? create_array() : -EINVAL;
	if (map < 0) {
		printf("not available: %s: %s\n", on_linux ? "bpf(2)" : "/dev/modbpf", strerror(-map));
		return 2;
	}
	cases = corpus_read(argv[1], run_case, NULL);
	for (i = 0; i < REASONS && reasons[i].cnt; i++)
		printf("%u refused: %s\n", reasons[i].cnt, reasons[i].text);
	printf("%d cases, %u programs\n", cases, programs);
	if (cases < 12500)
		failed++;
	return finish("corpus");
}
