/* SPDX-License-Identifier: MIT */
/*
 * Plans on a cmd that nobody here wrote: Wine's. Each text runs there and on the model of cmd, over
 * the same model of bcdedit, and both must end with the same status, the same words and the same
 * store. Only where S7B_WINE asks for it: Wine is waited for, and its cmd crashes at times.
 */
#include "cleanup_test.h"
#include "wine_run.h"

static struct wine wine;
static struct cmd cmd;
static bool has_wine;

static int begin(void **state)
{
	(void)state;
	has_wine = getenv("S7B_WINE") && wine_begin(&wine);
	if (has_wine)
		wine_probe(&wine);
	return 0;
}

static int end(void **state)
{
	(void)state;
	wine_end(&wine);
	return 0;
}

/* Prints of both, and where they part. */
static void same_words(const char *ours, const char *theirs)
{
	size_t at = 0;
	while (ours[at] && ours[at] == theirs[at])
		at++;
	if (ours[at] != theirs[at])
		fail_msg("the model goes on with \"%.200s\", Wine with \"%.200s\", after:\n%.*s",
			 ours + at, theirs + at, (int)at, ours);
}

/* Run it on both, from the same store; what it did stays. */
static void both(struct planned *p, const char *words, int status)
{
	struct model twin = p->model;
	char *text = planned_text(p, cleanup_write_cmd);
	cmd.host = model_host(&p->model);
	int ours = cmd_run(&cmd, text, words), theirs = wine_run(&wine, &twin, text, words);
	if (ours != status || theirs != status)
		fail_msg("%s: the model ends with %d, Wine with %d", words, ours, theirs);
	same_words(cmd.said, wine.said);
	char *left = model_dump(&p->model), *right = model_dump(&twin);
	assert_string_equal(left, right);
	assert_int_equal(p->model.saves, twin.saves);
	free(left);
	free(right);
}

static void whole_life(struct planned *p)
{
	both(p, "", 0);
	both(p, "/go", 0);
	assert_false(model_has(&p->model, WIN7));
	both(p, "/go", 0);
	both(p, "/undo", 0);
	assert_true(model_has(&p->model, WIN7));
	both(p, "/nonsense", 2);
}

static void from_a_store(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_usual(&p, &(struct odd){.is_default = true, .once = true, .in_tools = true});
	whole_life(&p);
	planned_end(&p);
}

static void in_another_language(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_usual(&p, &(struct odd){.shared = true});
	p.model.language = GERMAN;
	p.model.ascii = true;
	both(&p, "/go", 0);
	planned_end(&p);
}

static void found_on_the_host(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.store = NULL;
	planned_make(&p);
	both(&p, "/go", 0);
	assert_false(model_has(&p.model, WIN7));
	both(&p, "/undo", 0);
	planned_end(&p);
}

static void an_entry_is_made(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.add = true;
	p.request.vhd = "D:\\R&D (new)\\x!.vhdx";
	planned_make(&p);
	both(&p, "", 0);
	both(&p, "/go", 0);
	assert_true(model_has(&p.model, MODEL_FRESH));
	both(&p, "/go", 0); /* it is there already */
	planned_end(&p);
}

/* A store file on the host is saved and put back by copying. */
static void an_offline_store(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_begin(&p, &(struct odd){.is_default = true});
	p.request.store_on_host = "E:\\R&D (old)\\a^b!\\my BCD";
	planned_make(&p);
	both(&p, "/go", 0);
	both(&p, "/undo", 0);
	planned_end(&p);
}

static void surprises(void **state)
{
	struct planned p;
	(void)state;
	if (!has_wine)
		skip();
	planned_usual(&p, &(struct odd){.path = NULL});
	p.model.no_access = true;
	both(&p, "/go", 1);
	p.model.no_access = false;
	p.model.blind = true;
	both(&p, "/go", 1);
	p.model.blind = false;
	p.model.fail = "/delete";
	both(&p, "/go", 1);
	p.model.fail = NULL;
	model_set(&p.model, WIN7, "device", "unknown");
	both(&p, "", 1);
	planned_end(&p);
}

/* Two percent signs in one line end Wine 8 itself; the model has those (test_cleanup_run). */
static void hostile_text(void **state)
{
	static const struct {
		const char *path, *vhd, *description;
	} cases[] = {
		{"\\R&D\\a^b!c(d)e.vhd", "D:\\R&D\\a^b!c(d)e.vhd", "\"%PATH% !PATH! ^ )\""},
		{"\\100% real\\x.vhd", "D:\\100% real\\x.vhd", "\"say \\\"hi\\\" & calc\""},
		{"\\~'`@#$[x]{y}+-_.vhd", "D:\\~'`@#$[x]{y}+-_.vhd", "\"{bootmgr} ----- %~nx0\""},
	};
	(void)state;
	if (!has_wine)
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct planned p;
		planned_begin(&p, &(struct odd){.path = cases[i].path,
						.description = cases[i].description});
		p.request.vhd = cases[i].vhd;
		planned_make(&p);
		p.model.ascii = true;
		both(&p, "/go", 0);
		assert_false(model_has(&p.model, WIN7));
		planned_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_a_store),      cmocka_unit_test(in_another_language),
		cmocka_unit_test(found_on_the_host), cmocka_unit_test(an_entry_is_made),
		cmocka_unit_test(an_offline_store),  cmocka_unit_test(surprises),
		cmocka_unit_test(hostile_text),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
