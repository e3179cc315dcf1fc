/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a helper's row is written. Each helper of isa/abi.h has one row, in the
 * file below verifier/helper_row/ that its subject names; the index is its id.
 */
#ifndef MODBPF_VERIFIER_HELPER_ROW_H
#define MODBPF_VERIFIER_HELPER_ROW_H

#include "verifier/helper.h"
#include "verifier/rule.h"

#define HELPER(name_) [MODBPF_FUNC_##name_] = { .name = #name_,
#define END }

extern const struct helper helper_rows_general[MODBPF_FUNC_LIMIT];
extern const struct helper helper_rows_kfunc[MODBPF_FUNC_LIMIT];
extern const struct helper helper_rows_map[MODBPF_FUNC_LIMIT];
extern const struct helper helper_rows_packet[MODBPF_FUNC_LIMIT];
extern const struct helper helper_rows_tracing[MODBPF_FUNC_LIMIT];

#endif
