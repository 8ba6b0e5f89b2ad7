// SPDX-License-Identifier: LGPL-2.1-or-later
/* What follows an event: conditions, and what excepts from them. */
#include <string.h>

#include "parser.h"

/* What the parser knows of the condition that it has just read. */
struct reading {
	uint64_t event;
	bool in_unless;
	bool ate_or;		/* the "or" behind it was taken for one between values */
};

static bool is_word(const struct avow_policy_lexer *lexer, const char *word)
{
	return lexer->token == TOKEN_WORD && !strcmp(lexer->text, word);
}

static bool expected(struct avow_policy_parser *parser, struct avow_policy_list *list)
{
	if (parser->lexer.token != TOKEN_BAD)
		avow_policy_lexer_error(&parser->lexer, "expected %s", avow_policy_list_end(list));
	return false;
}

/* ---- subject and relation ---- */

static const char *event_words(uint64_t events, struct avow_policy_list *list)
{
	const struct avow_policy_word *word;

	for (word = avow_policy_events; word->word; word++)
		if (word->bits & events)
			avow_policy_list_add(list, word->word);
	return avow_policy_list_end(list);
}

static const struct avow_policy_form *read_subject(struct avow_policy_parser *parser, uint64_t event)
{
	struct avow_policy_list subjects = { 0 }, events = { 0 };
	const struct avow_policy_form *form = NULL;

	if (parser->lexer.token == TOKEN_WORD)
		form = avow_policy_subject(parser->lexer.text);
	avow_policy_list_add_subjects(&subjects, event);
	if (!form) {
		expected(parser, &subjects);
		return NULL;
	}
	if (!(form->events & event)) {
		avow_policy_lexer_error(&parser->lexer, "belongs to %s; expected %s",
					event_words(form->events, &events), avow_policy_list_end(&subjects));
		return NULL;
	}
	avow_policy_lexer_next(&parser->lexer);
	return form;
}

static void list_relations(struct avow_policy_list *list, const struct avow_policy_form *form)
{
	const char *subject = form->subject;

	for (; form->subject && !strcmp(form->subject, subject); form++) {
		if (form->type == TYPE_NONE)
			continue;
		avow_policy_list_add(list, avow_policy_relation_words(form->relation));
		if (form->negatable)
			avow_policy_list_add(list, form->relation == RELATION_IS ? "is not" : "not under");
	}
}

static const struct avow_policy_form *find_form(const struct avow_policy_form *form, enum avow_policy_relation relation)
{
	const char *subject = form->subject;

	for (; form->subject && !strcmp(form->subject, subject); form++)
		if (form->relation == relation)
			return form;
	return NULL;
}

/* "is", "is not", "not under", "at least" ... False: the token is none of those. */
static bool read_relation(struct avow_policy_parser *parser, enum avow_policy_relation *relation, bool *negated)
{
	static const struct single {
		const char *word;
		enum avow_policy_relation relation;
	} singles[] = {
		{ "has", RELATION_HAS }, { "lacks", RELATION_LACKS }, { "is", RELATION_IS },
		{ "within", RELATION_WITHIN }, { "under", RELATION_UNDER },
	};
	size_t i;

	*negated = false;
	for (i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
		if (is_word(&parser->lexer, singles[i].word))
			break;
	if (i < sizeof(singles) / sizeof(singles[0])) {
		*relation = singles[i].relation;
	} else if (is_word(&parser->lexer, "not")) {
		*relation = RELATION_UNDER;
		*negated = true;
	} else if (is_word(&parser->lexer, "at")) {
		*relation = RELATION_AT_LEAST;
	} else {
		return false;
	}
	return true;
}

/* The second word, of relations that have one. */
static bool end_relation(struct avow_policy_parser *parser, const struct avow_policy_form *form, bool *negated)
{
	struct avow_policy_list list = { 0 };
	const char *second;

	avow_policy_lexer_next(&parser->lexer);
	if (form->relation == RELATION_IS) {
		if (is_word(&parser->lexer, "not") && form->negatable) {
			*negated = true;
			avow_policy_lexer_next(&parser->lexer);
		}
		return true;
	}
	second = *negated ? "under" : form->relation == RELATION_AT_LEAST ? "least" : NULL;
	if (!second || avow_policy_parser_eat(parser, second))
		return true;
	avow_policy_list_add(&list, second);
	return expected(parser, &list);
}

/* Turns the first form of a subject into the one that is meant. */
static const struct avow_policy_form *read_form(struct avow_policy_parser *parser,
						const struct avow_policy_form *subject, bool *negated)
{
	const struct avow_policy_form *form, *bare = subject->type == TYPE_NONE ? subject : NULL;
	struct avow_policy_list list = { 0 };
	enum avow_policy_relation relation;

	if (!read_relation(parser, &relation, negated)) {
		form = bare;
	} else {
		form = find_form(subject, relation);
		if (form && *negated && !form->negatable)
			form = NULL;
		if (form)
			return end_relation(parser, form, negated) ? form : NULL;
	}
	if (form)
		return form;
	list_relations(&list, subject);
	if (bare) {
		avow_policy_list_add(&list, "','");
		avow_policy_list_add(&list, "the end of the line");
	}
	expected(parser, &list);
	return NULL;
}

/* ---- a condition ---- */

static bool takes_list(enum avow_policy_type type)
{
	return type >= TYPE_CLASS && type != TYPE_SVN;
}

/* After "unless", an "or" may also be followed by another condition. */
static bool read_values(struct avow_policy_parser *parser, struct avow_policy_condition *condition,
			struct reading *reading)
{
	struct avow_policy_value **tail = &condition->values;

	if (condition->form->type == TYPE_NONE)
		return true;
	for (;;) {
		*tail = avow_policy_parse_value(parser, condition->form);
		if (!*tail)
			return false;
		tail = &(*tail)->next;
		if (!takes_list(condition->form->type) || !avow_policy_parser_eat(parser, "or"))
			return true;
		if (reading->in_unless && parser->lexer.token == TOKEN_WORD &&
		    avow_policy_subject(parser->lexer.text)) {
			reading->ate_or = true;
			return true;
		}
	}
}

static struct avow_policy_condition *read_condition(struct avow_policy_parser *parser, struct reading *reading)
{
	struct avow_policy_condition *condition = avow_policy_parser_take(parser, sizeof(*condition));
	const struct avow_policy_form *subject;

	reading->ate_or = false;
	if (!condition)
		return NULL;
	condition->place = parser->lexer.place;
	subject = read_subject(parser, reading->event);
	if (!subject)
		return NULL;
	condition->form = read_form(parser, subject, &condition->negated);
	if (!condition->form || !read_values(parser, condition, reading))
		return NULL;
	return condition;
}

/* ---- lists of conditions ---- */

/* What may follow a condition that is not followed by what may. */
static bool wrong_end(struct avow_policy_parser *parser, const struct avow_policy_condition *condition, bool in_unless)
{
	struct avow_policy_list list = { 0 };

	if (!in_unless)
		avow_policy_list_add(&list, "','");
	if (in_unless || takes_list(condition->form->type))
		avow_policy_list_add(&list, "'or'");
	if (!in_unless)
		avow_policy_list_add(&list, "'unless'");
	avow_policy_list_add(&list, "the end of the line");
	return expected(parser, &list);
}

static bool read_unless(struct avow_policy_parser *parser, struct avow_policy_statement *rule)
{
	struct reading reading = { .event = rule->event, .in_unless = true };
	struct avow_policy_condition **tail = &rule->unless;

	for (;;) {
		*tail = read_condition(parser, &reading);
		if (!*tail)
			return false;
		if (!reading.ate_or && parser->lexer.token == TOKEN_END)
			return true;
		if (!reading.ate_or && !avow_policy_parser_eat(parser, "or"))
			return wrong_end(parser, *tail, true);
		tail = &(*tail)->next;
	}
}

static bool comma(struct avow_policy_parser *parser)
{
	if (parser->lexer.token != TOKEN_COMMA)
		return false;
	avow_policy_lexer_next(&parser->lexer);
	return true;
}

bool avow_policy_parse_conditions(struct avow_policy_parser *parser, struct avow_policy_statement *rule)
{
	struct reading reading = { .event = rule->event };
	struct avow_policy_condition **tail = &rule->conditions, *last;

	if (parser->lexer.token == TOKEN_END)
		return true;
	if (avow_policy_parser_eat(parser, "unless"))
		return read_unless(parser, rule);
	do {
		last = *tail = read_condition(parser, &reading);
		if (!last)
			return false;
		tail = &last->next;
	} while (comma(parser));
	if (avow_policy_parser_eat(parser, "unless"))
		return read_unless(parser, rule);
	return parser->lexer.token == TOKEN_END || wrong_end(parser, last, false);
}
