#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Network namespaces are made, hooked and destroyed under their traffic ($NAMESPACES, default 10): does each
# link see packets, say that its namespace is gone, and leave nothing?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check_aloud "namespaces" "$E2E/namespaces" "$E2E/storm.bpf.o" "${NAMESPACES:-10}"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
