#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What does "modbpf run" start, and what does it see of it?  $MODBPF names the CLI; where
# one may have a mount namespace, /dev/null stands there for the device, which answers no call.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/cases
MODBPF=$(realpath "$MODBPF")
here=$PWD

inside() {	# inside DIR WORDS...: as "says", from another folder
	cd "$1" || exit 1
	shift
	says "$@"
	cd "$here" || exit 1
}

# program NAME [FLAGS]: compile the C that comes on standard input.
program() {
	local name=$1
	shift
	${CC:-cc} -O1 -D_GNU_SOURCE -I. -x c -o "$dir/$name" - -x none "$@" || bad "cc" "cannot make $name"
}

# --- which command ---------------------------------------------------------------

no_file="No such file or directory"
mkdir "$dir/cwd" "$dir/cwd/folder" "$dir/bin" "$dir/bin/folder" "$dir/plain"
cp "$(type -P true)" "$dir/cwd/only-here"
echo text >"$dir/plain/text"
PATH=$PATH:$dir/bin:$dir/plain
inside "$dir/cwd" 255 stderr "Error: 'only-here': $no_file" run only-here
inside "$dir/cwd" 255 stderr "Error: 'only-here': $no_file" run --log -- only-here
PATH=$PATH: inside "$dir/cwd/folder" 255 stderr "Error: 'only-here': $no_file" run only-here
inside "$dir/cwd" 255 stdout "{\"error\":\"'only-here': $no_file\"}" -j run only-here
printf '#!/bin/sh\nexec env -u PATH %s "$@"\n' "$MODBPF" >"$dir/without-path" && chmod +x "$dir/without-path"
MODBPF=$dir/without-path inside "$dir/cwd" 255 stderr "Error: 'only-here': $no_file" run only-here
says 255 stderr "Error: '': $no_file" run ""
says 255 stderr "Error: 'folder': Permission denied" run folder
says 255 stderr "Error: 'text': Permission denied" run text
says 255 stderr "Error: '$dir/plain': Permission denied" run "$dir/plain"
says 255 stderr "Error: '$dir/gone': $no_file" run "$dir/gone"
says 255 stderr "Error: '$dir/gone': $no_file" run --log "$dir/gone"
mkfifo "$dir/fifo" && chmod +x "$dir/fifo"
says 255 stderr "Error: '$dir/fifo': Permission denied" run "$dir/fifo"

# A copy of true for another machine, with bytes at an offset.
patched() {	# patched NAME OFFSET BYTES
	cp "$(type -P true)" "$dir/$1"
	printf '%b' "$3" | dd of="$dir/$1" bs=1 seek="$2" conv=notrunc status=none
}
patched class32 4 '\x01'
patched arm 18 '\xb7'
for name in class32 arm; do
	says 255 stderr "Error: '$dir/$name' is not a program for 64-bit x86" run "$dir/$name"
done
head -c 52 "$dir/class32" >"$dir/brief" && chmod +x "$dir/brief"
says 255 stderr "Error: '$dir/brief' is not a program for 64-bit x86" run "$dir/brief"
program static -static -nostdlib <<<'void _start(void) { for (;;); }'
says 255 stderr "Error: '$dir/static' is linked statically" run "$dir/static"

# Shortened, what follows is the command's all the same.
says 255 stderr "Error: 'only-here': $no_file" ru only-here --frob
says 255 stderr "Error: 'only-here': $no_file" r only-here --frob

# --- with something in the device's place -------------------------------------------

# /dev/null stands for it: it can be opened, and answers each call with ENOTTY. modbpf's own
# mounts and whatever else takes the module are left out by an object that is loaded before.
libs=$(dirname "$MODBPF")
[ -e "$libs/libmodbpf-preload.so" ] || libs=$here/build/user
if [ -e /dev/modbpf ]; then
	skip "the device is there: nothing takes its place"
	finish run
elif [ ! -e "$libs/libmodbpf-preload.so" ]; then
	skip "no libmodbpf-preload.so is built"
	finish run
elif ! unshare -rm true 2>/dev/null; then
	skip "no mount namespace may be made"
	finish run
fi
MODBPF=$libs/modbpf
program shim.so -shared -fPIC <<'END'
int mount(const char *from, const char *to, const char *type, unsigned long flags, const void *data) { return 0; }
int unshare(int flags) { return 0; }
END
cat >"$dir/view" <<'END'
#!/bin/bash
# view WORDS...: with /dev/null as /dev/modbpf
set -e
mkdir -p "$dir/dev"
mount -t tmpfs none "$dir/dev"
for name in null zero modbpf; do
	touch "$dir/dev/$name"
	mount --bind "/dev/${name/modbpf/null}" "$dir/dev/$name"
done
mount --rbind "$dir/dev" /dev
exec "$@"
END
cat >"$dir/modbpf" <<'END'
#!/bin/sh
exec unshare -rm bash "$dir/view" env LD_PRELOAD="$dir/shim.so" "$real" "$@"
END
chmod +x "$dir/modbpf"
export dir real=$MODBPF
MODBPF=$dir/modbpf

says 0 stdout "started" run echo started
printf '#!/bin/sh\necho from here\n' >"$dir/cwd/only-here"
for list in ":$PATH" "$PATH:" "$dir/gone::$PATH"; do
	PATH=$list inside "$dir/cwd" 0 stdout "from here" run only-here
done
mkdir "$dir/a b" "$dir/a:b"
for name in "a b" "a:b"; do
	cp "$libs/modbpf" "$libs/libmodbpf-preload.so" "$dir/$name"
	real="$dir/$name/modbpf" says 255 stderr "Error: '$dir/$name/libmodbpf-preload.so' cannot be preloaded" run true
done

# What a program has open where the device was stays its own.
cat >"$dir/reused.c" <<'END'
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef LIBRARY
#include "user/libmodbpf.h"
#define ask() modbpf_device()
#else
#define ask() syscall(SYS_bpf, 0, NULL, 0)
#endif

static int is_open(int fd, const char *path)
{
	char link[64], target[256] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return readlink(link, target, sizeof(target) - 1) > 0 && strstr(target, path);
}

static int find(void)
{
	int fd, found = -1;

	for (fd = 3; fd < 1024; fd++)
		if (is_open(fd, "/dev/modbpf"))
			found = fd;
	return found;
}

int main(void)
{
	int first, zero;

	ask();
	first = find();
	zero = open("/dev/zero", O_RDONLY);
	dup2(zero, first);
	close(zero);
	ask();
	printf("%s; another in its place: %s, again: %s\n", first >= 800 ? "high" : first < 0 ? "none" : "low",
	       is_open(first, "/zero") ? "stays" : "lost", find() >= 0 && find() != first ? "open" : "no");
	return 0;
}
END
program reused <"$dir/reused.c"
program reused-library -DLIBRARY "-Wl,--wrap=syscall" "$libs/libmodbpf.a" -lbpf -lelf -lz <"$dir/reused.c"
says 0 stdout "high; another in its place: stays, again: open" run "$dir/reused"
ends() {	# ends STATUS WANT WORDS...: other words than modbpf's, and what they print
	local status=$1 want=$2 got
	shift 2
	got=$("$@" 2>&1 </dev/null; echo "[$?]")
	case $got in
	*"$want"*"[$status]")	passed=$((passed + 1)) ;;
	*)			bad "$*" "wanted" "$want [$status]" "but there is" "$got" ;;
	esac
}
in_view() { unshare -rm bash "$dir/view" "$@"; }
ends 0 "high; another in its place: stays, again: open" in_view "$dir/reused-library"
few() (ulimit -n 64; "$@")
ends 0 "low; another in its place: stays, again: open" few "$MODBPF" run "$dir/reused"
ends 0 "low; another in its place: stays, again: open" few in_view "$dir/reused-library"

# The log: it names each call, whatever the program does with its end of it.
program asks <<'END'
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ask(long cmd, const void *attr, long size) { syscall(SYS_bpf, cmd, attr, size); }

/* Pages, and none behind them. */
static char *edge(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(pages + 4096, 4096);
	return pages + 4096;
}

int main(int argc, char **argv)
{
	unsigned int create[4] = { 2, 4, 8, 1 };
	unsigned long name[2] = { 1 };
	int fd = atoi(getenv("MODBPF_RUN_LOG") ?: "-1"), other, pair[2];
	char *end = edge(), got[1024];

	setvbuf(stdout, NULL, _IONBF, 0);
	switch (argv[1][0]) {
	case 'b':	/* what the kernel reads of none of it */
		ask(0, (void *)1, 72);
		ask(0, memcpy(end - 16, create, 16), 120);
		ask(6, name, sizeof(name));
		name[0] = (unsigned long)memcpy(end - 5, "/name", 5);
		ask(6, name, sizeof(name));
		ask(-1, create, sizeof(create));
		syscall(SYS_perf_event_open, 1L, 2L, 3L, -1L, 0L);
		break;
	case 'f':	/* another file under its number */
		other = open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
		dup2(other, fd);
		ask(0, create, sizeof(create));
		printf("file: %ld bytes\n", (long)lseek(other, 0, SEEK_END));
		break;
	case 's':	/* another socket */
		socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
		dup2(pair[0], fd);
		ask(0, create, sizeof(create));
		printf("socket: %ld bytes\n", (long)recv(pair[1], got, sizeof(got), MSG_DONTWAIT));
		break;
	case 'w':	/* what is no record */
		if (write(fd, "a stray line\n", 13) != 13 || write(fd, got, sizeof(got)) != sizeof(got))
			return 1;
		ask(0, create, sizeof(create));
		break;
	case 'g':	/* nobody reads it */
		kill(getppid(), 9);
		usleep(200000);
		ask(0, create, sizeof(create));
		ask(0, create, sizeof(create));
		other = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
		return write(other, "alive\n", 6) != 6;
	case 'n':
		printf("%s\n", fd >= 800 ? "high" : "low");
		ask(0, create, sizeof(create));
	}
	return 3;
}
END
create="MAP_CREATE(type=array, key_size=4, value_size=8, max_entries=1) = -1 ENOTTY"
logged() { ends 3 "$1" "$MODBPF" run --log "$dir/asks" "${@:2}"; }
logged "MAP_CREATE(type=0) = -1 ENOTTY" bad
logged "$create" bad
logged "OBJ_PIN() = -1 ENOTTY" bad
logged 'OBJ_PIN("/name") = -1 ENOTTY' bad
logged "command -1() = -1 ENOTTY" bad
logged "perf_event_open(type=0, config=0, pid=2, cpu=3, group_fd=-1, flags=0) = -1 ENOTTY" bad
logged "6 calls went to the module" bad
logged "file: 0 bytes" file "$dir/other"
logged "socket: -1 bytes" socket
logged "No call went to the module" socket
logged "$create" write
logged "1 calls went to the module" write
logged "high" number
ends 3 "low" few "$MODBPF" run --log "$dir/asks" number
ends 3 "$create" few "$MODBPF" run --log "$dir/asks" number
(
	"$MODBPF" run --log "$dir/asks" gone "$dir/alive"
	:	# the shell says of the last command that it was killed
) >/dev/null 2>&1 </dev/null
for _ in {1..50}; do
	[ ! -s "$dir/alive" ] || break
	sleep 0.1
done
ends 0 "alive" cat "$dir/alive"

# What cannot be started is told as without the log, and by itself.
printf '#!/no/such/program\n' >"$dir/script" && chmod +x "$dir/script"
ends 255 "Error: '$dir/script': $no_file" "$MODBPF" run --log "$dir/script"
ends 255 "Error: '$dir/script': $no_file" "$MODBPF" run "$dir/script"
says 255 stdout "{\"error\":\"'$dir/script': $no_file\"}" -j run --log "$dir/script"
ends 1 "0" eval "$MODBPF run --log '$dir/script' 2>&1 | grep -c went"

# Calls that are not redirected are made as by the C library: a child may have another stack.
cat >"$dir/stacks.c" <<'END'
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void in_child(void) { _exit(7); }

int main(void)
{
	char *pages = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void **top = (void **)(pages + 65536 - 64);
	long child, got, length;
	int status = 0, error;

	*top = (void *)in_child;	/* where the child's syscall() returns to */
	child = syscall(SYS_clone, SIGCHLD, top, NULL, NULL, 0L);
	waitpid(child, &status, 0);
	got = syscall(SYS_mmap, 0L, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 4096L);
	length = syscall(SYS_mmap, 0L, 4096L, (long)PROT_READ, (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 1L);
	error = errno;
	errno = 0;
	child = syscall(SYS_perf_event_open, 0L, 0L, 0L, 0L, 0L);
	printf("%d %d %ld %d %ld %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1, got > 0, length,
	       error == EINVAL, child, errno == ENOTTY);
	return 0;
}
END
for CC in cc musl-gcc; do
	type -P $CC >/dev/null || continue
	program "stacks-$CC" <"$dir/stacks.c"
	says 0 stdout "7 1 -1 1 -1 1" run "$dir/stacks-$CC"
	program "reused-$CC" <"$dir/reused.c"
	says 0 stdout "high; another in its place: stays, again: open" run "$dir/reused-$CC"
done
finish run
