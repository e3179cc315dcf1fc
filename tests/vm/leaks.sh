# SPDX-License-Identifier: GPL-2.0-only
# leaks: in the guest, ask kmemleak; print what it found and return 1 if anything.
# An object counts once it is older than 5 s and two scans have not seen a pointer to it:
# a pointer that moved during the first scan is no leak.
leaks() {
	local file=/sys/kernel/debug/kmemleak
	if [ ! -e $file ]; then
		echo "this kernel has no kmemleak" >&2
		return 1
	fi
	sleep 6
	echo scan >$file
	if [ -s $file ] || [ -n "$(head -c 1 $file)" ]; then
		sleep 1
		echo scan >$file
	fi
	if [ -n "$(head -c 1 $file)" ]; then
		head -n 100 $file
		return 1
	fi
	echo "kmemleak: nothing leaked"
}
