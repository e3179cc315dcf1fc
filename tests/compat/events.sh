# SPDX-License-Identifier: GPL-2.0-only
# What the sweep does while a tool watches: each function takes about half a second and can
# be called again and again. setup_events makes what they need.

SWEEP=/tmp/sweep

setup_events() {
	mkdir -p $SWEEP/sweep_mount $SWEEP/ext4
	cp "$(type -P true)" $SWEEP/sweep_program
	cp "$(type -P tail)" $SWEEP/sweep_eater
	modprobe -a ext4 virtio_blk 2>/dev/null
	mkfs.ext4 -q -F /dev/vda && mount /dev/vda $SWEEP/ext4
	ip link set lo up
	mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
	mkdir -p /sys/fs/cgroup/sweep && echo 12M >/sys/fs/cgroup/sweep/memory.max
}

event_none() { sleep 0.5; }

event_programs() {
	local i
	for i in 1 2 3; do $SWEEP/sweep_program; done
	$SWEEP/no_such_program 2>/dev/null
	sleep 0.3
}

event_files() {
	local i
	for i in 1 2 3; do
		echo text >$SWEEP/sweep_file
		cat $SWEEP/sweep_file >/dev/null
		stat $SWEEP/sweep_file >/dev/null
		stat -f $SWEEP/sweep_file >/dev/null
		sync $SWEEP/sweep_file
		rm $SWEEP/sweep_file
	done
	sleep 0.2
}

event_block() {
	dd if=/dev/zero of=$SWEEP/ext4/sweep_block bs=64k count=8 oflag=direct conv=fsync 2>/dev/null
	dd if=$SWEEP/ext4/sweep_block of=/dev/null bs=64k iflag=direct 2>/dev/null
	sleep 0.2
}

event_ext4() {
	dd if=/dev/zero of=$SWEEP/ext4/sweep_ext4 bs=64k count=16 conv=fsync 2>/dev/null
	echo 3 >/proc/sys/vm/drop_caches
	cat $SWEEP/ext4/sweep_ext4 >/dev/null
	rm $SWEEP/ext4/sweep_ext4
	sleep 0.2
}

event_tcp() {	# the server may take its time to come up
	local try
	timeout 10 nc -l 127.0.0.1 7700 >/dev/null </dev/null &
	for try in 1 2 3 4 5 6 7 8 9 10; do
		echo text | timeout 5 nc -N 127.0.0.1 7700 >/dev/null && break
		sleep 0.3
	done
	wait $!
}

event_names() { getent hosts sweep.invalid >/dev/null; sleep 0.3; }

event_privileges() { chroot / /bin/true; sleep 0.3; }

event_work() {
	local i workers=()
	for i in 1 2 3; do
		(timeout 0.3 sh -c 'while :; do :; done') &
		workers+=($!)
	done
	wait "${workers[@]}" 2>/dev/null	# not for the tool, which is a child too
	sleep 0.2
}

event_mounts() {
	mount -t tmpfs sweep $SWEEP/sweep_mount
	umount $SWEEP/sweep_mount
	sleep 0.3
}

event_signals() {
	sleep 5 &
	kill -USR1 $!
	wait $! 2>/dev/null
	sleep 0.2
}

event_readline() {
	printf 'echo sweep_marker\nexit\n' | timeout 3 script -qc 'bash --norc -i' /dev/null >/dev/null
}

event_out_of_memory() {
	(echo $BASHPID >/sys/fs/cgroup/sweep/cgroup.procs; exec $SWEEP/sweep_eater /dev/zero) >/dev/null 2>&1
	sleep 0.3
}

event_reclaim() {	# who allocates must free first, as long as so much is to be kept free
	local before keep
	before=$(cat /proc/sys/vm/min_free_kbytes)
	keep=$(($(awk '/^MemFree/ { print $2 }' /proc/meminfo) * 3 / 4))
	echo "$keep" >/proc/sys/vm/min_free_kbytes
	timeout 20 head -c 300M /dev/zero | timeout 20 tail -c 280M >/dev/null
	echo "$before" >/proc/sys/vm/min_free_kbytes
}
