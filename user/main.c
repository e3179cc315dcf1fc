// SPDX-License-Identifier: LGPL-2.1 OR BSD-2-Clause
/*
 * modbpf: what bpftool is to the kernel's eBPF. Which object, which command?
 *
 * Exit code: 0; 1 if "check" found a program that is rejected; 255 after an
 * error, which is said in one line.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/modbpf.h"
#include "user/cli.h"
#include "user/object.h"
#include "user/out.h"

volatile int is_ended;

static void end(int signal)
{
	is_ended = 1;
}

void catch_end(void)
{
	const struct sigaction action = { .sa_handler = end };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void print_usage(FILE *to)
{
	fputs("Usage: modbpf [OPTIONS] OBJECT { COMMAND | help }\n"
	      "       modbpf [OPTIONS] load FILE [pin DIR]	load, attach what its SEC() names say, stay\n"
	      "       modbpf [OPTIONS] check FILE [section NAME | program NAME] [btf FILE] [-v]\n"
	      "							would they be accepted? asks no device\n"
	      "       modbpf run [--log] [--btf FILE] [--] CMD [ARGS]\n"
	      "							a program made for the kernel's eBPF, on the\n"
	      "							module; FILE is its /sys/kernel/btf/vmlinux, and\n"
	      "							the module's, if the kernel tells no types\n"
	      "       modbpf version\n"
	      "\n"
	      "       modbpf prog { show | list } [PROG]\n"
	      "       modbpf prog load FILE [NAME] [hold]\n"
	      "       modbpf prog dump { xlated | jited } PROG [opcodes] [file FILE]\n"
	      "       modbpf prog run PROG [data_in FILE] [data_out FILE] [repeat N]\n"
	      "       modbpf { prog pin PROG | map pin MAP | link pin LINK } FILE\n"
	      "       modbpf map { show | list } [MAP]\n"
	      "       modbpf map dump MAP\n"
	      "       modbpf map { lookup | getnext | delete } MAP key DATA\n"
	      "       modbpf map update MAP key DATA value DATA [any | exist | noexist]\n"
	      "       modbpf map freeze MAP\n"
	      "       modbpf map create FILE type TYPE key BYTES value BYTES entries N name NAME [flags N]\n"
	      "       modbpf map { push | enqueue } MAP value DATA\n"
	      "       modbpf map { peek | pop | dequeue } MAP\n"
	      "       modbpf link { show | list } [LINK]\n"
	      "       modbpf link detach LINK\n"
	      "       modbpf link update LINK prog PROG [replace PROG]\n"
	      "       modbpf btf { show | list } [id ID]\n"
	      "       modbpf btf kernel { FILE | none }	the types of a kernel that does not tell them\n"
	      "       modbpf detach --all			every program comes off what it hangs on\n"
	      "       modbpf filter attach FILE PLACE [drop | accept] [pin FILE]	what tcpdump -ddd prints\n"
	      "       modbpf filter check FILE [-v]\n"
	      "       modbpf feature [probe]\n"
	      "\n"
	      "       PROG := { id ID | name NAME | tag TAG | pinned FILE }\n"
	      "       MAP := { id ID | name NAME | pinned FILE }   LINK := { id ID | pinned FILE }\n"
	      "       DATA := [hex] BYTES\n"
	      "       OPTIONS := { -j|--json | -p|--pretty | -d|--debug | -v|--verbose | -V|--version }\n"
	      "       Words may be shortened as long as they are clear.\n", to);
}

int help_command(struct args *args)
{
	if (out_is_json())
		out_nothing();
	else
		print_usage(stdout);
	return 0;
}

#define DETACH_ALL "/sys/module/modbpf/parameters/detach_all"

/* Not by the device: it must work where nobody can open it any more. */
static int detach_command(struct args *args)
{
	FILE *file;
	int err;

	if (!args_take(args, "--all"))
		return out_error("wanted '--all'; one link: 'modbpf link detach LINK'");
	if (args_end(args))
		return -1;
	file = fopen(DETACH_ALL, "w");
	if (!file)
		return out_error(DETACH_ALL ": %s", strerror(errno));
	err = fputs("1\n", file) < 0;
	if (fclose(file) || err)
		return out_error(DETACH_ALL ": %s", strerror(errno));
	out_nothing();
	return 0;
}

static int version_command(struct args *args)
{
	struct json_object *object;

	if (args_end(args))
		return -1;
	if (!out_is_json()) {
		puts("modbpf v" MODBPF_VERSION);
		return 0;
	}
	object = json_object_new_object();
	json_add_str(object, "version", MODBPF_VERSION);
	out_json(object);
	return 0;
}

static const struct command objects[] = {
	{ "help", help_command },
	{ "prog", prog_command },
	{ "map", map_command },
	{ "link", link_command },
	{ "btf", btf_command },
	{ "feature", feature_command },
	{ "load", load_command },
	{ "check", check_command },
	{ "filter", filter_command },
	{ "detach", detach_command },
	{ "run", run_command },
	{ "version", version_command },
	{ NULL, NULL },
};

static const struct {
	const char *brief, *full;
	char letter;
} options[] = {
	{ "-j", "--json", 'j' }, { "-p", "--pretty", 'p' }, { "-d", "--debug", 'd' },
	{ "-V", "--version", 'V' }, { "-h", "--help", 'h' }, { "-v", "--verbose", 'v' },
	{ "-vv", "-vv", 'w' },
};

/* The letter of an option, 0 if @word is none. */
static char option_letter(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(word, options[i].brief) || !strcmp(word, options[i].full))
			return options[i].letter;
	return 0;
}

/* Looks like an option, but belongs to one command, which takes it with what follows. */
static bool is_word(const char *word)
{
	return !strcmp(word, "--hold") || !strcmp(word, "--section") || !strcmp(word, "--program") ||
	       !strcmp(word, "--btf") || !strcmp(word, "--all");
}

/* Take the options out, wherever they are. 0 or -1 after an error; *@instead: a command in their place. */
static int take_options(struct args *args, const struct command **instead)
{
	bool all = false;
	int i, kept = 0;

	for (i = 0; i < args->cnt; i++) {
		/* What follows belongs to the command that is to be run. */
		bool is_theirs = kept && command_is(objects, args->word[0], run_command);

		if (is_theirs || args->word[i][0] != '-' || !args->word[i][1] || is_word(args->word[i])) {
			args->word[kept++] = args->word[i];
			continue;
		}
		switch (option_letter(args->word[i])) {
		case 'j':
			out_set_json(false);
			break;
		case 'p':
			out_set_json(true);
			break;
		case 'd':
			all = true;
			break;
		case 'v':
			verbosity++;
			break;
		case 'w':
			verbosity += 2;
			break;
		case 'V':
			*instead = command_find(objects, "object", "version");
			break;
		case 'h':
			*instead = command_find(objects, "object", "help");
			break;
		default:
			return out_error("'%s' is no option; 'modbpf help' lists them", args->word[i]);
		}
	}
	args->cnt = kept;
	object_catch_log(all);
	return 0;
}

int main(int argc, char **argv)
{
	struct args args = { .cnt = argc - 1, .word = argv + 1 };
	const struct command *instead = NULL;
	int err = take_options(&args, &instead);

	if (!err && instead) {
		err = instead->run(&args);
	} else if (!err && !args.cnt) {
		if (!out_is_json())
			print_usage(stderr);
		else
			out_error("an object is missing: prog, map, link, feature, load, check");
		err = -1;
	} else if (!err) {
		err = command_run(objects, "object", &args);
	}
	if (fflush(stdout) || ferror(stdout))
		err = -1;
	return err < 0 ? 255 : err;
}
