/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's own maps, compiled natively (kernel_shim.h), for bench_maps. */
#ifndef MODBPF_TESTS_BENCH_NATIVE_MAPS_H
#define MODBPF_TESTS_BENCH_NATIVE_MAPS_H

/* Ticks of OPS operations as the program @prog of maps.bpf.c makes them; a negative number: it cannot be done here. */
double native_cost(const char *prog);

#endif
