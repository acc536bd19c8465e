/* SPDX-License-Identifier: MIT */
/*
 * Filter lists of device classes: names that cannot load, what is taken out and what stays, and
 * what the same name means in another list or control set.
 */
#include "diagnose_test.h"

static struct class_filter *add_filter(struct scene *sc, unsigned set, const char *service)
{
	struct control_set *cs = &sc->inst.sets[0];
	struct span stored;
	while (cs->number != set)
		cs++;
	if (!cs->filters)
		cs->filters = arena_array(sc->arena, 8, sizeof(struct class_filter), NULL);
	assert_int_equal(text_to_utf16le(sc->arena, service, &stored, NULL), 0);
	struct class_filter *f = &cs->filters[cs->n_filters++];
	*f = (struct class_filter){.service = service,
				   .class_name = "DiskDrive",
				   .value = "LowerFilters",
				   .stored = stored};
	f->key = arena_printf(sc->arena, "%s\\Control\\Class\\{x}", cs->key);
	return f;
}

/* ---- F1, F2 ---- */

/* An edit of a filter list: what the list becomes, names separated by spaces; "" for deleted. */
static void expect_list(const struct finding *f, size_t i, const char *key, const char *expected)
{
	char found[128] = "";
	size_t n = 0;
	assert_true(i < f->n_edits);
	const struct edit *e = &f->edits[i];
	assert_string_equal(e->key, key);
	assert_string_equal(e->name, "LowerFilters");
	assert_int_equal(e->op, *expected ? HIVE_SET : HIVE_DELETE_VALUE);
	for (size_t at = 0; at + 2 < e->data.len; at += 2)
		found[n++] = le16(e->data, at) ? (char)le16(e->data, at) : ' ';
	if (n)
		found[n - 1] = '\0';
	assert_string_equal(found, expected);
	if (e->op == HIVE_SET) {
		assert_int_equal(e->type, REG_MULTI_SZ);
		assert_int_equal(le32(e->data, e->data.len - 4), 0);
	}
}

static void test_f1(void **state)
{
	struct scene *sc = *state;
	add_filter(sc, 1, "ghost");
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "F1", SEVERITY_STOP, "ghost");
	assert_string_equal(f->value, "LowerFilters");
	assert_string_equal(f->found.plain, "no service");
	assert_string_equal(f->fix_words.plain, "unlist");
	assert_int_equal(f->n_edits, 1);
	expect_list(f, 0, "ControlSet001\\Control\\Class\\{x}", "");
}

static void test_f1_states(void **state)
{
	struct scene *sc = *state;
	add_filter(sc, 1, "EhStorClass");
	expect(sc, "vmware-ide", VERDICT_BOOTS, 0);
	set_start(sc, 1, "EhStorClass", 4);
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "F2", SEVERITY_STOP, "EhStorClass");
	assert_string_equal(f->edits[0].name, "Start");
	assert_string_equal(f->fix_words.plain, "0 Boot");
	set_start(sc, 1, "EhStorClass", 3);
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	assert_true(only_finding(sc, "R1", SEVERITY_STOP, "EhStorClass")->fixable);
	set_start(sc, 1, "EhStorClass", 0);
	get(sc, 1, "EhStorClass")->file.state = FILE_MISSING;
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	f = only_finding(sc, "F1", SEVERITY_STOP, "EhStorClass");
	assert_string_equal(f->found.plain, "file missing");
	expect_list(f, 0, "ControlSet001\\Control\\Class\\{x}", "");
}

/* One fix for the whole list, in every chosen set by that set's own services. */
static void test_filter_list(void **state)
{
	static const unsigned both[] = {1, 2};
	static const char *const ids[] = {"vmware-ide"};
	struct scene *sc = *state;
	struct diagnose_request request = {
		.targets = ids, .n_targets = 1, .fix_sets = both, .n_fix_sets = 2};
	add_filter(sc, 1, "ghost");
	add_filter(sc, 1, "LSI_SAS");
	add_filter(sc, 1, "storflt");
	add_filter(sc, 1, "partmgr");
	add_filter(sc, 2, "storflt");
	add_filter(sc, 2, "msahci");
	set_start(sc, 1, "storflt", 4);
	get(sc, 1, "partmgr")->file.state = FILE_MISSING;
	get(sc, 1, "LSI_SAS")->file.state = FILE_EMPTY;
	remove_service(sc, 2, "storflt");
	assert_int_equal(diagnose(&sc->inst, &request, sc->arena, &sc->d, NULL), 0);
	assert_int_equal(sc->d.n, 3);
	for (size_t i = 0; i < sc->d.n; i++) {
		const struct finding *f = &sc->d.findings[i];
		if (f->rule->id[0] == 'R')
			assert_string_equal(f->subject, "partmgr");
		if (!text_equal(f->rule->id, "F1"))
			continue;
		assert_string_equal(f->subject, "ghost");
		assert_string_equal(f->found.plain, "no service, and 1 more");
		assert_int_equal(f->n_edits, 2);
		expect_list(f, 0, "ControlSet001\\Control\\Class\\{x}", "storflt partmgr");
		expect_list(f, 1, "ControlSet002\\Control\\Class\\{x}", "msahci");
	}
}

static void test_f2_stranger(void **state)
{
	struct scene *sc = *state;
	struct control_set *set = &sc->inst.sets[0];
	struct service s = make_service(sc->arena, set->key, "acme");
	s.start = 4;
	set->services[set->n++] = s;
	qsort(set->services, set->n, sizeof(s), by_name);
	add_filter(sc, 1, "acme");
	add_filter(sc, 1, "EhStorClass");
	expect(sc, "vmware-ide", VERDICT_STOPS, 1);
	const struct finding *f = only_finding(sc, "F2", SEVERITY_STOP, "acme");
	assert_string_equal(f->found.plain, "4 Disabled");
	expect_list(f, 0, "ControlSet001\\Control\\Class\\{x}", "EhStorClass");
}

/* In a damaged set a missing service may only be out of sight. */
static void test_filter_in_damaged_set(void **state)
{
	struct scene *sc = *state;
	add_filter(sc, 1, "ghost");
	sc->inst.sets[0].problem = said_as_is("list damaged");
	expect(sc, "vmware-ide", VERDICT_UNKNOWN, 0);
}

/* The same name in two lists is two findings; both change when its fix is staged. */
static void test_filter_in_two_lists(void **state)
{
	struct scene *sc = *state;
	add_filter(sc, 1, "ghost");
	add_filter(sc, 1, "ghost")->value = "UpperFilters";
	expect(sc, "vmware-ide", VERDICT_STOPS, 2);
	assert_string_equal(sc->d.findings[0].subject, sc->d.findings[1].subject);
	assert_string_not_equal(sc->d.findings[0].value, sc->d.findings[1].value);
}

/* Nobody lists it: parked, it is nobody's business. */
static void test_filter_not_listed(void **state)
{
	struct scene *sc = *state;
	set_start(sc, 1, "EhStorClass", 4);
	expect(sc, "vmware-ide", VERDICT_BOOTS, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON7(test_f1),
		ON10(test_f1_states),
		ON7(test_filter_list),
		ON10(test_f2_stranger),
		ON7(test_filter_in_damaged_set),
		ON7(test_filter_in_two_lists),
		ON10(test_filter_not_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
