/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What those who load BPF programs share. */
#ifndef AVOW_CMD_BPF_WORDS_H
#define AVOW_CMD_BPF_WORDS_H

/* What may be behind an errno of loading or attaching: words to follow it, or "". */
const char *bpf_hint(int err);

/* How often the kernel skipped a program, since it was active on the CPU already. */
unsigned long long bpf_skipped(int program);

#endif
