// SPDX-License-Identifier: LGPL-2.1-or-later
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/evp.h>

#include "cmd.h"
#include "json.h"
#include "new_file.h"
#include "page.h"
#include "record.h"
#include "utf8.h"
#include "words.h"

#define PAGE_SIZE_SGX	4096

/* page.S: what is the same in every page. */
extern const char page_css[], page_html[], page_js[];
extern const size_t page_css_size, page_html_size, page_js_size;

struct page {
	struct new_file file;
	unsigned int enclaves, refusals;	/* so far; refusals: of this enclave */
	const struct process *process;
};

/* ---- JSON that can stand in HTML ---- */

/* What is no UTF-8, or would not be seen as it is, is shown as in a string of C; so is a backslash. */
static void write_character(FILE *to, const char *text, size_t bytes, uint32_t character)
{
	if (!bytes)
		fprintf(to, "\\\\x%02x", (unsigned char)*text);
	else if (character == '\\')
		fputs("\\\\\\\\", to);
	else if (character == '\t' || avow_policy_utf8_kind(character) != CHARACTER_FINE)
		fprintf(to, "\\\\u{%x}", character);
	else if (strchr("<>&\"'", (int)character) || character == 0x2028 || character == 0x2029)
		fprintf(to, "\\u%04x", character);
	else
		fwrite(text, 1, bytes, to);
}

static void write_text(FILE *to, const char *text)
{
	size_t left, bytes;
	uint32_t character;

	if (!text) {
		fputs("null", to);
		return;
	}
	fputc('"', to);
	for (left = strlen(text); left; text += bytes ? bytes : 1, left -= bytes ? bytes : 1) {
		bytes = avow_policy_utf8_next(text, left, &character);
		write_character(to, text, bytes, character);
	}
	fputc('"', to);
}

static void write_member(FILE *to, const char *key, const char *value)
{
	fprintf(to, "\"%s\":", key);
	write_text(to, value);
	fputc(',', to);
}

static void write_value(FILE *to, struct json_object *value)
{
	if (json_object_is_type(value, json_type_int))
		fprintf(to, "%llu", (unsigned long long)json_object_get_uint64(value));
	else
		write_text(to, value ? json_object_get_string(value) : NULL);
}

static void write_bits(FILE *to, const char *key, const struct bit_word *words, unsigned long long bits)
{
	bool first = true;

	fprintf(to, "\"%s\":[", key);
	for (; words->word; words++) {
		if (!(bits & words->bit))
			continue;
		fprintf(to, "%s\"%s\"", first ? "" : ",", words->word);
		first = false;
	}
	fputs("],", to);
}

/* ---- kinds of runs: all but where ---- */

struct kind {
	const struct mapped_run *run;
	const char *path;
	unsigned int number;
};

static int compare_numbers(unsigned long long a, unsigned long long b)
{
	return a < b ? -1 : a > b;
}

static int compare_kinds(const void *left, const void *right)
{
	const struct kind *a = left, *b = right;
	const struct avow_run *x = &a->run->run, *y = &b->run->run;
	int order;

	order = compare_numbers((unsigned long long)x->state << 32 | (unsigned int)x->intent << 24 |
				(unsigned int)x->epcm << 16 | (unsigned int)x->type << 8 | x->source_class,
				(unsigned long long)y->state << 32 | (unsigned int)y->intent << 24 |
				(unsigned int)y->epcm << 16 | (unsigned int)y->type << 8 | y->source_class);
	if (!order)
		order = compare_numbers(a->run->mapped * 8 + a->run->rights, b->run->mapped * 8 + b->run->rights);
	if (!order)
		order = strcmp(a->path ? a->path : "", b->path ? b->path : "");
	return order ? order : compare_numbers(!a->path, !b->path);
}

static void write_kind(FILE *to, const struct kind *kind)
{
	const struct avow_run *run = &kind->run->run;
	char word[AVOW_WORD_SIZE];

	fprintf(to, "%s{", kind->number ? ",\n" : "");
	write_member(to, "intent", avow_rights_word(run->intent, word));
	write_member(to, "epcm", run->state & AVOW_RUN_PRESENT ? avow_rights_word(run->epcm, word) : NULL);
	write_member(to, "mapping", kind->run->mapped ? avow_rights_word(kind->run->rights, word) : NULL);
	write_member(to, "type", run->type ? avow_type_word(run->type) : NULL);
	write_member(to, "history", history_word(run->state));
	write_bits(to, "state", run_state_words, run->state);
	write_member(to, "class", class_word(run->source_class));
	fputs("\"source\":", to);
	write_text(to, kind->path);
	fputc('}', to);
}

static void *need(void *memory)
{
	if (memory)
		return memory;
	complain("out of memory");
	exit(EXIT_FAILURE);
}

/* Its number. Kinds that are new are written as they come. */
static unsigned int kind_of(FILE *to, void **tree, unsigned int *nr, const struct mapped_run *run, const char *path)
{
	struct kind *kind = need(malloc(sizeof(*kind))), **found;

	*kind = (struct kind){ run, path, *nr };
	found = need(tsearch(kind, tree, compare_kinds));
	if (*found != kind) {
		free(kind);
		return (*found)->number;
	}
	write_kind(to, kind);
	return (*nr)++;
}

static void write_runs(FILE *to, const struct mapped_run *runs, char *const *paths, size_t nr)
{
	unsigned int *numbers = need(calloc(nr + 1, sizeof(*numbers))), kinds = 0;
	unsigned long long at = 0;
	void *tree = NULL;
	size_t i;

	fputs("\"kinds\":[", to);
	for (i = 0; i < nr; i++)
		numbers[i] = kind_of(to, &tree, &kinds, &runs[i], paths[i]);
	tdestroy(tree, free);
	/* Of each: the pages between it and the last one, how many it has, its kind. */
	fputs("],\n\"runs\":[", to);
	for (i = 0; i < nr; i++) {
		fprintf(to, "%s%llu,%llu,%u", i ? i % 16 ? "," : ",\n" : "",
			(runs[i].run.offset - at) / PAGE_SIZE_SGX,
			(unsigned long long)runs[i].run.length / PAGE_SIZE_SGX, numbers[i]);
		at = runs[i].run.offset + runs[i].run.length;
	}
	fputs("],\n", to);
	free(numbers);
}

/* ---- the page ---- */

/* "'sha256-...'": by which the page allows this script or style and no other. */
static void write_digest(FILE *to, const char *from, size_t length)
{
	unsigned char digest[EVP_MAX_MD_SIZE], text[2 * EVP_MAX_MD_SIZE];
	unsigned int size;

	if (!EVP_Digest(from, length, digest, &size, EVP_sha256(), NULL))
		size = 0;
	EVP_EncodeBlock(text, digest, (int)size);
	fprintf(to, "'sha256-%s'", (char *)text);
}

static void write_head(FILE *to)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
	      "form-action 'none'; style-src ", to);
	write_digest(to, page_css, page_css_size);
	fputs("; script-src ", to);
	write_digest(to, page_js, page_js_size);
	fputs("\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>avow maps</title>\n<style>", to);
	fwrite(page_css, 1, page_css_size, to);
	fputs("</style>\n</head>\n<body>\n", to);
	fwrite(page_html, 1, page_html_size, to);
}

static void write_process(FILE *to, const struct process *p)
{
	time_t now = time(NULL);
	char date[64] = "";
	struct tm tm;
	size_t i;

	if (localtime_r(&now, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %z", &tm);
	fprintf(to, "<script type=\"application/json\" id=\"data\">{\"pid\":%d,", (int)p->pid);
	write_member(to, "command", p->comm);
	write_member(to, "date", date);
	fputs("\"unreachable\":[", to);
	for (i = 0; i < p->nr_lone; i++)
		fprintf(to, "%s{\"start\":\"0x%llx\",\"end\":\"0x%llx\"}", i ? "," : "", p->lone[i].start, p->lone[i].end);
	fputs("],\n\"enclaves\":[", to);
}

struct page *page_begin(const char *file, const struct process *p)
{
	struct page *page = need(calloc(1, sizeof(*page)));
	int err;

	page->process = p;
	err = new_file_begin(&page->file, file);
	if (err) {
		complain("%s: %s", file, new_file_why(err));
		free(page);
		return NULL;
	}
	write_head(page->file.to);
	write_process(page->file.to, p);
	return page;
}

void page_enclave(struct page *page, const struct held_enclave *e, const struct mapped_run *runs,
		  char *const *paths, size_t nr)
{
	FILE *to = page->file.to;
	size_t i;

	fprintf(to, "%s{\"descriptors\":[", page->enclaves++ ? ",\n" : "");
	for (i = 0; i < e->nr_numbers; i++)
		fprintf(to, "%s%d", i ? "," : "", e->numbers[i]);
	fprintf(to, "],\"base\":\"0x%llx\",\"size\":%llu,", (unsigned long long)e->info.base,
		(unsigned long long)e->info.size);
	write_member(to, "contract", avow_contract_word(e->info.contract));
	write_bits(to, "state", state_words, e->info.state);
	write_runs(to, runs, paths, nr);
	fputs("\"refusals\":[", to);
	page->refusals = 0;
}

void page_refusal(struct page *page, const struct avow_told *told)
{
	struct json_object *record = record_json(told);
	bool first = true;

	fputs(page->refusals++ ? ",\n{" : "{", page->file.to);
	json_object_object_foreach(record, key, value) {
		fprintf(page->file.to, "%s\"%s\":", first ? "" : ",", key);
		write_value(page->file.to, value);
		first = false;
	}
	fputc('}', page->file.to);
	json_object_put(record);
}

void page_enclave_end(struct page *page, unsigned long long lost)
{
	fprintf(page->file.to, "],\"lost\":%llu}", lost);
}

int page_end(struct page *page, bool whole)
{
	FILE *to = page->file.to;
	char *name = need(strdup(page->file.name));
	int err;

	fputs("]}</script>\n<script>", to);
	fwrite(page_js, 1, page_js_size, to);
	fputs("</script>\n</body>\n</html>\n", to);
	err = new_file_end(&page->file, whole);
	if (err && whole)
		complain("%s: %s", name, strerror(-err));
	free(name);
	free(page);
	return err || !whole ? -1 : 0;
}
