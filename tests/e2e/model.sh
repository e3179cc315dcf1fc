#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Everything is done to maps of each type at once, by programs in test runs, interrupts and
# kprobes on each CPU and by eight threads: are the answers those of a model? MODEL_SECONDS, default 30.
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
mkdir "$SCRATCH/cgroup"
check "a root of control groups" mount -t cgroup2 none "$SCRATCH/cgroup"
check_aloud "all at once for ${MODEL_SECONDS:-30} s, as the model says" \
	"$E2E/model" "$E2E/model.bpf.o" "$SCRATCH/cgroup" "${MODEL_SECONDS:-30}"
umount "$SCRATCH/cgroup"
check "nothing is left" within 30 nothing_is_loaded
check "the module leaves" remove_soon
finish
