/* SPDX-License-Identifier: MIT */
/*
 * Children of a disk among the files of its folder: by identifier, by name, and what is no child.
 */
#include "chain_test.h"

static uint8_t want[T_DISK];

static struct path child_with(void **state, const char *file_name, struct child c)
{
	struct path p = in_dir(state, file_name);
	make_child(p.s, &c, NULL);
	return p;
}

static int children(const char *path, const char *expected)
{
	const char *child = "unset";
	struct err err = {0};
	struct arena *arena = arena_new();
	int rc = image_has_children(path, arena, &child, &err);
	if (rc < 0)
		assert_int_not_equal(err.code, E_OK);
	if (rc > 0)
		assert_string_equal(child, expected);
	else
		assert_null(child);
	arena_free(arena);
	return rc;
}

static void test_children(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	make_fixed_base(base.s, 0x40, T_DISK, want);
	make_fixed_base(in_dir(state, "copy.vhd").s, 0x40, T_DISK, want);
	assert_int_equal(children(base.s, NULL), 0);
	struct child c = {.id = 1, .parent_id = 0x50, .relative = "elsewhere.vhd"};
	struct path p = child_with(state, "child", c);
	assert_int_equal(children(base.s, NULL), 0);
	assert_int_equal(children(p.s, NULL), 0);
	c.parent_id = 0x40; /* by id */
	child_with(state, "child", c);
	assert_int_equal(children(base.s, "child"), 1);
	assert_int_equal(children(p.s, NULL), 0);
	c = (struct child){
		.id = 1, .parent_id = 0x50, .absolute = "C:\\old\\BASE.vhd"}; /* by name */
	child_with(state, "child", c);
	assert_int_equal(children(base.s, "child"), 1);
	c = (struct child){.id = 1, .parent_id = 0x50, .name = "base.vhd"};
	child_with(state, "child", c);
	assert_int_equal(children(base.s, "child"), 1);
	/* from another folder, through a link */
	struct path link = in_dir(state, "sub/link.vhd");
	assert_int_equal(mkdir(in_dir(state, "sub").s, 0700), 0);
	assert_int_equal(symlink(base.s, link.s), 0);
	assert_int_equal(children(link.s, "child"), 1);
	/* a damaged child cannot be asked */
	assert_int_equal(truncate(p.s, 600), 0);
	assert_int_equal(children(base.s, NULL), 0);
	/* a chain: the middle one is a parent too */
	c = (struct child){.id = 0x50, .parent_id = 0x40};
	p = child_with(state, "child", c);
	struct child d = {.id = 0x60, .parent_id = 0x50};
	child_with(state, "g\x1bnd", d);
	assert_int_equal(children(p.s, "g\\x1bnd"), 1);
}

/* Things in the folder that are no files must not be touched. */
static void test_children_others(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	make_fixed_base(base.s, 0x40, T_DISK, want);
	assert_int_equal(mkfifo(in_dir(state, "pipe").s, 0600), 0);
	assert_int_equal(mkdir(in_dir(state, "dir").s, 0700), 0);
	assert_int_equal(symlink("nowhere", in_dir(state, "broken").s), 0);
	write_file(in_dir(state, "empty").s, "", 0);
	write_file(in_dir(state, "text").s, "conectix", 8);
	assert_int_equal(children(base.s, NULL), 0);
	assert_int_equal(children(in_dir(state, "missing").s, NULL), -1);
	uint8_t raw[512] = {[510] = 0x55, [511] = 0xaa};
	write_file(in_dir(state, "raw").s, raw, sizeof(raw));
	assert_int_equal(children(in_dir(state, "raw").s, NULL), 0);
	assert_int_equal(children(in_dir(state, "text").s, NULL), -1);
}

static void test_children_limit(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	char name[32];
	make_fixed_base(base.s, 0x40, T_DISK, want);
	for (unsigned i = 0; i < 4100; i++) {
		snprintf(name, sizeof(name), "%u", i);
		write_file(in_dir(state, name).s, "", 0);
	}
	assert_int_equal(children(base.s, NULL), -1);
}

static void test_windows_pair(void **state)
{
	struct path child = in_dir(state, "snapshot.vhd"),
		    parent = in_dir(state, "ntfs-parent.vhd");
	if (!get_data("vhd/dfvfs/ntfs-differential.vhd.xz", child.s) ||
	    !get_data("vhd/dfvfs/ntfs-parent.vhd.xz", parent.s))
		skip();
	assert_int_equal(children(parent.s, "snapshot.vhd"), 1);
	assert_int_equal(children(child.s, NULL), 0);
}

/* Only a differencing disk is a child, whatever its header still says. */
static void test_dynamic(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	make_fixed_base(base.s, 0x40, T_DISK, want);
	make_dynamic(file, disk);
	set_id(file + T_HEADER_AT + 40, 0x40);
	header_changed();
	write_file(in_dir(state, "dynamic.vhd").s, file, T_LEN);
	assert_int_equal(children(base.s, NULL), 0);
}

/* A file is not its own child, under none of its names. */
static void test_self(void **state)
{
	struct child self = {.id = 0x40, .parent_id = 0x40, .relative = "link.vhd"};
	struct path p = child_with(state, "a.vhd", self);
	assert_int_equal(link(p.s, in_dir(state, "link.vhd").s), 0);
	assert_int_equal(children(p.s, NULL), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_children),       CASE(test_children_others),
		CASE(test_children_limit), CASE(test_windows_pair),
		CASE(test_self),           CASE(test_dynamic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
