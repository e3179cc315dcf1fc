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

# audited OP [TASK]: there is a record of it, by a task that looks so.
audited() {
	dmesg | grep -q "audit: type=1316 .*modbpf op=$1 .*${2:-comm=}"
}

records() {	# records NUMBER OP TASK: there are so many at least
	[ "$(dmesg | grep -c "audit: type=1316 .*modbpf op=$2 .*$3")" -ge "$1" ]
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
out=$("$E2E/member" update)
check "which program takes whose place is audited" within 5 audited "update ${out:-nothing}" ' uid=0 .*comm="member"'

# A name for each who asks, by which his records are found.
for who in chief deputy crowd; do
	cp "$E2E/member" "$SCRATCH/$who"
done
chmod 755 "$SCRATCH"
echo 1000 >$param/limit_objects
sleep 5	# the limits of what came before are over
check "a member does as much as he can" as 1234 "$SCRATCH/crowd" flood
check "root puts a program to an event meanwhile" "$SCRATCH/chief" event
refused "who has CAP_BPF only may not" "" setpriv --bounding-set=-all,+bpf --inh-caps=-all "$SCRATCH/deputy" event
check "root's deed is audited all the same" within 5 audited set-bpf ' uid=0 .*comm="chief"'
check "so is that the other was refused" within 5 audited "deny ioctl=$((0xc020eb01))" 'comm="deputy"'
check "and of the member's, as many as may be" within 5 records 100 load ' uid=65534 .*comm="crowd"'
check "refusals, too" within 5 records 20 "deny cmd=13" ' uid=65534 .*comm="crowd"'

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
hold "$SCRATCH/held" modbpf load "$E2E/count_calls.bpf.o" || finish
check "all are detached" modbpf detach --all
check "by whom is audited" within 5 audited detach-all ' uid=0 .*comm="modbpf"'
check "what it ended is, as a worker's deed" within 5 audited "detach id=[0-9]*" 'comm="kworker'
release
check "again nothing is left" within 10 nothing_is_loaded

mountpoint -q /sys/kernel/security || mount -t securityfs none /sys/kernel/security
if check "the kernel can be locked" test -w /sys/kernel/security/lockdown; then
	check "a program of tracing is loaded" modbpf prog load "$E2E/count_calls.bpf.o"
	echo confidentiality >/sys/kernel/security/lockdown
	refused "none in a kernel that is locked" "not permitted" modbpf prog load "$E2E/count_calls.bpf.o"
	check "one for packets is" modbpf prog load "$E2E/judge.bpf.o"
fi
check "the module leaves" remove_soon
finish
