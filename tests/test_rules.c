/* SPDX-License-Identifier: MIT */
/*
 * The table of rules: every row whole, told apart by its id, and found by something.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stop7b/rules.h"

#define TITLE_COLUMNS 60
#define TEXT_COLUMNS  320

static void check_texts(const struct rule *rule)
{
	const char *const texts[] = {rule->means, rule->stops, rule->seen, rule->fix, rule->source};
	assert_true(*rule->title && strlen(rule->title) <= TITLE_COLUMNS);
	assert_int_not_equal(rule->title[strlen(rule->title) - 1], '.');
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		assert_non_null(texts[k]);
		assert_true(*texts[k] && strlen(texts[k]) <= TEXT_COLUMNS);
		assert_true(k == 4 || texts[k][strlen(texts[k]) - 1] == '.');
		assert_null(strstr(texts[k], "  "));
	}
}

/* A rule that looks at something is found by its function, or on the boot path by that. */
static void test_rows(void **state)
{
	const struct rule *rule, *before = NULL;
	size_t n = 0;
	(void)state;
	for (; (rule = rules_get(n)); n++) {
		check_texts(rule);
		assert_ptr_equal(rules_named(rule->id), rule);
		assert_int_equal(rule->looks_at == 0, rule->id[0] == 'X');
		assert_int_equal(rule->look != NULL,
				 rule->looks_at != 0 && rule->looks_at != OF_BOOT_PATH);
		assert_true(!before || (before->looks_at == 0) <= (rule->looks_at == 0));
		before = rule;
	}
	assert_int_equal(n, rules_count());
	assert_true(n > 60);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(rules_named("r2")->id, "R2");
	assert_null(rules_named("R99"));
	assert_null(rules_named(""));
	assert_null(rules_named(NULL));
	assert_null(rules_get(rules_count()));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
