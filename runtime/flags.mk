# SPDX-License-Identifier: LGPL-2.1-or-later
# With what any enclave of <avow_enclave.h> is compiled and linked: included by makefiles, and in
# libavow-enclave.pc. -static-pie leaves relocations relative to the base alone, which the first entry applies.
RUNTIME_CFLAGS := -ffreestanding -fPIE -fvisibility=hidden -fcf-protection=none -fno-asynchronous-unwind-tables
RUNTIME_LDFLAGS := -nostdlib -static-pie -Wl,-z,norelro -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
	-Wl,--build-id=none -Wl,--no-undefined -Wl,--fatal-warnings
