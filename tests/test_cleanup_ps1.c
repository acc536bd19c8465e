/* SPDX-License-Identifier: MIT */
/*
 * The plan as PowerShell text, run by an interpreter of the subset it is written in, on a model of
 * bcdedit, on hosts of three languages; and what only such a text has: its byte order mark, quotes.
 */
#define NEW_TITLE "Windows (50% new^!.vhdx)"
#include "cleanup_cases.h"
#include "ps_model.h"

static struct ps ps;

static int run_text(struct planned *p, enum run how, const char **out)
{
	static const char *const args[] = {[DRY] = "", [GO] = "-Go", [UNDO] = "-Undo"};
	int status = ps_run(&ps, planned_text(p, cleanup_write_ps1), args[how], &p->model);
	*out = ps.said;
	return status;
}

static void form_of_the_text(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = "\\\1.vhd",
					.description = "\"it's {U+2018}mine{U+2019}'; exit\""});
	p.request.vhd = "D:\\\xe6\x97\xa5.vhd";
	planned_make(&p);
	const char *text = planned_text(&p, cleanup_write_ps1);
	assert_non_null(strstr(text, "'it''s \u2018\u2018mine\u2019\u2019''; exit'"));
	assert_non_null(strstr(text, "'\\\xe6\x97\xa5.vhd'"));
	for (const char *c = text; *c; c++)
		assert_int_equal(*c == '\n', c > text && c[-1] == '\r');
	runs(&p, GO, 0);
	assert_false(model_has(&p.model, WIN7));
	planned_end(&p);
}

/* A store whose path no .cmd file could hold. */
static void odd_store(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.store_on_host = "E:\\%PATH%\\it's \xe6\x97\xa5\\BCD";
	planned_make(&p);
	leaves(&p, UNDO, 1, "is not there");
	whole_life(&p, RESUME_2);
	planned_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLEANUP_CASES,
		cmocka_unit_test(form_of_the_text),
		cmocka_unit_test(odd_store),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
