/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * Every decision table. T(name) is expanded for each; what it has to work with is
 * name_cases, struct name_case and case_name():
 *
 *	#define RUN(t)						\
 *		for (i = 0; i < CASE_COUNT(t##_cases); i++) {	\
 *			case_##t(&t##_cases[i], &seen, scratch);	\
 *			if (!case_passed(&seen)) ...		\
 *		}
 *	CASE_TABLES(RUN)
 *
 * struct case_scratch is some 110 KiB: not for a kernel stack.
 */
#ifndef AVOW_CASES_ALL_H
#define AVOW_CASES_ALL_H

#include "case.h"
#include "intent.h"
#include "source.h"
#include "bound.h"
#include "epcm.h"
#include "enclu.h"
#include "args.h"
#include "pages.h"
#include "measure.h"
#include "sigstruct.h"
#include "rsa3.h"
#include "keys.h"
#include "policies.h"

#define CASE_TABLES(T)		\
	T(intent_declared)	\
	T(intent_wellformed)	\
	T(intent_lower)		\
	T(intent_declare)	\
	T(intent_may_add)	\
	T(intent_after_removal)	\
	T(contract_may_set)	\
	T(source_check)		\
	T(source_class)		\
	T(bound_map)		\
	T(bound_range)		\
	T(bound_access)		\
	T(bound_pte)		\
	T(bound_debug)		\
	T(epcm_eadd)		\
	T(epcm_eaug)		\
	T(epcm_emodpr)		\
	T(epcm_emodt)		\
	T(epcm_may_remove)	\
	T(epcm_eaccept)		\
	T(epcm_emodpe)		\
	T(epcm_eacceptcopy)	\
	T(args_range)		\
	T(args_state)		\
	T(args_create)		\
	T(args_add)		\
	T(args_secinfo)		\
	T(args_tcs)		\
	T(args_restrict)	\
	T(args_modify_types)	\
	T(args_remove)		\
	T(args_declare)		\
	T(args_lower)		\
	T(args_list)		\
	T(args_source)		\
	T(args_refusals)	\
	T(args_load)		\
	T(measure)		\
	T(sigstruct_vendor)	\
	T(sigstruct_allowed)	\
	T(sigstruct_supported)	\
	T(sigstruct_layout)	\
	T(sigstruct_measurement)	\
	T(sigstruct_match)	\
	T(rsa3)			\
	T(key_derive)		\
	T(key_report)		\
	T(report_fill)		\
	T(policy_evaluate)	\
	T(policy_wellformed)	\
	T(policy_verdict)

#endif
