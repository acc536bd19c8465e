/* SPDX-License-Identifier: MIT */
/*
 * Plans from every boot store of the data folder: each loader is planned by hand, alone, and the
 * text runs on a model of that very store: dry run, run, second run, undo. The store's other
 * objects stay. One of them, made by bcdedit for a classroom, is matched by its path and is a
 * golden. Skipped where the folder is absent.
 */
#include "hive_fixture.h"

#include "bcdedit_model.h"

#include "stop7b/cleanup.h"

#include <dirent.h>

#define PLANNED 16 /* loaders that are neither reserved nor the last loader of their store */

static struct cmd cmd;

struct real {
	struct span bytes;
	struct arena *arena;
	struct bcd_store store;
	struct bcd_matches matches;
	struct cleanup_plan plan;
};

static bool real_open(struct real *r, const char *name)
{
	struct hive h;
	struct err err = {0};
	*r = (struct real){.bytes = data_load(name), .arena = arena_new()};
	if (r->bytes.p && hive_open(&h, r->bytes, &err) == 0 &&
	    bcd_read(&h, r->arena, &r->store, &err) == 0)
		return true;
	arena_free(r->arena);
	data_free(r->bytes);
	return false;
}

static void real_close(struct real *r)
{
	arena_free(r->arena);
	data_free(r->bytes);
}

static void make(struct real *r, const char *vhd, const char *guid)
{
	const struct bcd_match_request match = {.vhd = vhd};
	struct err err = {0};
	const struct cleanup_plan_request request = {
		.store = &r->store,
		.store_name = "BCD",
		.matches = &r->matches,
		.entries = &guid,
		.n_entries = guid != NULL,
		.vhd = vhd,
		.tool = "stop7b 0.1",
		.when = "2026-01-02T03:04:05Z",
	};
	if (bcd_match(&r->store, &match, r->arena, &r->matches, &err) != 0 ||
	    cleanup_plan(&request, r->arena, &r->plan, &err) != 0)
		fail_msg("%s", err.text);
}

static int run(struct real *r, struct model *m, const char *arg)
{
	struct err err = {0};
	char *text;
	if (cleanup_write_cmd(&r->plan, r->arena, &text, &err) != 0)
		fail_msg("%s", err.text);
	cmd.host = model_host(m);
	return cmd_run(&cmd, text, arg);
}

static void same(struct model *m, const char *before)
{
	char *after = model_dump(m);
	assert_string_equal(before, after);
	free(after);
}

/* Everything but the entry, and a resume object that was its own, must be left. */
static void check_rest(struct real *r, const struct model *m, const struct cleanup_block *b)
{
	size_t gone = 0;
	for (size_t i = 0; i < r->store.n; i++) {
		bool there = false;
		const char *guid = r->store.objects[i].guid;
		for (size_t k = 0; k < m->now.n; k++)
			there |= strcmp(m->now.objects[k].id, guid) == 0;
		gone += !there;
		assert_true(there || strcmp(guid, b->guid) == 0 ||
			    r->store.objects[i].type == BCD_RESUME);
	}
	assert_in_range(gone, 1, 2);
}

static void live(struct real *r, enum model_language language)
{
	struct model *m = calloc(1, sizeof(*m));
	*m = (struct model){.arena = r->arena, .drive = "D:", .language = language, .ascii = true};
	model_load(m, &r->store);
	char *before = model_dump(m);
	assert_int_equal(run(r, m, ""), 0);
	same(m, before);
	int status = run(r, m, "/go");
	if (status != 0)
		fail_msg("exit %d: %s", status, cmd.said);
	assert_int_equal(m->deletes, 1);
	check_rest(r, m, &r->plan.blocks[0]);
	assert_int_equal(run(r, m, "/go"), 0);
	assert_int_equal(m->deletes, 1);
	assert_int_equal(run(r, m, "/undo"), 0);
	same(m, before);
	free(before);
	free(m);
}

/* Each loader; the number of those that could be planned. */
static size_t plan_each(const char *name)
{
	struct real r;
	size_t planned = 0;
	if (!real_open(&r, name))
		return 0;
	for (size_t i = 0; i < r.store.n; i++) {
		const struct bcd_object *o = &r.store.objects[i];
		if (o->type != BCD_LOADER)
			continue;
		make(&r, NULL, o->guid);
		if (r.plan.n)
			live(&r, (enum model_language)(planned % 3));
		assert_true(r.plan.n == 1 || r.plan.n_refusals == 1);
		planned += r.plan.n;
	}
	real_close(&r);
	return planned;
}

static void every_store(void **state)
{
	char path[4096], name[300];
	size_t planned = 0;
	(void)state;
	data_path(path, "bcd");
	DIR *dir = opendir(path);
	if (!dir)
		skip();
	for (struct dirent *d; (d = readdir(dir));) {
		size_t n = strlen(d->d_name);
		snprintf(name, sizeof(name), "bcd/%s", d->d_name);
		if (n > 4 && strcmp(d->d_name + n - 4, ".BCD") == 0)
			planned += plan_each(name);
	}
	closedir(dir);
	assert_int_equal(planned, PLANNED);
}

/* The golden, and what is in it by the table beside the data. */
static void classroom(void **state)
{
	struct real r;
	struct err err = {0};
	char path[4096], *text;
	const char *src = getenv("S7B_SRC");
	(void)state;
	if (!real_open(&r, "bcd/lyshie_mbr_vhd_class.BCD"))
		skip();
	make(&r, "D:\\class.vhd", NULL);
	assert_int_equal(cleanup_write_md(&r.plan, r.arena, &text, &err), 0);
	snprintf(path, sizeof(path), "%s/tests/goldens/plan-classroom.md", src ? src : ".");
	if (getenv("S7B_UPDATE")) {
		test_write(path, text, strlen(text));
	} else {
		size_t len;
		char *want = (char *)test_read(path, &len);
		want[len] = '\0';
		assert_string_equal(text, want);
		free(want);
	}
	real_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_store),
		cmocka_unit_test(classroom),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
