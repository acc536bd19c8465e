/* SPDX-License-Identifier: MIT */
/*
 * Explanations: one for every rule that the sources can put into a finding, whole, and no two
 * alike.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stop7b/bytes.h"
#include "stop7b/explain.h"

#define TITLE_COLUMNS 60
#define TEXT_COLUMNS  320
#define LINE          512

static void test_rows(void **state)
{
	size_t n;
	const struct explanation *all = explain_all(&n);
	(void)state;
	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		const char *const texts[] = {all[i].means, all[i].stops, all[i].seen, all[i].fix,
					     all[i].source};
		assert_ptr_equal(explain(all[i].id), &all[i]);
		assert_int_equal(all[i].checkable, all[i].id[0] != 'X');
		assert_true(*all[i].title && strlen(all[i].title) <= TITLE_COLUMNS);
		assert_int_not_equal(all[i].title[strlen(all[i].title) - 1], '.');
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			assert_non_null(texts[k]);
			assert_true(*texts[k] && strlen(texts[k]) <= TEXT_COLUMNS);
			assert_int_equal(texts[k][strlen(texts[k]) - 1] == '.', k < 4);
			assert_null(strstr(texts[k], "  "));
		}
		assert_true(i == 0 || all[i].checkable <= all[i - 1].checkable);
	}
	assert_string_equal(explain("r2")->id, "R2");
	assert_null(explain("R99"));
	assert_null(explain(""));
	assert_null(explain(NULL));
}

/* A rule's id as the sources write it: a quoted letter and number, "R4" or "D11". */
static void check_line(const char *line)
{
	for (const char *p = line; (p = strchr(p, '"')); p++) {
		size_t digits = strspn(p + 2, "0123456789");
		char id[8];
		if (!strchr("RFHUD", p[1]) || digits == 0 || digits > 2 || p[2 + digits] != '"')
			continue;
		snprintf(id, sizeof(id), "%.*s", (int)digits + 1, p + 1);
		if (!explain(id))
			fail_msg("no explanation of %s", id);
	}
}

static size_t check_source(const char *name)
{
	const char *src = getenv("S7B_SRC");
	char path[LINE], line[LINE];
	size_t n = 0;
	snprintf(path, sizeof(path), "%s/src/judge/%s", src && *src ? src : ".", name);
	FILE *f = fopen(path, "r");
	if (!f && !src)
		skip();
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		check_line(line);
		n++;
	}
	fclose(f);
	return n;
}

static void test_every_rule(void **state)
{
	static const char *const sources[] = {"diagnose.c",         "diagnose_rules.c",
					      "diagnose_filters.c", "diagnose_binding.c",
					      "diagnose_policy.c",  "diagnose_notes.c"};
	(void)state;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		assert_true(check_source(sources[i]) > 50);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_every_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
