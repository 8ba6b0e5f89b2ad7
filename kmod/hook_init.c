// SPDX-License-Identifier: GPL-2.0-only
/*
 * R15: the attach point security_enclave_init(). Alone in its file, as hook_load.c.
 *
 * file: the enclave's. id: what SIGSTRUCT and measurement say it is, both verified.
 * The caller has preemption disabled.
 * Returns an answer as core/policy.h has it: 0 is that nobody answered.
 */
#include "encl.h"

noinline int security_enclave_init(struct file *file, const struct enclave_identity *id)
{
	hook_assert_asked();
	return 0;
}
