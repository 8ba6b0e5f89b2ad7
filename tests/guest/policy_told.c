// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.4, R18.5, R41.3: what a policy refuses and audits is told with its line. */
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "command.h"
#include "policy.h"
#include "tracing.h"
#include "watch.h"

#define POLICY	"/tmp/told.policy"

static struct output out;

static const char text[] =
	"# a comment, so that the line is not the rule\n"
	"audit load intent is rw\n"
	"\n"
	"deny load intent has wx\n"
	"deny map prot has wx\n"
	"default allow\n";

static void load_policy(void)
{
	FILE *file = fopen(POLICY, "we");

	REQUIRE(file && fputs(text, file) >= 0 && !fclose(file));
	run(&out, true, "avow policy load " POLICY);
	if (out.status) {
		FAIL("avow policy load: %s", out.text);
		test_stop();
	}
}

static void unload_policy(void)
{
	run(&out, true, "avow policy unload");
	EXPECT_EQ(out.status, 0);
}

/* Refused by the second rule of the policy, which is its fourth line. */
static void refuse_load(struct scene *s)
{
	EXPECT_ERRNO(raw_add(s, source_code(1), PAGE, PAGE, avow_secinfo_reg(AVOW_RWX), 0, NULL), EACCES);
}

static void audit_load(struct scene *s)
{
	EXPECT_OK(raw_add(s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W), 0, NULL));
}

static void why_names_the_line(void)
{
	struct avow_refusal r;
	char want[64];
	struct scene s;

	load_policy();
	scene_create(&s, 16);
	refuse_load(&s);
	REQUIRE(refusal_last(s.e.fd, &r));
	EXPECT_EQ(r.rule, 702);
	EXPECT_EQ(avow_policy_rule(r.policy), 2);
	run(&out, false, "avow why %d", getpid());
	EXPECT_TEXT(&out, "It asked ADD_PAGES for a page with intent RWX");
	EXPECT_TEXT(&out, "Policy: " POLICY ":4: deny load intent has wx ");
	EXPECT_TEXT(&out, "or change the line and load the policy again");
	run(&out, false, "avow why --json %d", getpid());
	EXPECT_TEXT(&out, "\"policy\":\"" POLICY ":4: deny load intent has wx\"");
	/* Another policy in force does not change whose line it was. */
	load_policy();
	refuse_load(&s);
	run(&out, false, "avow log");
	EXPECT_TEXT(&out, "R7.2 [" POLICY ":4: deny load intent has wx] ADD_PAGES");
	unload_policy();
	run(&out, false, "avow why %d", getpid());
	EXPECT_TEXT(&out, "Policy: " POLICY ":4: deny load intent has wx ");
	snprintf(want, sizeof(want), "2. policy_told (process %d", getpid());
	EXPECT_TEXT(&out, want);
}

static void why_as_another(void *arg)
{
	struct avow_refusal r;
	struct scene s;

	(void)arg;
	REQUIRE(!setgid(65534) && !setuid(65534));
	REQUIRE(!prctl(PR_SET_DUMPABLE, 1));	/* who changes its user is closed to itself, too */
	scene_create(&s, 16);
	refuse_load(&s);
	REQUIRE(refusal_last(s.e.fd, &r));
	run(&out, false, "avow log --lines 1");
	EXPECT_TEXT(&out, "(run as root to see the line)] ADD_PAGES");
}

/* Who may look at the process, but not into root's directory: by numbers. */
static void without_privilege(void)
{
	load_policy();
	REQUIRE(!chmod("/dev/sgx_enclave", 0666));
	in_child(why_as_another, NULL);
	unload_policy();
}

static const char *value(struct json_object *object, const char *key)
{
	struct json_object *found;

	if (!json_object_object_get_ex(object, key, &found))
		return "";
	return json_object_get_string(found) ? json_object_get_string(found) : "null";
}

static struct json_object *next_about(struct running *r, const char *verdict)
{
	const char *line;

	while ((line = next_line(r, 20))) {
		struct json_object *object = json_tokener_parse(line);

		REQUIRE(object);
		if (!strcmp(value(object, "verdict"), verdict))
			return object;
		json_object_put(object);
	}
	return NULL;
}

/* What is audited is told, and not kept. */
static void log_tells_audits(void)
{
	static const char *const argv[] = { "avow", "log", "-f", "--lines", "0", "--json", NULL };
	struct json_object *object;
	struct running r;
	struct scene s;
	int i;

	load_policy();
	scene_create(&s, 16);
	start(&r, argv);
	/* Until it listens. */
	for (i = 0; i < 100; i++) {
		refuse_load(&s);
		if (next_line(&r, 1))
			break;
	}
	REQUIRE(i < 100);
	audit_load(&s);
	object = next_about(&r, "audited");
	REQUIRE(object);
	EXPECT(!strcmp(value(object, "policy"), POLICY ":2: audit load intent is rw"));
	EXPECT(!strcmp(value(object, "rule"), "R7.2"));
	EXPECT(!strcmp(value(object, "requested"), "RW-"));
	EXPECT(!strcmp(value(object, "seq"), "0"));
	EXPECT(!strcmp(value(object, "errno"), "null"));
	EXPECT_EQ(strtoull(value(object, "base"), NULL, 0), s.e.base);
	json_object_put(object);
	EXPECT_EQ(stop(&r, SIGTERM), 0);
	run(&out, false, "avow log");
	EXPECT(!strstr(out.text, "audited"));
	EXPECT_EQ(refusal_next(s.e.fd), (u64)i + 2);
	unload_policy();
}

/* Serial number and rule in the tracepoint. */
static void traced(void)
{
	char trace[16384], want[64], *line;
	struct avow_refusal r;
	struct scene s;

	load_policy();
	scene_create(&s, 16);
	tracing_clear();
	tracing_write("events/avow/avow_refusal/enable", "1");
	refuse_load(&s);
	audit_load(&s);
	tracing_write("events/avow/avow_refusal/enable", "0");
	unload_policy();
	REQUIRE(refusal_last(s.e.fd, &r));
	tracing_read(trace, sizeof(trace));
	EXPECT_EQ(tracing_count(trace, "avow_refusal:"), 2);
	snprintf(want, sizeof(want), "errno=13 signal=0 policy=%u:2 ", avow_policy_serial(r.policy));
	line = strstr(trace, want);
	EXPECT(line);
	snprintf(want, sizeof(want), "errno=0 signal=0 policy=%u:1 ", avow_policy_serial(r.policy));
	line = strstr(trace, want);
	REQUIRE(line);
	EXPECT(strstr(line, "seq=0\n"));
}

TESTS(
	{ "R18.4 avow why names the policy's line", why_names_the_line, ONCE },
	{ "R18.4 without root a policy's line is told by its numbers", without_privilege, ONCE },
	{ "R41.3 R18.5 avow log -f tells what a policy audits, and it is not kept", log_tells_audits, ONCE },
	{ "R41.3 R18.3 the tracepoint tells policy and rule", traced, ONCE },
)
