#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# After all the others: has anything been leaked? Asks kmemleak (debug kernel only).
. "$(dirname "$0")/lib.sh"
. tests/vm/leaks.sh

check "the module is not in" test ! -e /dev/modbpf
check "kmemleak has found nothing" leaks
finish
