// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One entry for each clause of SPEC.md that core/ or kmod/ can name in a refusal;
 * tests/cli/rules_test.c compares the table with both. What is the same for many
 * clauses is said once below.
 */
#include <stdio.h>
#include <libavow.h>

#include "rules.h"

#define IN_ORDER	"keep the order: CREATE, ADD_PAGES, INIT, and only then the rest"
#define ALIGNED		"offset and length must be multiples of 4096, not zero, and end within the enclave"
#define OUT_FIELDS	"set the output fields of the argument to zero before the call"
#define TRY_LATER	"let the enclave EACCEPT the change that is pending, then call again"
#define BUILD_AGAIN	"sign this very enclave again: the same pages, in the same order, with the same flags"

const struct avow_rule_words avow_rules[] = {
	{ 102, "A TCS has no rights in SECINFO, and its intent is RW-",
	  "give SECINFO.FLAGS of a TCS only the page type, and no intent other than RW-" },
	{ 103, "An intent with W has R too",
	  "declare R together with W: page tables cannot say W alone" },
	{ 104, "The flags of ADD_PAGES may have known bits only, and intent bits only with AVOW_PAGE_INTENT",
	  "ask AVOW_IOC_INFO for the bits that this device takes (add_flags)" },
	{ 201, "An intent never grows",
	  "ask for a part of the present intent; avow maps shows it" },
	{ 205, "Only a page or a declared slot has an intent to lower, and W is kept with R only",
	  "lower the intent of pages that exist; avow maps shows them" },
	{ 302, "In contract strict a page that was not declared is not added by an access",
	  "declare the range with AVOW_IOC_DECLARE_DYNAMIC between CREATE and INIT" },
	{ 303, "Dynamic pages are declared between CREATE and INIT, W with R, where there is neither page nor intent",
	  "declare each slot once, before INIT, and leave out those that ADD_PAGES fills" },
	{ 304, "A slot that was declared dynamic is for EAUG, not for ADD_PAGES",
	  "leave the slot out of DECLARE_DYNAMIC, or let an access add the page after INIT" },
	{ 501, "The source of a page must be mapped",
	  "map the whole source before ADD_PAGES; the page at this offset has none" },
	{ 502, "The source of a page must be readable",
	  "map the source with PROT_READ" },
	{ 503, "The source of a page must be ordinary memory, not a device's",
	  "copy the bytes to ordinary memory or a file first" },
	{ 601, "In contract compat a source on a noexec mount is refused, whatever the intent",
	  "load from a file system that is mounted without noexec" },
	{ 602, "In contract strict a page that may become executable comes from a mapping that is executable",
	  "map the source with PROT_EXEC (the file itself, not a copy), or leave X out of the intent" },
	{ 702, "The policy of this machine is asked about every page, and it said no",
	  "ask whoever set the policy: the source below is what it was asked about" },
	{ 801, "mmap() stays within the intent of every page of its range",
	  "map with fewer rights, or declare the missing right when the page is added" },
	{ 802, "mprotect() stays within the intent of every page of its range",
	  "ask for fewer rights, or declare the missing right when the page is added" },
	{ 902, "In contract strict a hole can be mapped with PROT_NONE only",
	  "map the pages that exist, and declare dynamic ranges before INIT" },
	{ 1001, "A mapping wider than the intent gives no access, nor does a hole that stays empty",
	  "narrow the mapping with mprotect() to what the intent still allows; avow maps shows it" },
	{ 1002, "The EPCM grants no such access: the page's own rights, or a change not yet accepted",
	  "extend the rights from inside (EMODPE), or EACCEPT what is pending" },
	{ 1101, "A mapping of an enclave cannot be moved: a page is reachable at its own address only",
	  "unmap it and mmap() the pages where they belong" },
	{ 1102, "After INIT a mapping must lie within the enclave's range",
	  "map from the base address that CREATE was given, with MAP_FIXED" },
	{ 1103, "An enclave is mapped MAP_SHARED",
	  "use MAP_SHARED instead of MAP_PRIVATE" },
	{ 1104, "A mapping outside the enclave's range has no pages",
	  "map from the base address that CREATE was given, with MAP_FIXED" },
	{ 1200, "A task with the personality READ_IMPLIES_EXEC cannot map an enclave",
	  "link the program with a non-executable stack (-z noexecstack), or run it without setarch -X" },
	{ 1303, "A page that becomes a TCS has R and W in its intent",
	  "give the page an intent with RW- when it is added" },
	{ 1401, "The policy of this machine is asked about every mapping, and it said no",
	  "ask whoever set the policy: it was asked about these rights, and what the pages were mapped as before" },
	{ 1402, "The policy of this machine is asked again when an access adds to the history of a page, and it said no",
	  "ask whoever set the policy, or map the page as it is used: never writable and executable over time" },
	{ 1500, "The policy of this machine is asked about every enclave at INIT, and it said no",
	  "ask whoever set the policy whether this MRENCLAVE or MRSIGNER is known to it" },
	{ 1701, "A debugger may access pages of DEBUG enclaves only, and of a TCS write only FLAGS",
	  "create the enclave with ATTRIBUTES.DEBUG to debug it" },
	{ 1702, "In contract strict a debugger writes only where W is in the intent",
	  "add the page with W in its intent while you debug, or use contract compat" },
	{ 2101, "An enclave is created once", "open the device anew for another enclave" },
	{ 2103, "The size of an enclave is a power of two",
	  "round SECS.SIZE up to a power of two" },
	{ 2104, "SECS must be one that ECREATE takes",
	  "check SECS: reserved fields, base a multiple of size, attributes, XFRM, SSAFRAMESIZE" },
	{ 2201, "Pages are added between CREATE and INIT", IN_ORDER },
	{ 2202, "The source address is a multiple of 4096", "align the source buffer to a page" },
	{ 2203, "Offset and length are whole pages within the enclave", ALIGNED },
	{ 2205, "SECINFO must be of a REG or TCS page, without W alone and without reserved bits",
	  "set SECINFO.FLAGS to type and R/W/X only, and all the rest to zero" },
	{ 2206, "A page is added where there is none",
	  "leave out the offsets that are taken; avow maps shows them" },
	{ 2207, "There is no memory left for enclaves",
	  "close other enclaves, or load avow.ko with a larger epc_size" },
	{ 2208, "A signal came before the first page was added", "call again" },
	{ 2209, "A TCS must be one that EADD takes",
	  "check the TCS: STATE, FLAGS, CSSA, AEP and the reserved bytes zero; OSSA, OFSBASE, OGSBASE whole pages" },
	{ 2301, "INIT comes once, after CREATE", IN_ORDER },
	{ 2303, "SIGSTRUCT.VENDOR is 0 or 0x8086", "sign the enclave with a tool that sets VENDOR so" },
	{ 2304, "An attribute that needs leave was not allowed",
	  "for PROVISIONKEY pass a descriptor of /dev/sgx_provision to PROVISION; EINITTOKENKEY is never allowed" },
	{ 2305, "SIGSTRUCT demands what this machine does not have",
	  "sign with attributes, MISCSELECT and XFRM that this machine offers" },
	{ 2306, "SIGSTRUCT must be well formed: headers, reserved fields, exponent 3",
	  "check the tool that made SIGSTRUCT" },
	{ 2307, "The signature of SIGSTRUCT must be right, Q1 and Q2 included",
	  "sign with an RSA-3072 key of exponent 3, and after the last change of SIGSTRUCT" },
	{ 2308, "The enclave must be the one that was signed: ENCLAVEHASH is MRENCLAVE", BUILD_AGAIN },
	{ 2309, "SECS must have the attributes, XFRM and MISCSELECT that SIGSTRUCT demands",
	  "create the enclave with the attributes that it was signed for" },
	{ 2401, "RESTRICT_PERMISSIONS comes after INIT", IN_ORDER },
	{ 2402, "Offset and length are whole pages within the enclave", ALIGNED },
	{ 2403, "Permissions are a set of R, W and X, and not W alone", "pass R/W/X bits only, R with W" },
	{ 2404, "result and count are zero on the way in", OUT_FIELDS },
	{ 2405, "There must be a page to restrict", "name pages that exist; avow maps shows them" },
	{ 2406, "Only a REG page has rights to restrict", "leave out TCS and TRIM pages" },
	{ 2407, "A page with a change pending is not changed again", TRY_LATER },
	{ 2501, "MODIFY_TYPES comes after INIT", IN_ORDER },
	{ 2502, "Offset and length are whole pages within the enclave", ALIGNED },
	{ 2503, "A page is changed to TCS or TRIM; result and count are zero on the way in",
	  "ask for one of the two types and " OUT_FIELDS },
	{ 2504, "A page changes from REG to TCS or TRIM, or from TCS to TRIM",
	  "look at the present type with avow maps; no other change exists" },
	{ 2506, "A page with a change pending is not changed again", TRY_LATER },
	{ 2601, "REMOVE_PAGES comes after INIT, for whole pages, with count zero on the way in", ALIGNED },
	{ 2602, "There must be a page to remove", "name pages that exist; avow maps shows them" },
	{ 2603, "A page is removed after it became TRIM and the enclave accepted that",
	  "call MODIFY_TYPES to TRIM, EACCEPT inside, then remove" },
	{ 2701, "PROVISION wants a descriptor of /dev/sgx_provision",
	  "open /dev/sgx_provision and pass that descriptor" },
	{ 2801, "The contract is chosen before the first page or declaration, and is compat or strict",
	  "call AVOW_IOC_SET_CONTRACT right after opening the device" },
	{ 2803, "Contract strict is never left",
	  "load avow.ko with contract=compat if enclaves on this machine should choose" },
	{ 2901, "Reserved fields and output fields are zero on the way in", OUT_FIELDS },
	{ 2902, "Offset and length are whole pages within a created enclave", ALIGNED },
	{ 2904, "An array has room for at least one entry", "pass an array of one entry or more" },
	{ 4001, "avow.ko loads only where there is neither SGX in the CPU nor a /dev/sgx_enclave",
	  "use the driver of the kernel on this machine" },
	{ 4102, "Without an answer by a policy nothing is allowed: avow.ko has policy=required",
	  "load a policy (avow policy load), or load avow.ko with policy=optional" },
	{ 4104, "What answered for the policy of this machine gave an answer that means nothing",
	  "look at the BPF programs that are attached to the module's hooks (bpftool link)" },
};

const size_t avow_nr_rules = sizeof(avow_rules) / sizeof(avow_rules[0]);

const struct avow_rule_words *avow_rule_find(uint32_t number)
{
	size_t i;

	for (i = 0; i < avow_nr_rules; i++)
		if (avow_rules[i].number == number)
			return &avow_rules[i];
	return NULL;
}

const char *avow_rule_says(__u32 rule)
{
	const struct avow_rule_words *found = avow_rule_find(rule);

	return found ? found->says : NULL;
}

const char *avow_rule_change(__u32 rule)
{
	const struct avow_rule_words *found = avow_rule_find(rule);

	return found ? found->change : NULL;
}

const char *avow_rule_name(__u32 rule, char word[AVOW_WORD_SIZE])
{
	if (rule % 100)
		snprintf(word, AVOW_WORD_SIZE, "R%u.%u", rule / 100, rule % 100);
	else
		snprintf(word, AVOW_WORD_SIZE, "R%u", rule / 100);
	return word;
}
