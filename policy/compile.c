// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tree to bits and sets. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"

#define RIGHTS_BITS(rwx)	((uint64_t)(rwx) << FACT_RIGHTS_SHIFT)

/* What a condition asks for: all of this together. */
struct demand {
	uint64_t all, none, any;
	uint64_t in, not_in;
	uint32_t svn_min;
	bool never;		/* no request has that */
};

void avow_policy_compiler_tell(struct avow_policy_compiler *compiler, bool warning,
			       const struct avow_policy_condition *at, const char *format, ...)
{
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	avow_policy_error_add(compiler->errors, warning, &at->place, at->form->subject,
			      strlen(at->form->subject), "%s", message ? message : "");
	free(message);
}

static bool one_bit(uint64_t bits)
{
	return bits && !(bits & (bits - 1));
}

/* ---- a condition's demand ---- */

static void demand_any(struct demand *demand, uint64_t bits)
{
	if (one_bit(bits))
		demand->all = bits;
	else
		demand->any = bits;
}

static void demand_rights(enum avow_policy_relation relation, uint64_t rwx, struct demand *demand)
{
	uint64_t bits = RIGHTS_BITS(rwx), others = RIGHTS_BITS(AVOW_RWX) & ~bits;

	switch (relation) {
	case RELATION_LACKS:
		demand->none = bits;
		break;
	case RELATION_IS:
		demand->all = bits;
		demand->none = others;
		break;
	case RELATION_WITHIN:
		demand->none = others;
		break;
	default:
		demand->all = bits;
		break;
	}
}

static void demand_class(const struct avow_policy_condition *condition, struct demand *demand)
{
	const struct avow_policy_value *value;
	uint64_t bits = 0;

	for (value = condition->values; value; value = value->next)
		bits |= value->bits;
	if (condition->negated)
		demand->none = bits;
	else
		demand_any(demand, bits);
}

static bool demand_of(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition,
		      struct demand *demand)
{
	const struct avow_policy_form *form = condition->form;
	uint64_t set;

	*demand = (struct demand){ 0 };
	switch (form->type) {
	case TYPE_NONE:
		if (form->relation == RELATION_HOLDS)
			demand->all = form->bits;
		else
			demand->none = form->bits;
		return true;
	case TYPE_RIGHTS:
		demand_rights(form->relation, condition->values->bits, demand);
		return true;
	case TYPE_BITS:
		if (form->relation == RELATION_HAS)
			demand->all = condition->values->bits;
		else
			demand->none = condition->values->bits;
		return true;
	case TYPE_CLASS:
		demand_class(condition, demand);
		return true;
	case TYPE_SVN:
		demand->svn_min = condition->values->number;
		return true;
	default:
		set = avow_policy_set_of(compiler, condition);
		if (condition->negated)
			demand->not_in = set;
		else
			demand->in = set;
		return set;
	}
}

/* ---- unless ---- */

/* "unless intent has r, unless intent has x and unless intent lacks w": all that must be written instead. */
static void tell_one_by_one(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition,
			    const struct demand *demand)
{
	static const struct side {
		const char *word;
		uint64_t bit;
	} sides[] = {
		{ "w", FACT_EVER_W }, { "x", FACT_EVER_X }, { "r", FACT_R }, { "w", FACT_W }, { "x", FACT_X },
	};
	struct avow_policy_list list = { 0 };
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		if (!((demand->all | demand->none) & sides[i].bit))
			continue;
		snprintf(text, sizeof(text), "unless %s %s %s", condition->form->subject,
			 demand->all & sides[i].bit ? "has" : "lacks", sides[i].word);
		avow_policy_list_add(&list, text);
	}
	avow_policy_compiler_tell(compiler, false, condition,
				  "several rights at once cannot stand after unless: write this rule once for each of: %s",
				  list.text);
}

/* The opposite, where one rule can ask for it. */
static bool invert(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition,
		   struct demand *demand)
{
	const struct demand d = *demand;

	*demand = (struct demand){ .in = d.not_in, .not_in = d.in };
	if (condition->form->type == TYPE_SVN) {
		avow_policy_compiler_tell(compiler, false, condition,
					  "cannot stand after unless: put a rule before this one that answers "
					  "the enclaves with such an svn");
		return false;
	}
	if (d.all && (d.none || !one_bit(d.all))) {
		tell_one_by_one(compiler, condition, &d);
		return false;
	}
	demand->none = d.all | d.any;
	demand_any(demand, d.none);
	/* What always holds excepts everything. */
	demand->never = !(d.all | d.none | d.any | d.in | d.not_in);
	return true;
}

/* ---- a rule ---- */

static bool merge(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition,
		  const struct demand *demand, struct avow_rule *rule)
{
	rule->all |= demand->all;
	rule->none |= demand->none;
	rule->in |= demand->in;
	rule->not_in |= demand->not_in;
	if (demand->svn_min > rule->svn_min)
		rule->svn_min = demand->svn_min;
	/* Nobody has and lacks it. */
	if (demand->never) {
		rule->all |= FACT_R;
		rule->none |= FACT_R;
	}
	if (demand->any && rule->any && demand->any != rule->any) {
		avow_policy_compiler_tell(compiler, false, condition,
					  "a second choice between several in one rule: write one rule for each of them");
		return false;
	}
	rule->any |= demand->any;
	return true;
}

static void compile_conditions(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition,
			       bool unless, struct avow_rule *rule)
{
	struct demand demand;

	for (; condition; condition = condition->next)
		if (demand_of(compiler, condition, &demand) &&
		    (!unless || invert(compiler, condition, &demand)))
			merge(compiler, condition, &demand, rule);
}

static void compile_statement(struct avow_policy_compiler *compiler, const struct avow_policy_statement *statement)
{
	struct avow_rule *rule = &compiler->policy->rules[compiler->policy->nr_rules++];

	rule->action = statement->action;
	rule->all = statement->event;
	compile_conditions(compiler, statement->conditions, false, rule);
	compile_conditions(compiler, statement->unless, true, rule);
}

bool avow_policy_compile(const struct avow_policy_text *text, const struct avow_policy_resolver *resolver,
			 struct avow_policy *policy, struct avow_policy_errors *errors)
{
	const struct avow_policy_statement *statement;
	struct avow_policy_compiler *compiler = calloc(1, sizeof(*compiler));

	if (!compiler) {
		errors->no_memory = true;
		return false;
	}
	memset(policy, 0, sizeof(*policy));
	policy->serial = 1;
	compiler->resolver = resolver;
	compiler->errors = errors;
	compiler->policy = policy;
	for (statement = text->first; statement; statement = statement->next)
		compile_statement(compiler, statement);
	avow_policy_sets_finish(&compiler->sets, policy);
	free(compiler);
	if (!avow_policy_errors_none(errors))
		return false;
	avow_policy_check_reach(text, policy, errors);
	return true;
}
