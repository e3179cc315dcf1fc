# SPDX-License-Identifier: GPL-2.0-only
# What can be built and run here? "make help" lists it. Sources are named in sources.mk;
# everything built goes to build/, but for modbpf.ko, which is copied to the root.

ifneq ($(KERNELRELEASE),)
include $(src)/Kbuild
else

SHELL := /bin/bash
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

include sources.mk

B := build
CC := gcc
CLANG ?= clang
JOBS ?= $(shell nproc)
DESTDIR ?=
PREFIX ?= /usr

# The kernel that the module is for: the newest stock 6.1, as Debian 12 runs it.
KDIR ?= $(shell tests/vm/kernels headers stock 2>/dev/null)
KREL = $(shell awk -F \" '/UTS_RELEASE/ {print $$2}' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
MODBPF_INTERP ?= y
MODBPF_ARENA_KIB ?= 4096

# Under "make -jN" the jobs come from there; a plain make uses every core.
subjobs = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

WARN := -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wdeclaration-after-statement -Wvla
CFLAGS ?= -O2 -g
BASE_CFLAGS := -std=gnu11 -I. $(WARN) -MMD -MP
ASAN_CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LIBBPF := $(firstword $(wildcard /usr/lib/x86_64-linux-gnu/libbpf.a /usr/lib64/libbpf.a /usr/lib/libbpf.a) -lbpf)
USER_LIBS := -Wl,--wrap=syscall $(LIBBPF) -lelf -lz -ljson-c -lcapstone
# Each needs the other: libbpf makes the system calls that libmodbpf redirects.
EXAMPLE_LIBS := -Wl,--wrap=syscall -Wl,--start-group $(B)/user/libmodbpf.a $(LIBBPF) -Wl,--end-group -lelf -lz
# Test programs of the user side may need its libraries; the pure tests need none.
TEST_LIBS := -lm

.PHONY: all help deps deps-build deps-all module module-build sparse-build kunit-build user examples
.PHONY: install clean lint check fuzz kunit vmtest stress soak matrix demo shell test unit-build check-build

all: module user examples	## the module, the user side and the examples

help:				## this list
	@echo "modbpf: eBPF as a loadable kernel module. Two commands to begin with: make demo, make test"
	@awk -F '[:\t]+.*## ?|## ?' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "variables:"
	@echo "  KDIR=...     kernel headers to build the module for (now: $(KDIR))"
	@echo "  DESTDIR=...  root to install below;  PREFIX=/usr"
	@echo "  MODBPF_INTERP=n, MODBPF_ARENA_KIB=4096    see Kbuild"
	@echo "  K=6.1|6.12|debug   the kernel that 'make shell' boots"
	@echo "  MATRIX='7.2 5.10'  for 'make matrix': which kernels"
	@echo "  TIME=600, SEED=1   for 'make fuzz'; INSNS=100000000: the verifier alone, so many instructions;"
	@echo "               CASES=10000000: so many inputs, built with -O2; FUZZERS='btf classic': which"
	@echo "  COMPAT='execsnoop bpftrace-hist'  for 'make compat': which tools; COMPAT_KERNEL=debug: on the"
	@echo "               debug kernel, which has no eBPF of its own, its types given in a file"
	@echo "  COVERAGE='--missing verifier/mem.c'  for 'make coverage': what is not run"
	@echo "  MUTATE='--every 1 verifier/prune.c'  for 'make mutate': which bugs"

# --- packages ---------------------------------------------------------------

deps:				## install what is missing from Debian's packages, and say why
	@tests/deps.sh all
deps-build:
	@tests/deps.sh build
deps-all:
	@tests/deps.sh all

# --- the module -------------------------------------------------------------

MODULE_DIRS := isa verifier jit module uapi
mirror = mkdir -p $(1) && { cd $(1) && find . -xtype l -delete; } && cd $(CURDIR) && \
	cp -rsf $(addprefix $(CURDIR)/,$(2) Kbuild sources.mk) $(1)/

# What is missing is installed first, then make looks again: what it found before is stale.
again = +@$(MAKE) --no-print-directory

module: deps-build	## build modbpf.ko for KDIR
	$(again) module-build
	@cp $(B)/module-$(KREL)/modbpf.ko modbpf.ko
	@echo "modbpf.ko is for $(KREL)"

module-build:
	$(if $(KREL),,$(error no kernel headers at KDIR='$(KDIR)': 'make deps' installs them))
	@$(call mirror,$(B)/module-$(KREL),$(MODULE_DIRS))
	+@$(MAKE) $(subjobs) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(B)/module-$(KREL) \
		MODBPF_INTERP=$(MODBPF_INTERP) MODBPF_ARENA_KIB=$(MODBPF_ARENA_KIB) $(KBUILD_FLAGS) modules

# A build whose output is what sparse has to say, for lint.
sparse-build:
	@$(call mirror,$(B)/sparse,$(MODULE_DIRS))
	+@$(MAKE) -j$(JOBS) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(B)/sparse C=2 \
		MODBPF_INTERP=$(MODBPF_INTERP) MODBPF_ARENA_KIB=64 modules

# The module with its KUnit suites, for the debug kernel.
DEBUG_KDIR = $(shell tests/vm/kernels headers debug)
kunit-build:
	@$(call mirror,$(B)/kunit,$(MODULE_DIRS) tests)
	+@$(MAKE) $(subjobs) --no-print-directory -C $(DEBUG_KDIR) M=$(CURDIR)/$(B)/kunit MODBPF_KUNIT=1 modules

# --- user space -------------------------------------------------------------

PURE_SRCS := $(ISA_SRCS) $(CLASSIC_SRCS) $(INTERP_SRCS) $(VERIFIER_SRCS) $(JIT_SRCS) $(PLATFORM_SRCS)
# A list may name a file that its author has not saved yet: lint complains, not the build.
objs = $(patsubst %.c,$(1)/%.o,$(wildcard $(2)))

$(B)/user/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(BASE_CFLAGS) $(if $(filter $<,$(USER_PRELOAD_SRCS)),-fPIC) -c -o $@ $<

$(B)/asan/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ASAN_CFLAGS) $(BASE_CFLAGS) -c -o $@ $<

define archive
	@mkdir -p $(@D)
	@rm -f $@
	ar crsD $@ $^
endef

$(B)/user/libmodbpf-core.a: $(call objs,$(B)/user,$(PURE_SRCS)) sources.mk
	@mkdir -p $(@D)
	@rm -f $@
	ar crsD $@ $(filter %.o,$^)
$(B)/asan/libmodbpf-core.a: $(call objs,$(B)/asan,$(PURE_SRCS)) sources.mk
	@mkdir -p $(@D)
	@rm -f $@
	ar crsD $@ $(filter %.o,$^)
$(B)/user/libmodbpf.a: $(call objs,$(B)/user,$(USER_LIB_SRCS)) sources.mk
	@mkdir -p $(@D)
	@rm -f $@
	ar crsD $@ $(filter %.o,$^)
$(B)/user/libmodbpf-preload.so: $(call objs,$(B)/user,$(USER_PRELOAD_SRCS)) sources.mk
	$(CC) -shared -nostdlib -o $@ $(filter %.o,$^)
$(B)/user/modbpf: $(call objs,$(B)/user,$(USER_SRCS)) $(B)/user/libmodbpf.a $(B)/user/libmodbpf-core.a
	$(CC) $(CFLAGS) -o $@ $^ $(USER_LIBS)

user-targets := $(B)/user/libmodbpf-core.a $(B)/user/libmodbpf.a
user-targets += $(if $(wildcard $(USER_SRCS)),$(B)/user/modbpf)
user-targets += $(if $(wildcard $(USER_PRELOAD_SRCS)),$(B)/user/libmodbpf-preload.so)

user: deps-build	## build the library and the CLI, build/user/modbpf
	$(again) user-build
.PHONY: user-build
user-build: $(user-targets)

# --- examples and the programs that end-to-end tests load --------------------

BPF_CFLAGS := -O2 -g -Wall -target bpf -mcpu=v3 -I. -I/usr/include/$(shell gcc -print-multiarch)
example-names := $(notdir $(patsubst %/,%,$(wildcard examples/*/)))
example-objs := $(foreach n,$(example-names),$(if $(wildcard examples/$(n)/$(n).bpf.c),$(B)/examples/$(n).bpf.o))
example-bins := $(foreach n,$(example-names),$(if $(wildcard examples/$(n)/$(n).c),$(B)/examples/$(n)))
e2e-objs := $(patsubst %.bpf.c,$(B)/%.bpf.o,$(wildcard tests/e2e/*.bpf.c))
e2e-bins := $(patsubst %.c,$(B)/%,$(filter-out %.bpf.c,$(wildcard tests/e2e/*.c))) $(B)/tests/e2e/hostile $(B)/tests/e2e/model \
	$(B)/tests/e2e/fail_each $(B)/tests/e2e/plain-musl

define bpf-compile
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -c -o $@ $<
endef
define example-rules
$(B)/examples/$(1).bpf.o: examples/$(1)/$(1).bpf.c
	$$(bpf-compile)
$(B)/examples/$(1): $(B)/user/examples/$(1)/$(1).o $(B)/user/libmodbpf.a $(B)/user/libmodbpf-core.a
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS) -o $$@ $$^ $(EXAMPLE_LIBS)
endef
$(foreach n,$(example-names),$(eval $(call example-rules,$(n))))

$(B)/tests/e2e/%.bpf.o: tests/e2e/%.bpf.c
	$(bpf-compile)
# Programs of somebody else's, as it were: shared libbpf, nothing of ours.
$(B)/tests/e2e/foreign $(B)/tests/e2e/skb_helpers: EXAMPLE_LIBS := -lbpf
$(B)/tests/e2e/%: $(B)/user/tests/e2e/%.o $(B)/user/libmodbpf.a $(B)/user/libmodbpf-core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(EXAMPLE_LIBS)

# With nothing but a C library, this one or another.
$(B)/tests/e2e/plain: tests/e2e/plain.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<
$(B)/tests/e2e/plain-musl: tests/e2e/plain.c
	@mkdir -p $(@D)
	musl-gcc $(CFLAGS) -o $@ $<

# It reads the corpus and calls either kernel itself.
$(B)/tests/e2e/corpus: $(call objs,$(B)/user,tests/e2e/corpus.c $(TEST_CORPUS_SRCS)) $(B)/user/libmodbpf-core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^

$(B)/tests/e2e/hostile: $(call objs,$(B)/user,$(wildcard tests/hostile/*.c))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^

$(B)/tests/e2e/model: $(call objs,$(B)/user,$(wildcard tests/model/*.c)) $(B)/user/libmodbpf.a $(B)/user/libmodbpf-core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(EXAMPLE_LIBS)

$(B)/tests/e2e/fail_each: $(call objs,$(B)/user,$(wildcard tests/fail/*.c))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^

# No 32-bit library is installed, and none is needed.
$(B)/tests/e2e/client32: tests/e2e/client32.c uapi/modbpf.h
	@mkdir -p $(@D)
	$(CC) -m32 -std=gnu11 -O2 $(WARN) -I. -isystem /usr/include/$(shell gcc -print-multiarch) -ffreestanding \
		-fno-stack-protector -fno-pie -nostdlib -static -no-pie -o $@ $<

examples: deps-build	## compile examples/ into build/examples
	$(again) examples-build
.PHONY: examples-build e2e-build
examples-build: $(example-objs) $(example-bins)
e2e-build: $(e2e-objs) $(e2e-bins)

# --- tests -------------------------------------------------------------------

unit-names := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
unit-bins := $(addprefix $(B)/asan/,$(unit-names))
unit-support := $(call objs,$(B)/asan,$(TEST_CORPUS_SRCS) $(TEST_SUPPORT_SRCS))

$(B)/asan/test_%: $(B)/asan/tests/unit/test_%.o $(unit-support) $(B)/asan/libmodbpf-core.a
	$(CC) $(ASAN_CFLAGS) -o $@ $(filter %.o,$^) $(B)/asan/libmodbpf-core.a $(TEST_LIBS) $(TEST_LIBS_test_$*)

unit-build: $(unit-bins)

# The CLI for tests/cli/*.sh, and fuzzers, where they are.
fuzz-bins := $(patsubst tests/fuzz/%.c,$(B)/asan/%,$(wildcard tests/fuzz/fuzz_*.c))
$(B)/asan/fuzz_%: $(B)/asan/tests/fuzz/fuzz_%.o $(unit-support) $(B)/asan/libmodbpf-core.a
	$(CC) $(ASAN_CFLAGS) -o $@ $(filter %.o,$^) $(B)/asan/libmodbpf-core.a $(TEST_LIBS) $(TEST_LIBS_fuzz_$*)
$(B)/asan/modbpf: $(call objs,$(B)/asan,$(USER_SRCS) $(USER_LIB_SRCS)) $(B)/asan/libmodbpf-core.a
	$(CC) $(ASAN_CFLAGS) -o $@ $^ $(USER_LIBS)
TIME ?= 60
# With a number to reach, sanitizers would only take time: what they would see is seen by "make check".
fuzz-names := $(if $(INSNS),verifier,$(or $(FUZZERS),$(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))))
fuzz-wanted := $(if $(INSNS),$(INSNS) instructions,$(if $(CASES),$(CASES) inputs,$(TIME) s))
fuzz-dir := $(B)/$(if $(INSNS)$(CASES),plain/)asan
fuzz: deps-build		## run each fuzzer for TIME seconds, from SEED or anywhere
	$(again) $(if $(INSNS)$(CASES),B=$(B)/plain ASAN_CFLAGS='-O2 -g') $(fuzz-names:%=$(fuzz-dir)/fuzz_%)
	@seed=$${SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}; for name in $(fuzz-names); do \
		echo "fuzz_$$name from seed $$seed, $(fuzz-wanted)"; \
		$(if $(INSNS),MODBPF_FUZZ_INSNS=$(INSNS)) $(if $(CASES),MODBPF_FUZZ_CASES=$(CASES)) \
			$(fuzz-dir)/fuzz_$$name $(TIME) $$seed || exit; done

.PHONY: golden golden-build
golden-build: $(B)/asan/test_golden $(B)/asan/modbpf
golden: deps-build		## write anew what rejected programs are told; read the difference
	$(again) golden-build
	@$(B)/asan/test_golden print >$(B)/golden.log && mv $(B)/golden.log tests/verifier/golden/text.log
	@MODBPF=$(B)/asan/modbpf tests/cli/golden.sh print >$(B)/golden.log && mv $(B)/golden.log tests/verifier/golden/c.log
	@git diff --stat tests/verifier/golden

.PHONY: compat
deps-compat: deps-all
	@tests/deps.sh compat
compat: deps-compat		## other people's eBPF tools on modbpf and on the kernel's own eBPF: a table (an hour)
	@[ "$(COMPAT_KERNEL)" != debug ] || tests/vm/debug-kernel.sh >/dev/null
	$(again) user-build e2e-build
	$(again) module-build KDIR=$$(tests/vm/kernels headers $(or $(COMPAT_KERNEL),6.12))
	@tests/compat/sweep $(COMPAT)

.PHONY: mutate
mutate: deps-build		## plant bugs in the verifier, one at a time: does a test see each? (10 min)
	@python3 tests/mutate $(MUTATE)

.PHONY: coverage
coverage: deps-build		## lines and branches of verifier/ that tests run; FUZZ=60: the fuzzer alone
	@python3 tests/coverage $(if $(FUZZ),--fuzz $(FUZZ)) $(if $(SEED),--seed $(SEED)) $(COVERAGE)

# What compilers make of the programs in tests/verifier/c: CLANG-CPU-LEVEL, for tests/cli/compiled.sh.
corpus-levels := $(foreach o,O1 O2 Os,$(foreach v,v1 v2 v3,14-$(v)-$(o)) $(foreach v,v1 v2 v3 v4,19-$(v)-$(o)))
corpus-names := $(patsubst tests/verifier/c/%.bpf.c,%,$(wildcard tests/verifier/c/*.bpf.c))
corpus-objs := $(foreach l,$(corpus-levels),$(patsubst %,$(B)/corpus/$(l)/%.o,$(corpus-names)))
corpus-word = $(word $(1),$(subst -, ,$(2)))
define corpus-rule
$(B)/corpus/$(1)/%.o: tests/verifier/c/%.bpf.c
	@mkdir -p $$(@D)
	clang-$(call corpus-word,1,$(1)) -$(call corpus-word,3,$(1)) -g -Wall -Werror -target bpf \
		-mcpu=$(call corpus-word,2,$(1)) -I. -I/usr/include/$$(shell gcc -print-multiarch) -c -o $$@ $$<
endef
$(foreach l,$(corpus-levels),$(eval $(call corpus-rule,$(l))))

# What "modbpf check" says of the verifier's cases, the corpus and all objects, for the device to be compared with.
record := $(B)/tests/record/record
# Archives, of which what is needed is taken.
$(B)/user/cli.a: $(call objs,$(B)/user,$(USER_SRCS))
$(B)/user/support.a: $(call objs,$(B)/user,$(TEST_CORPUS_SRCS) $(TEST_SUPPORT_SRCS))
$(B)/user/cli.a $(B)/user/support.a:
	@rm -f $@
	ar crsD $@ $^
$(record): $(B)/user/tests/record/record.o $(addprefix $(B)/user/,support.a cli.a libmodbpf.a libmodbpf-core.a)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(USER_LIBS)
$(B)/tests/e2e/cases.recorded: $(record) $(wildcard tests/verifier/*.case tests/isa/*.test)
	$(record) $@
$(B)/tests/e2e/objects.recorded: $(record) $(e2e-objs) $(example-objs)
	$(record) $@ $(filter %.o,$^)
# Of the ways to compile the corpus, three; RECORDED=ALL: all.
RECORDED ?= 14-v1-O1 14-v3-O2 19-v4-Os
$(B)/tests/e2e/compiled.recorded: $(record) $(foreach l,$(if $(filter ALL,$(RECORDED)),$(corpus-levels),$(RECORDED)),\
		$(filter $(B)/corpus/$(l)/%,$(corpus-objs)))
	$(record) $@ $(filter %.o,$^)
e2e-build: $(patsubst %,$(B)/tests/e2e/%.recorded,cases objects compiled)

check-build: $(corpus-objs) $(fuzz-bins) $(user-targets) $(if $(wildcard user/main.c),$(B)/asan/modbpf) $(e2e-objs) $(example-objs)

lint: deps-all			## layers, sizes, style, sparse, cppcheck: no findings
	@tests/run lint
check: deps-all			## everything that runs in user space, under ASan and UBSan
	@tests/run check
kunit: deps-all			## KUnit suites in QEMU on the debug kernel
	@tests/run kunit
vmtest: deps-all		## end-to-end tests in QEMU on Debian's 6.1 and 6.12
	@tests/run vmtest
stress: deps-all		## the module in and out with a program attached; allocation failures
	@tests/run stress
soak: deps-all			## stress for hours: cycles, hostile calls, kills, maps against a model, storms; a table
	@tests/run soak
matrix: deps-all		## the end-to-end tests on each kernel from 5.10 to 7.3; writes docs/kernels.md
	@tests/run matrix
test: deps-all			## all tiers; ends with "N passed, N failed, N skipped"
	@tests/run all

demo: deps-all			## see it work: build, boot Debian's 6.1 in QEMU, watch, filter, unload
	@tests/vm/demo
shell: deps-all			## an interactive VM with the module in
	@tests/vm/shell $(K)

# --- bench ---------------------------------------------------------------------

# The same sources by gcc and clang; their bytecode is committed: "make bench-insns" makes it anew.
bench-names := $(patsubst tests/bench/%.insns,%,$(wildcard tests/bench/*.insns))
$(B)/bench/gcc_%.o: tests/bench/%.c tests/bench/bench.h
	@mkdir -p $(@D)
	gcc -O2 -Drun=gcc_$* -c -o $@ $<
$(B)/bench/clang_%.o: tests/bench/%.c tests/bench/bench.h
	@mkdir -p $(@D)
	$(CLANG) -O2 -Drun=clang_$* -c -o $@ $<
bench-support := $(foreach n,bench/bench_jit bench/lift support/benchprog support/randprog,$(B)/user/tests/$(n).o)
$(B)/bench/bench_jit: $(bench-support) $(foreach n,$(bench-names),$(B)/bench/gcc_$(n).o $(B)/bench/clang_$(n).o) $(B)/user/libmodbpf-core.a
	$(CC) $(CFLAGS) -o $@ $^ -lcapstone -lm

$(B)/bench/bench_verifier: $(B)/user/tests/bench/bench_verifier.o $(B)/user/libmodbpf-core.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^

$(B)/bench/bench_hooks: $(B)/user/tests/bench/bench_hooks.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(LIBBPF) -lelf -lz
# The module's maps, natively: a header of ours stands for the kernel's, which are empty files.
native-maps := tests/bench/native_maps $(addprefix module/map/,hash hash_reserve lock lpm_trie queue value_lock)
$(B)/bench/native/%.o: %.c tests/bench/kernel_shim.h
	@mkdir -p $(@D) && for name in $$(grep -rhoE '<(linux|asm)/[a-z_/0-9]+\.h>' module/map/*.[ch] module/*.h | tr -d '<>'); do \
		[ -e /usr/include/$$name ] || install -D /dev/null $(B)/bench/kernel/$$name; done
	$(CC) $(CFLAGS) $(BASE_CFLAGS) -include tests/bench/kernel_shim.h -isystem $(B)/bench/kernel -Wno-sign-compare -c -o $@ $<
$(B)/bench/bench_maps: $(B)/user/tests/bench/bench_maps.o $(native-maps:%=$(B)/bench/native/%.o) | $(B)/bench/maps.bpf.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ -Wl,--wrap=syscall $(LIBBPF) -lelf -lz
$(B)/bench/maps.bpf.o: tests/bench/maps.bpf.c
	$(bpf-compile)

.PHONY: bench bench-hooks bench-jit bench-insns bench-maps bench-verifier
bench: bench-verifier bench-jit	## all benchmarks
bench-verifier: deps-build	## the verifier on programs that are made to take long
	$(again) $(B)/bench/bench_verifier
	@$(B)/bench/bench_verifier
bench-jit: deps-build		## machine code against Linux's, clang's and gcc's (root, for bpf(2))
	$(again) $(B)/bench/bench_jit
	@$(B)/bench/bench_jit
# Exact, but slow: a machine that counts instructions runs one processor.
bench-inside = @for kernel in $(1); do \
	$(MAKE) --no-print-directory -s module-build KDIR=$$(tests/vm/kernels headers $$kernel) && \
	echo "Linux $$kernel" && tests/vm/run --kernel $$kernel --icount -- tests/bench/inside $(2) || exit; done
bench-hooks: deps-build	## instructions that a program adds to an event, Linux's own beside it (QEMU)
	$(again) $(B)/bench/bench_hooks
	$(call bench-inside,6.1 6.12,bench_hooks)
bench-maps: deps-build	## instructions and time that an operation on a map takes, Linux's own beside it (QEMU)
	$(again) $(B)/bench/bench_maps
	$(call bench-inside,6.12,bench_maps $(B)/bench/maps.bpf.o)
	@if [ $$(id -u) = 0 ]; then $(B)/bench/bench_maps ns $(B)/bench/maps.bpf.o; else echo "ns: as root only"; fi
bench-insns:
	@mkdir -p $(B)/bench
	for n in $(bench-names); do $(CLANG) -O2 -target bpf -mcpu=v3 -c -o $(B)/bench/$$n.o tests/bench/$$n.c && \
		tests/bench/extract.py $(B)/bench/$$n.o tests/bench/$$n.insns || exit; done

# --- install and clean -------------------------------------------------------

install:			## the module (modules_install), the CLI, the library and the header
	$(again) module user
	$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(B)/module-$(KREL) \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) CONFIG_MODULE_SIG_ALL= DEPMOD=true modules_install
	@# The kernel's own call of depmod looks for a System.map, which Debian's headers lack.
	$(if $(DESTDIR),,depmod $(KREL))
	install -D -m 0755 $(B)/user/modbpf $(DESTDIR)$(PREFIX)/sbin/modbpf
	install -D -m 0644 uapi/modbpf.h $(DESTDIR)$(PREFIX)/include/modbpf.h
	install -D -m 0644 user/libmodbpf.h $(DESTDIR)$(PREFIX)/include/libmodbpf.h
	install -D -m 0755 $(B)/user/libmodbpf-preload.so $(DESTDIR)$(PREFIX)/lib/libmodbpf-preload.so
	install -D -m 0644 $(B)/user/libmodbpf.a $(DESTDIR)$(PREFIX)/lib/libmodbpf.a
	install -D -m 0644 $(B)/user/libmodbpf-core.a $(DESTDIR)$(PREFIX)/lib/libmodbpf-core.a

clean:				## remove build/ and modbpf.ko
	rm -rf $(B) modbpf.ko

-include $(shell find $(B)/user $(B)/asan $(B)/examples $(B)/tests -name '*.d' 2>/dev/null)
endif
