/* SPDX-License-Identifier: MIT */
/*
 * What a person says of driver packages to an open session: more places, and one of several that are
 * equally good.
 */
#include "test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop7b/ntfs_write.h"
#include "stop7b/session.h"

struct packs {
	char dir[TEST_PATH], image[TEST_PATH + 32], a[TEST_PATH + 32], b[TEST_PATH + 32];
	struct session *s;
};

static void put(const char *from, const char *dir, const char *name, size_t longer)
{
	char path[2 * TEST_PATH];
	size_t len;
	snprintf(path, sizeof(path), "%s/%s", getenv("S7B_IMAGES"), from);
	uint8_t *bytes = test_read(path, &len);
	bytes = realloc(bytes, len + longer);
	assert_non_null(bytes);
	memset(bytes + len, 0, longer);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	test_write(path, bytes, len + longer);
	free(bytes);
}

static void put_package(const char *dir, size_t longer)
{
	mkdir(dir, 0755);
	put("packages/virtio/viostor/w10/amd64/viostor.inf", dir, "viostor.inf", 0);
	put("packages/virtio/viostor/w10/amd64/VIOSTOR.SYS", dir, "viostor.sys", longer);
}

/* Two packages of one version whose files differ, and a Windows that has neither. */
static void begin(struct packs *p)
{
	static const char *const targets[] = {"kvm-virtio-blk"};
	const struct session_options options = {.targets = targets, .n_targets = 1};
	struct err err = {0};
	*p = (struct packs){.s = NULL};
	if (!ntfs_write_built() || !getenv("S7B_IMAGES"))
		skip();
	test_scratch(p->dir);
	snprintf(p->a, sizeof(p->a), "%s/a", p->dir);
	snprintf(p->b, sizeof(p->b), "%s/b", p->dir);
	snprintf(p->image, sizeof(p->image), "%s/disk.vhd", p->dir);
	put("win10-gpt-dynamic.vhd", p->dir, "disk.vhd", 0);
	put_package(p->a, 0);
	put_package(p->b, 8);
	p->s = session_open(p->image, &options, NULL, NULL, &err);
	assert_non_null(p->s);
}

static void end(struct packs *p)
{
	session_close(p->s);
	test_scratch_remove(p->dir);
}

static const struct finding *missing(const struct packs *p)
{
	return session_finding(p->s, "viostor");
}

static void test_another_place(void **state)
{
	struct packs p;
	struct err err = {0};
	(void)state;
	begin(&p);
	assert_false(missing(&p)->fixable);
	assert_int_equal(session_add_drivers(p.s, "/nowhere", &err), -1);
	assert_int_equal(err.code, E_OPEN);
	assert_int_equal(p.s->options.n_drivers, 0);
	assert_false(missing(&p)->fixable);
	assert_int_equal(session_add_drivers(p.s, p.a, NULL), 0);
	assert_true(missing(&p)->fixable);
	assert_true(missing(&p)->by_package);
	assert_int_equal(session_packages(p.s, NULL)->n, 1);
	assert_int_equal(staged_count(p.s->staged), 0);
	end(&p);
}

static void test_one_of_two(void **state)
{
	struct packs p;
	(void)state;
	begin(&p);
	assert_int_equal(session_add_drivers(p.s, p.a, NULL), 0);
	assert_int_equal(session_add_drivers(p.s, p.b, NULL), 0);
	assert_false(missing(&p)->fixable);
	const struct packages *all = session_packages(p.s, NULL);
	assert_int_equal(all->n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(session_prefer_package(p.s, &all->items[i], NULL), 0);
		assert_true(session_prefers_package(p.s, &all->items[i]));
		assert_false(session_prefers_package(p.s, &all->items[1 - i]));
		assert_true(missing(&p)->fixable);
		const struct finding *f = missing(&p);
		assert_int_equal(f->edits[f->n_edits - 1].kind, EDIT_FILE);
		assert_int_equal(f->edits[f->n_edits - 1].data.len, all->items[i].bytes.len);
	}
	assert_int_equal(session_prefer_package(p.s, &all->items[1], NULL), 0);
	assert_int_equal(p.s->options.n_preferred, 0);
	assert_false(missing(&p)->fixable);
	end(&p);
}

/* Where a file goes is worked out once: that reads the whole $MFT. */
static void test_worked_out_once(void **state)
{
	static const char *const again[] = {"kvm-virtio-blk", "physical-ahci"};
	struct packs p;
	struct err err = {0};
	(void)state;
	begin(&p);
	uint64_t before = image_stats(p.s->image).bytes;
	assert_int_equal(session_add_drivers(p.s, p.a, &err), 0);
	uint64_t first = image_stats(p.s->image).bytes - before;
	assert_int_equal(session_stage_all(p.s, &err), 1);
	assert_int_equal(session_set_targets(p.s, again, 2, &err), 0);
	assert_string_equal(session_undo_stage(p.s, &err), "viostor");
	assert_int_equal(session_stage_all(p.s, &err) > 0, true);
	uint64_t later = image_stats(p.s->image).bytes - before - first;
	if (later > 4 * first) /* four rebuilds, each of which looks at the disk as it would be */
		fail_msg("%llu bytes for the offer, %llu for what followed",
			 (unsigned long long)first, (unsigned long long)later);
	end(&p);
}

/* The image is opened again after an apply: what was said is the session's own. */
static void test_kept_over_an_apply(void **state)
{
	struct packs p;
	struct review review;
	struct result result;
	struct err err = {0};
	(void)state;
	begin(&p);
	assert_int_equal(session_add_drivers(p.s, p.a, NULL), 0);
	assert_int_equal(session_add_drivers(p.s, p.b, NULL), 0);
	assert_int_equal(session_prefer_package(p.s, &session_packages(p.s, NULL)->items[1], NULL),
			 0);
	assert_int_equal(session_stage_all(p.s, NULL), 1);
	assert_int_equal(session_review(p.s, &review, NULL), 0);
	int rc = session_apply(p.s, &review, NULL, NULL, &result, &err);
	review_free(&review);
	assert_int_equal(rc, 0);
	assert_string_equal(p.s->options.drivers[1], p.b);
	assert_true(session_prefers_package(p.s, &session_packages(p.s, NULL)->items[1]));
	assert_null(missing(&p));
	assert_int_equal(session_undo_written(p.s, NULL, NULL, &result, NULL), 0);
	assert_true(missing(&p)->fixable);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_place),
		cmocka_unit_test(test_one_of_two),
		cmocka_unit_test(test_kept_over_an_apply),
		cmocka_unit_test(test_worked_out_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
