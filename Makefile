# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is built and how. ./dev installs what this needs and chooses a kernel.
#
#   make module KREL=6.1.0-NN-amd64 [BTF=FILE] [MODULE=DIR]
#                                     avow.ko in build/KREL/, or DIR; BTF: that kernel's types
#   make module AVOW_HOLES=1 ...      the test build of tests/attack, in build/KREL-holes/
#   make bpf                          the programs at its hooks, as headers for the command
#   make vm guest attack demo         programs of the virtual machine, its tests, the demo
#   make examples                     enclaves and their hosts, in build/examples
#   make cmd completion               the avow command; its completion files for three shells
#   make fuzz                         the fuzzers
#   make bench                        what ./dev bench runs
#   make floor intree KREL=... BTF=FILE
#                                     and its modules
#   make core-test lib-test exec-test cli-test policy-test spin-test bench-test
#        oracle-test SELFTESTS=DIR
#        slots-test html-test completion-test man-test vm-test
#        repo-test
#                                     tests that need no virtual machine
#   make lint KREL=...                every checker; fails on a finding
#   make install [DESTDIR=] [PREFIX=/usr/local] [LIBDIR=PREFIX/lib]
#                                     the command, the library, headers, manuals, policies
#   make install-system ...           what loads module and policy at boot; the devices' groups
#   make install-module-sources [DESTDIR=] [SRCDIR=/usr/src]
#                                     the module, for DKMS
#   make uninstall ...                takes all of these away
#   make clean

B := $(CURDIR)/build
CC := gcc
# Where the kernel's headers are; ./dev names another place for a kernel whose
# headers cannot be installed alone.
KDIR ?= /usr/src/linux-headers-$(KREL)
# The types of the kernel that the module is for; without them no policy can be loaded.
BTF ?= $(if $(filter $(shell uname -r),$(KREL)),$(wildcard /sys/kernel/btf/vmlinux))

CFLAGS := -O2 -g
VM_CFLAGS := -std=gnu11 -Wall -Wextra -Werror -Wshadow \
	     -MMD -MP $(CFLAGS)

all: vm guest

# --- the module, in a tree of links, so that the sources stay clean ---

MODULE_SOURCES := Kbuild core env include kmod
MODULE ?= $(B)/$(KREL)$(if $(AVOW_HOLES),-holes)

module: need-krel
	@tests/vm/mirror.sh $(MODULE) $(MODULE_SOURCES)
	$(MAKE) -C $(KDIR) M=$(MODULE) modules
	@$(MAKE) --no-print-directory $(MODULE)/btf.added

# Debian's headers come without vmlinux, so the kernel's makefiles skip this. pahole runs
# the program that LLVM_OBJCOPY names, and any objcopy will do.
$(MODULE)/btf.added: $(MODULE)/avow.ko $(BTF)
ifeq ($(BTF),)
	@echo "make: no BTF= for $(KREL): avow.ko will take no policy" >&2
else
	LLVM_OBJCOPY=objcopy pahole -J --btf_base $(BTF) $<
	@touch $@
endif

# Modules for tests. The denier answers avow's hooks, for tests/guest/denied.c; the shadow
# has functions of their names, for policy_loading.c and policy_attacks.c; failing, which needs
# a kernel that can make an allocation fail, is for loading_failures.c. Their types can be known
# to the kernel, as those of any module.
denier shadow failing: need-krel
	@cd tests/$@ && ../vm/mirror.sh $(B)/$(KREL)-$@ Kbuild $@.c
	$(MAKE) -C $(KDIR) M=$(B)/$(KREL)-$@ modules
	$(if $(BTF),LLVM_OBJCOPY=objcopy pahole -J --btf_base $(BTF) $(B)/$(KREL)-$@/$@.ko)

# avow.ko as it is without BTF=, for policy_builds.c.
untyped: need-krel
	@mkdir -p $(B)/$(KREL)-untyped
	objcopy -R .BTF $(MODULE)/avow.ko $(B)/$(KREL)-untyped/avow.ko

# The least that things cost, which ./dev bench compares with.
floor: need-krel
	@cd bench/floor && ../../tests/vm/mirror.sh $(B)/$(KREL)-floor .
	$(MAKE) -C $(KDIR) M=$(B)/$(KREL)-floor modules

# The in-tree driver's check, which it compares with, too; it needs BTF=, for the layout of
# the driver's structures.
intree: need-krel
	$(MAKE) -C bench O=$(B)/bench $(B)/bench/layout
	@cd bench/intree && ../../tests/vm/mirror.sh $(B)/$(KREL)-intree .
	$(B)/bench/layout $(BTF) >$(B)/$(KREL)-intree/layout.h.new
	@cmp -s $(B)/$(KREL)-intree/layout.h.new $(B)/$(KREL)-intree/layout.h || \
		mv $(B)/$(KREL)-intree/layout.h.new $(B)/$(KREL)-intree/layout.h
	$(MAKE) -C $(KDIR) M=$(B)/$(KREL)-intree modules

need-krel:
	@test -n "$(KREL)" || { echo "make: KREL=RELEASE is needed, the kernel to build for" >&2; exit 2; }
	@test -e $(KDIR)/Makefile || { echo "make: no headers of $(KREL) in $(KDIR)" >&2; exit 2; }

# --- the virtual machine ---

VM_HOST := $(patsubst tests/vm/%.c,$(B)/vm/%.o,$(wildcard tests/vm/host/*.c))
VM_GUEST := $(patsubst tests/vm/%.c,$(B)/vm/%.o,$(wildcard tests/vm/guest/*.c))

vm: $(B)/vm/avow-vm $(B)/vm/init

$(B)/vm/%.o: tests/vm/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(VM_CFLAGS) -c -o $@ $<

$(B)/vm/avow-vm: $(VM_HOST)
	$(CC) -o $@ $^

# Static, so that the initramfs of a machine need not hold a C library.
$(B)/vm/init: $(VM_GUEST)
	$(CC) -static -o $@ $^

VM_TESTS := $(B)/vm/ktap_test $(B)/vm/known_leaks_test
$(B)/vm/ktap_test: tests/vm/host/ktap.c tests/vm/host/fail.c
$(B)/vm/known_leaks_test: tests/vm/guest/known_leaks.c
$(VM_TESTS): $(B)/vm/%: tests/vm/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(VM_CFLAGS) -fsanitize=address,undefined -Itests/vm -o $@ $(filter %.c,$^) -lcmocka

-include $(VM_HOST:.o=.d) $(VM_GUEST:.o=.d) $(VM_TESTS:=.d)

# --- programs and tests that have makefiles of their own ---

guest:
	$(MAKE) -C tests/guest O=$(B)/guest

# With the library and the data of the guest tests.
attack: guest
	$(MAKE) -C tests/attack O=$(B)/attack GUEST=$(B)/guest

bpf:
	$(MAKE) -C bpf O=$(B)/bpf

demo:
	$(MAKE) -C examples/demo O=$(B)/demo

examples:
	$(MAKE) -C examples O=$(B)/examples

bench:
	$(MAKE) -C bench O=$(B)/bench

cmd:
	$(MAKE) -C cmd O=$(B)/cmd

completion:
	$(MAKE) -C completion O=$(B)/completion

completion-test: cmd
	$(MAKE) -C tests/completion O=$(B)/completion AVOW=$(B)/cmd/bin/avow check

man-test: cmd
	tests/man/run.sh $(B)/cmd/bin/avow man

core-test:
	$(MAKE) -C tests/core O=$(B)/core-test FUZZ=$(B)/fuzz check

lib-test:
	$(MAKE) -C tests/lib O=$(B)/lib-test check

# Against the kernel's selftests, whose source ./dev unpacks.
oracle-test:
	$(MAKE) -C tests/oracle O=$(B)/oracle-test SELFTESTS=$(SELFTESTS) check

exec-test:
	$(MAKE) -C tests/exec O=$(B)/exec-test FUZZ=$(B)/fuzz check

cli-test:
	$(MAKE) -C tests/cli O=$(B)/cli-test FUZZ=$(B)/fuzz check

html-test:
	$(MAKE) -C tests/html O=$(B)/html-test check

slots-test:
	$(MAKE) -C tests/slots O=$(B)/slots-test check

bench-test:
	$(MAKE) -C tests/bench O=$(B)/bench-test check

policy-test:
	$(MAKE) -C tests/policy O=$(B)/policy-test FUZZ=$(B)/fuzz check

# With LARGE=--large the larger searches, too, which take long.
spin-test:
	$(MAKE) -C tests/model-check O=$(B)/model-check LARGE=$(LARGE) check

fuzz:
	$(MAKE) -C tests/fuzz O=$(B)/fuzz

ktap-test: $(B)/vm/ktap_test

vm-test: ktap-test
	$(B)/vm/ktap_test

known-leaks-test: $(B)/vm/known_leaks_test
	$(B)/vm/known_leaks_test

repo-test: need-krel
	KREL=$(KREL) KDIR=$(KDIR) tests/repo/run.sh

lint: need-krel
	KREL=$(KREL) KDIR=$(KDIR) tests/repo/lint.sh

# --- for use elsewhere than here ---

include lib/version.mk
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
UNITDIR ?= $(PREFIX)/lib/systemd/system
UDEVDIR ?= $(PREFIX)/lib/udev
# Where DKMS looks, whatever the prefix.
SRCDIR ?= /usr/src
PLACE = $(DESTDIR)$(PREFIX)
LIBPLACE = $(DESTDIR)$(LIBDIR)
SHAREPLACE = $(PLACE)/share
MODULEPLACE = $(DESTDIR)$(SRCDIR)/avow-$(VERSION)
INSTALL_BUILD := $(or $(O),$(B)/install)
HEADERS := $(wildcard include/*.h include/uapi/*.h)
MANUALS := $(wildcard man/*.[1-9])
POLICIES := $(wildcard policies/*.policy)
man_place = $(SHAREPLACE)/man/man$(subst .,,$(suffix $(1)))
BASH_COMPLETION = $(SHAREPLACE)/bash-completion/completions/avow
ZSH_COMPLETION = $(SHAREPLACE)/zsh/$(ZSH_DIRECTORY)/_avow
ZSH_DIRECTORY ?= site-functions
FISH_COMPLETION = $(SHAREPLACE)/fish/vendor_completions.d/avow.fish
# What systemd and udev read, and its name there.
SYSTEM = $(UNITDIR)/avow-policy.service $(UDEVDIR)/rules.d/60-avow.rules \
	 $(foreach d,modules-load sysusers tmpfiles,$(PREFIX)/lib/$(d).d/avow.conf) /etc/avow/policy.example
# The module, without what its tests need.
DKMS_SOURCES := Kbuild $(wildcard core/*.[ch] env/kernel/*.h include/uapi/*.h kmod/*.[chS] dkms/*-btf)

install-build:
	$(MAKE) -C cmd O=$(INSTALL_BUILD)/cmd
	$(MAKE) -C lib O=$(INSTALL_BUILD)/lib PREFIX=$(PREFIX) LIBDIR=$(LIBDIR) all shared pc
	$(MAKE) -C completion O=$(INSTALL_BUILD)/completion
	$(MAKE) -C runtime O=$(INSTALL_BUILD)/runtime PREFIX=$(PREFIX) LIBDIR=$(LIBDIR) all pc

install: install-build
	install -D -t $(PLACE)/bin $(INSTALL_BUILD)/cmd/bin/avow
	install -D -m 644 -t $(PLACE)/lib/avow $(INSTALL_BUILD)/cmd/lib/avow/libavow-cpuid.so
	install -D -m 644 -t $(LIBPLACE) $(addprefix $(INSTALL_BUILD)/lib/,libavow.a libavow.so.1)
	ln -sf libavow.so.1 $(LIBPLACE)/libavow.so
	install -D -m 644 -t $(LIBPLACE) $(INSTALL_BUILD)/runtime/libavow-enclave.a runtime/avow-enclave.lds
	install -D -m 644 -t $(LIBPLACE)/pkgconfig $(INSTALL_BUILD)/lib/libavow.pc $(INSTALL_BUILD)/runtime/libavow-enclave.pc
	install -D -m 644 -t $(PLACE)/include $(HEADERS)
	$(foreach m,$(MANUALS),install -D -m 644 -t $(call man_place,$(m)) $(m) &&) :
	install -D -m 644 -t $(SHAREPLACE)/avow/policies $(POLICIES)
	install -D -m 644 $(INSTALL_BUILD)/completion/avow.bash $(BASH_COMPLETION)
	install -D -m 644 $(INSTALL_BUILD)/completion/_avow $(ZSH_COMPLETION)
	install -D -m 644 $(INSTALL_BUILD)/completion/avow.fish $(FISH_COMPLETION)

install-system:
	@mkdir -p $(INSTALL_BUILD) $(DESTDIR)$(UNITDIR)
	sed 's|@BINDIR@|$(PREFIX)/bin|' system/avow-policy.service.in >$(INSTALL_BUILD)/avow-policy.service
	install -D -m 644 -t $(DESTDIR)$(UNITDIR) $(INSTALL_BUILD)/avow-policy.service
	install -D -m 644 -t $(DESTDIR)$(UDEVDIR)/rules.d system/60-avow.rules
	$(foreach d,modules-load sysusers tmpfiles,install -D -m 644 system/$(d).conf $(PLACE)/lib/$(d).d/avow.conf &&) :
	install -D -m 644 -t $(DESTDIR)/etc/avow system/policy.example

# For "dkms install avow/VERSION", where DESTDIR is not set.
install-module-sources:
	@mkdir -p $(MODULEPLACE)
	cp --parents -t $(MODULEPLACE) $(DKMS_SOURCES)
	sed 's|@VERSION@|$(VERSION)|g' dkms/dkms.conf.in >$(MODULEPLACE)/dkms.conf

# What these have put there, and directories that are Avow's alone. /etc/avow may have more.
uninstall:
	rm -f $(PLACE)/bin/avow $(PLACE)/lib/avow/libavow-cpuid.so
	rm -f $(addprefix $(LIBPLACE)/,libavow.a libavow.so.1 libavow.so pkgconfig/libavow.pc \
		libavow-enclave.a avow-enclave.lds pkgconfig/libavow-enclave.pc)
	rm -f $(addprefix $(PLACE)/include/,$(notdir $(HEADERS)))
	rm -f $(foreach m,$(MANUALS),$(call man_place,$(m))/$(notdir $(m)))
	rm -f $(addprefix $(SHAREPLACE)/avow/,$(POLICIES)) $(BASH_COMPLETION) $(ZSH_COMPLETION) $(FISH_COMPLETION)
	rm -f $(addprefix $(DESTDIR),$(SYSTEM))
	rm -f $(addprefix $(MODULEPLACE)/,$(DKMS_SOURCES) dkms.conf)
	for d in $(PLACE)/lib/avow $(SHAREPLACE)/avow/policies $(SHAREPLACE)/avow; do [ ! -d $$d ] || rmdir $$d || exit 1; done
	[ ! -d $(MODULEPLACE) ] || find $(MODULEPLACE) -depth -type d -empty -delete
	[ ! -d $(DESTDIR)/etc/avow ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)/etc/avow

clean:
	rm -rf $(B)

.PHONY: all module denier shadow failing untyped floor intree bench need-krel vm guest attack bpf demo examples cmd core-test lib-test \
	oracle-test exec-test cli-test policy-test spin-test fuzz bench-test slots-test html-test completion completion-test \
	man-test ktap-test vm-test known-leaks-test repo-test lint install uninstall clean install-build install-system install-module-sources
.DELETE_ON_ERROR:
