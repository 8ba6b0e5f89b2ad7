// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A report tells an enclave what another one is, and is believed for its MAC. An attacker's
 * enclave asks EGETKEY for its own report key, and makes a MAC for the victim with it, over a report
 * that claims whatever it likes. R36.1: a report key is its target's alone. The hole is report_target.
 */
#include <string.h>

#include "attack.h"
#include "who.h"

static void forge(struct scene *attacker, struct avow_report *report)
{
	struct avow_keyrequest request = { .keyname = KEY_REPORT };
	u8 key[16];

	memset(report->mrsigner, 0xab, sizeof(report->mrsigner));
	report->isvsvn = 0x7fff;
	memcpy(request.keyid, report->keyid, sizeof(request.keyid));
	EXPECT_LEAF(egetkey(attacker, &request, key), 0);
	report_mac(key, report, report->mac);
}

static bool believed(struct scene *victim, const struct avow_report *report)
{
	struct op op = { .id = OP_VERIFY, .from = (u64)report };
	struct exit x = enter_once(victim, 0, &op);

	REQUIRE(!x.ret);
	return x.value;
}

void attack(void)
{
	static const struct who victim_is = { 0 }, attacker_is = { .other_code = true };
	static struct avow_report report __attribute__((aligned(512)));
	struct avow_targetinfo target;
	struct scene victim, attacker;
	u8 data[64] = { 0 };

	scene_who(&victim, &victim_is);
	scene_who(&attacker, &attacker_is);
	target = who_target(&victim);
	EXPECT_LEAF(ereport(&attacker, &target, data, &report), 0);
	REQUIRE(believed(&victim, &report));	/* the genuine one */
	forge(&attacker, &report);

	if (!believed(&victim, &report))
		stopped("verification inside: the MAC is not right");
	got_through("an enclave believes a report that nobody's EREPORT has made");
}
