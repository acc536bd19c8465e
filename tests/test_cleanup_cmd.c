/* SPDX-License-Identifier: MIT */
/*
 * What only a .cmd text has: its arguments, plain ASCII with CR LF, and paths that it cannot hold.
 */
#include "cleanup_run.h"

static void arguments(void **state)
{
	struct planned p;
	(void)state;
	planned_usual(&p, &(struct odd){.path = NULL});
	runs_with(&p, "/force", 2);
	says("[/go or /undo]");
	assert_int_equal(p.model.changes, 0);
	leaves(&p, UNDO, 1, "is not there");
	runs_with(&p, "/GO", 0);
	assert_false(model_has(&p.model, WIN7));
	runs_with(&p, "/Undo", 0);
	assert_true(model_has(&p.model, WIN7));
	p.request.add = true;
	planned_make(&p);
	runs_with(&p, "/undo", 2);
	planned_end(&p);
}

static void is_ascii_with_crlf(const char *text)
{
	for (const char *c = text; *c; c++) {
		assert_true((unsigned char)*c < 0x7f && (*c >= 0x20 || *c == '\r' || *c == '\n'));
		assert_int_equal(*c == '\n', c > text && c[-1] == '\r');
	}
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void text_is_ascii_with_crlf(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = "\\\1.vhd", .description = "\"{U+65E5}\""});
	p.request.vhd = "D:\\\xe6\x97\xa5.vhd";
	p.request.image = "/srv/\xe6\x97\xa5.vhd";
	for (int i = 0; i < 2; i++) {
		planned_make(&p);
		const char *text = planned_text(&p, cleanup_write_cmd);
		is_ascii_with_crlf(text);
		assert_non_null(strstr(text, "not compared here, look yourself: device"));
		p.request.store = NULL;
	}
	planned_end(&p);
}

static void percent_is_doubled(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.store = NULL;
	p.request.vhd = "D:\\100% real\\x.vhd";
	p.request.store_on_host = "C:\\50% off\\BCD";
	planned_make(&p);
	const char *text = planned_text(&p, cleanup_write_cmd);
	assert_non_null(strstr(text, "]\\100%% real\\x.vhd\""));
	assert_null(strstr(text, "100% real"));
	assert_non_null(strstr(text, "C:\\50%% off\\BCD"));
	planned_end(&p);
}

static void unsafe_paths_are_refused(void **state)
{
	static const char *const stores[] = {"E:\\%A%\\BCD", "E:\\\xc3\xa9\\BCD", "E:\\%a\\BCD"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct planned p;
		struct err err = {0};
		char *out;
		planned_begin(&p, &(struct odd){.path = NULL});
		p.request.store_on_host = stores[i];
		for (int search = 0; search < 2; search++) {
			planned_make(&p);
			assert_int_equal(cleanup_write_cmd(&p.plan, p.f.b.arena, &out, &err), -1);
			assert_int_equal(err.code, E_USAGE);
			planned_text(&p, cleanup_write_md);
			p.request.store = NULL;
		}
		planned_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(text_is_ascii_with_crlf),
		cmocka_unit_test(percent_is_doubled),
		cmocka_unit_test(unsafe_paths_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
