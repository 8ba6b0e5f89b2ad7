/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The policy language of avow.policy(5) (R44): text to tree, tree to what core/ evaluates, and
 * back to text. Nothing here prints, exits, or keeps anything between calls; link with
 * libavow-policy.a, and libavow.a for core/'s functions.
 *
 *	struct avow_policy_text *text = avow_policy_read(NULL, "site.policy", &errors);
 *	if (text && avow_policy_compile(text, &resolver, policy, &errors))
 *		...policy is good, text->first is its first rule
 */
#ifndef AVOW_POLICY_LANGUAGE_H
#define AVOW_POLICY_LANGUAGE_H

#include "ast.h"
#include "error.h"
#include "policy.h"
#include "resolve.h"

#define AVOW_POLICY_DEPTH_MAX	8		/* a file that is included by one that is included, ... */
#define AVOW_POLICY_FILES_MAX	64		/* read for one policy */
#define AVOW_POLICY_SIZE_MAX	(1 << 20)	/* bytes of a file */

/* Where texts come from. */
struct avow_policy_reader {
	void *context;
	/*
	 * Fills in *bytes, which the caller frees, *size, and *identity, which is the same for two
	 * names of one file; the caller frees it, too. Negative errno on failure.
	 */
	int (*read)(void *context, const char *path, char **bytes, size_t *size, char **identity);
};

/*
 * Reads a policy, and what it includes, through the reader; NULL: from files. NULL if there is
 * any error; warnings may be there in any case. The caller frees it with avow_policy_text_free().
 */
struct avow_policy_text *avow_policy_read(const struct avow_policy_reader *reader, const char *path,
					  struct avow_policy_errors *errors);
void avow_policy_text_free(struct avow_policy_text *text);	/* NULL is fine */

/*
 * Fills in the policy: rule i is statement i of the text, counted from 1; serial is 1, which a
 * loader replaces. False if there is an error; then *policy is of no use. Names are resolved in
 * the order of the text.
 */
bool avow_policy_compile(const struct avow_policy_text *text, const struct avow_policy_resolver *resolver,
			 struct avow_policy *policy, struct avow_policy_errors *errors);

/* Statement number rule, from 1; NULL if there is none. Its .line is for records. */
const struct avow_policy_statement *avow_policy_statement_at(const struct avow_policy_text *text, uint32_t rule);

/*
 * In canonical form: one blank between words, quotes only where they must be, files that were
 * included in their place, no comments. Read again it is the same policy. The caller frees it;
 * NULL if there is no memory.
 */
char *avow_policy_print(const struct avow_policy_text *text);
/* One statement, without a line feed. */
char *avow_policy_print_statement(const struct avow_policy_statement *statement);

/*
 * A name as it must be written in a policy, in quotes where it needs them; *quoted is to be
 * freed. For those who write policies. -EINVAL: no policy can name it, since it is empty or has
 * characters that a policy must not have; -ENOMEM.
 */
int avow_policy_quote(const char *name, char **quoted);

/* The language's word for a source class; NULL for AVOW_SRC_NONE and what there is not. */
const char *avow_policy_class_word(unsigned int class);

#endif
