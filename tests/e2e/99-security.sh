#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who may do what under policy=group, what is told to the audit log, and what does a kernel
# that is locked down still allow? The last test of all: what is locked stays locked as long
# as the machine runs.
. "$(dirname "$0")/lib.sh"

# struct audit_status {mask, enabled, ...} in an AUDIT_SET message.
audit_on() {
	python3 - <<-'END'
	import socket, struct
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
	status = struct.pack('10I', 1, 1, *[0] * 8)
	s.send(struct.pack('IHHII', 16 + len(status), 1001, 5, 1, 0) + status)
	raise SystemExit(struct.unpack('i', s.recv(4096)[16:20])[0] != 0)
	END
}

# audited OP: there is a record of it.
audited() {
	dmesg | grep -q "audit: type=1316 .*modbpf op=$1 .*comm="
}

as() {	# as GROUP COMMAND...: nobody, in that group only
	local group=$1
	shift
	setpriv --reuid=65534 --regid=65533 --groups="$group" --bounding-set=-all --inh-caps=-all "$@"
}

param=/sys/module/modbpf/parameters
refused "a policy that there is not" "nvalid" insert policy=all
refused "the interpreter runs ahead" "nvalid" insert policy=group jit=0
check "the module is inserted" insert policy=group blind=0 fence=0
check "the kernel audits" audit_on
# Without a daemon, records go to the log, which has a limit of its own.
sysctl -q -w kernel.printk_ratelimit=0
chgrp 1234 /dev/modbpf
refused "nobody opens it" "" as 1234 "$E2E/member"
chmod 660 /dev/modbpf
echo 30 >$param/limit_objects
echo $((256 << 10)) >$param/limit_map_bytes
check "what a member may" as 1234 "$E2E/member" || echo "$out"
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
check "nothing of his stays charged" within 5 nobody_is_charged
equal "who is another in a namespace of his own counts as himself" "$("$E2E/member" namespace)" 65534
check "and until it is gone" within 5 nobody_is_charged
chmod 666 /dev/modbpf
equal "others may not load" "$(as 4321 "$E2E/member" | grep -c 'FAIL.*for members.*not permitted')" 4
check "that is audited" audited deny
# The ioctl's number: read and write, 32 bytes, 0xeb 1.
check "so is that none opens an event" audited "deny ioctl=$((0xc020eb01))"
check "a program is put to an event" "$E2E/member" event
check "that is audited" audited set-bpf
check "and that it went with it" within 5 audited unset-bpf

# Without blind and fence, but not for members.
hold "$SCRATCH/member" setpriv --reuid=65534 --regid=65533 --groups=1234 "$E2E/member" hold
equal "a member's program is guarded, and blinded" \
	"$("$E2E/member" image "$(sed 's/.*: //' "$SCRATCH/member")" | sed 's/fences [1-9].*constants/fences, constants/')" "fences, constants 0"
kill $holder; wait $holder 2>/dev/null
hold "$SCRATCH/member" "$E2E/member" hold
equal "root's is as the parameters say" "$("$E2E/member" image "$(sed 's/.*: //' "$SCRATCH/member")")" "fences 0 constants 1"
kill $holder; wait $holder 2>/dev/null

hold "$SCRATCH/held" modbpf load "$E2E/count_calls.bpf.o" || finish
check "a load is audited" audited load
check "so is what it attaches" audited attach
release
check "nothing is left" within 10 nothing_is_loaded
check "and the end of a link" audited detach

mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
if check "the kernel can be locked" test -w /sys/kernel/security/lockdown; then
	check "a program of tracing is loaded" modbpf prog load "$E2E/count_calls.bpf.o"
	echo confidentiality >/sys/kernel/security/lockdown
	refused "none in a kernel that is locked" "not permitted" modbpf prog load "$E2E/count_calls.bpf.o"
	check "one for packets is" modbpf prog load "$E2E/judge.bpf.o"
fi
check "the module leaves" remove_soon
finish
