/* SPDX-License-Identifier: MIT */
/*
 * The three forms of a plan as goldens (tests/goldens/plan-*); the JSON read back with jansson; text
 * that could become markup. S7B_UPDATE=1 writes the goldens anew.
 */
#include "cleanup_test.h"

#include <jansson.h>

static struct planned p;

static void check_golden(const char *name, const char *text)
{
	char path[TEST_PATH];
	const char *src = getenv("S7B_SRC");
	size_t len;
	snprintf(path, sizeof(path), "%s/tests/goldens/plan-%s", src ? src : ".", name);
	if (getenv("S7B_UPDATE")) {
		test_write(path, text, strlen(text));
		return;
	}
	char *want = (char *)test_read(path, &len);
	want[len] = '\0';
	assert_string_equal(text, want);
	free(want);
}

static void check_goldens(const char *name)
{
	static const struct {
		const char *end;
		write_form *form;
	} forms[] = {{"cmd", cleanup_write_cmd}, {"md", cleanup_write_md}, {"json", json_plan}};
	char file[80];
	for (size_t i = 0; i < 3; i++) {
		snprintf(file, sizeof(file), "%s.%s", name, forms[i].end);
		check_golden(file, planned_text(&p, forms[i].form));
	}
}

static void goldens(void **state)
{
	(void)state;
	planned_begin(&p, &(struct odd){.is_default = true, .once = true, .in_tools = true});
	p.request.entries = (const char *const[]){MANAGER};
	p.request.n_entries = 1;
	planned_make(&p);
	check_goldens("delete");
	p.request.store_on_host = "E:\\Boot\\my BCD";
	p.f.b.store.whole = false;
	p.f.b.store.problem = "the hive is dirty";
	p.request.entries = (const char *const[]){WIN7};
	planned_make(&p);
	check_goldens("damaged");
	p.request.store_on_host = NULL;
	p.request.add = p.request.grows = true;
	p.request.virtual_size = 40ull << 30;
	planned_make(&p);
	check_goldens("add");
	p.request.add = false;
	p.request.store = NULL;
	planned_make(&p);
	check_goldens("search");
	planned_end(&p);
}

static json_t *parse(void)
{
	json_error_t e;
	json_t *j = json_loads(planned_text(&p, json_plan), JSON_REJECT_DUPLICATES, &e);
	if (!j)
		fail_msg("%s at %d", e.text, e.position);
	return j;
}

static const char *string_at(json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

static void json(void **state)
{
	(void)state;
	planned_begin(
		&p, &(struct odd){.path = "\\\1\1.vhd", .description = "\"a\\\"b\\\\c{U+65E5}\""});
	p.request.vhd = "D:\\\xe6\x97\xa5\xe6\x97\xa5.vhd";
	p.request.image = "/srv/\xff\n.vhd";
	p.request.store_on_host = "E:\\B \xe6\x97\xa5\\BCD";
	planned_make(&p);
	json_t *j = parse(), *entry = json_array_get(json_object_get(j, "entries"), 0);
	assert_string_equal(string_at(j, "schema"), "stop7b.plan/1");
	assert_string_equal(string_at(j, "image"), p.plan.image);
	assert_string_equal(string_at(entry, "id"), WIN7);
	assert_string_equal(string_at(entry, "description"), "a\"b\\c\xe6\x97\xa5");
	assert_true(json_is_true(json_object_get(entry, "certain")));
	json_t *commands = json_object_get(entry, "commands");
	assert_int_equal(json_array_size(commands), 2);
	json_t *words = json_object_get(json_array_get(commands, 1), "words");
	assert_int_equal(json_array_size(words), 6);
	assert_string_equal(json_string_value(json_array_get(words, 2)), "E:\\B \xe6\x97\xa5\\BCD");
	assert_string_equal(json_string_value(json_array_get(words, 3)), "/delete");
	json_decref(j);
	planned_end(&p);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* Backticks and line ends in a text do not get out of its code span. */
static void markdown(void **state)
{
	(void)state;
	planned_usual(&p, &(struct odd){.description = "\"a `b` ``` # c\""});
	const char *text = planned_text(&p, cleanup_write_md);
	assert_non_null(strstr(text, "- Description: ```` a `b` ``` # c ````\n"));
	assert_int_equal(count(text, "\n## "), 5); /* save, entry, check, undo, notes */
	assert_int_equal(count(text, "/delete " WIN7 " /cleanup"), 1);
	assert_null(strchr(text, '\r'));
	planned_end(&p);
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.vhd = "D:\\nothing.vhd";
	planned_make(&p);
	text = planned_text(&p, cleanup_write_md);
	assert_non_null(strstr(text, "There is nothing to delete.\n"));
	assert_null(strstr(text, "/export"));
	planned_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens),
		cmocka_unit_test(json),
		cmocka_unit_test(markdown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
