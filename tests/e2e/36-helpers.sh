#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do helpers give what the system calls and the C library give?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
refused "no program writes to processes unless the module allows it" "probe_write_user=1" \
	modbpf prog load "$E2E/helpers.bpf.o"
echo 1 >/sys/module/modbpf/parameters/probe_write_user
check "each helper" "$E2E/helpers" "$E2E/helpers.bpf.o" || echo "$out"
check "dynptrs" "$E2E/dynptr" "$E2E/dynptr.bpf.o" || echo "$out"
check "dynptrs of packets, and netfilter programs' test runs" "${typed[@]}" "$E2E/packet_dynptr" "$E2E/packet_dynptr.bpf.o" || echo "$out"
contains "the kernel's log names who may write" "$(dmesg | grep modbpf)" "of user 0 may change the memory of processes"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
