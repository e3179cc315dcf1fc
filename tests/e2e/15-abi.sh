#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does bad input get the errno that bpf(2) gives, and is nothing left behind?
. "$(dirname "$0")/lib.sh"

check "the module is inserted" insert
check "programs, links, BTF, information" "$E2E/abi" || echo "$out"
check "what is told of objects" "$E2E/abi_info" || echo "$out"
check "maps" "$E2E/abi_map" || echo "$out"
check "a 32-bit process" "$E2E/client32" || echo "$out"
check "helpers on packets" modbpf run -- "$E2E/skb_helpers" "$E2E/skb_helpers.bpf.o" || echo "$out"
check "nothing is left" within 10 nothing_is_loaded
check "the module leaves" remove_soon
finish
