/* SPDX-License-Identifier: MIT */
/*
 * A plan that adds an entry: its commands, and what it does on a host. It makes one entry with both
 * devices, never a second one, and a step that fails leaves the store as it was; the line that it
 * prints takes the entry away again.
 */
#include "cleanup_run.h"

static void the_plan_as_data(void **state)
{
	struct planned p;
	(void)state;
	planned_begin(&p, &(struct odd){.path = NULL});
	p.request.add = p.request.locate = p.request.grows = true;
	p.request.virtual_size = 127ull << 30;
	p.request.title = "my \"new\" one";
	planned_make(&p);
	assert_string_equal(p.plan.title, "my 'new' one");
	const struct cleanup_block *b = &p.plan.blocks[0];
	assert_int_equal(b->n_commands, 5);
	assert_string_equal(b->commands[0].words[1], "{current}");
	assert_string_equal(b->commands[1].words[3], "vhd=[locate]\\vhd\\win7.vhd");
	assert_int_equal(b->commands[1].n, 4);
	assert_string_equal(b->undo.words[1], CLEANUP_NEW);
	assert_non_null(strstr(p.plan.notes[1], "130048 MiB"));
	p.request.virtual_size = 0;
	p.request.store_on_host = "E:\\BCD";
	planned_make(&p);
	assert_string_equal(p.plan.blocks[0].commands[0].words[1], "{default}");
	assert_non_null(strstr(p.plan.notes[1], "that much free"));
	p.request.grows = false;
	planned_make(&p);
	assert_int_equal(p.plan.n_notes, 4);
	planned_end(&p);
}

static void add_begin(struct planned *p, const char *vhd)
{
	planned_begin(p, &(struct odd){.path = NULL});
	p->request.add = true;
	p->request.vhd = vhd;
	planned_make(p);
}

/* The undo line as it is printed, run. */
static void undo_line(struct planned *p, const char *printed)
{
	char line[LINE_MAX_CMD], *words[16], out[256] = "";
	const char *at = strstr(printed, "To undo: bcdedit ");
	assert_non_null(at);
	snprintf(line, sizeof(line), "C:\\Windows\\System32\\bcdedit.exe %.*s",
		 (int)strcspn(at + 17, "\n"), at + 17);
	assert_int_equal(model_run(&p->model, words, cmd_split(line, words, 16), out), 0);
}

static void adds_an_entry(void **state)
{
	(void)state;
	for (int offline = 0; offline < 2; offline++) {
		struct planned p;
		planned_begin(&p, &(struct odd){.path = NULL});
		p.request.add = true;
		p.request.vhd = "E:\\R&D\\50% new^!.vhdx";
		p.request.store_on_host = offline ? "E:\\Boot\\my BCD" : NULL;
		planned_make(&p);
		p.model.language = offline ? ENGLISH : GERMAN;
		char *before = model_dump(&p.model);
		leaves(&p, DRY, 0, "Nothing was changed");
		runs(&p, GO, 0);
		assert_string_equal(model_get(&p.model, MODEL_FRESH, "device")->text,
				    "vhd=[E:]\\R&D\\50% new^!.vhdx");
		assert_string_equal(model_get(&p.model, MODEL_FRESH, "osdevice")->text,
				    "vhd=[E:]\\R&D\\50% new^!.vhdx");
		assert_string_equal(model_get(&p.model, MODEL_FRESH, "detecthal")->text, "on");
		assert_string_equal(model_get(&p.model, MODEL_FRESH, "description")->text,
				    "Windows (50_ new__.vhdx)");
		assert_string_equal(model_get(&p.model, MANAGER, "displayorder")->text,
				    OTHER "\n" WIN7 "\n" WIN10 "\n" MODEL_FRESH);
		char line[LINE_MAX_CMD];
		snprintf(line, sizeof(line), "%s", strstr(cmd.said, "To undo: "));
		leaves(&p, GO, 0, "nothing to do");
		undo_line(&p, line);
		char *after = model_dump(&p.model);
		assert_string_equal(before, after);
		free(before);
		free(after);
		planned_end(&p);
	}
}

static void adding_stops(void **state)
{
	static const char *const verbs[] = {"/copy", "/set", "/displayorder"};
	struct planned p;
	(void)state;
	add_begin(&p, "D:\\VHD\\Win7.vhd");
	leaves(&p, GO, 0, "nothing to do"); /* there is one */
	p.model.no_access = true;
	leaves(&p, GO, 1, "as administrator");
	p.model.no_access = false;
	p.model.blind = true;
	leaves(&p, GO, 1, "Not one entry that starts Windows");
	planned_end(&p);
	for (size_t i = 0; i < 3; i++) {
		add_begin(&p, "D:\\new.vhd");
		char *before = model_dump(&p.model);
		p.model.fail = verbs[i];
		runs(&p, GO, 1);
		char *after = model_dump(&p.model);
		assert_string_equal(before, after);
		free(before);
		free(after);
		planned_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plan_as_data),
		cmocka_unit_test(adds_an_entry),
		cmocka_unit_test(adding_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
