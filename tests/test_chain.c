/* SPDX-License-Identifier: MIT */
/*
 * Finding the parents of differencing disks: every kind of name, --parent, identifiers, circles,
 * long chains, hostile names. What is read through a chain: test_vhd_child.c; the search for
 * children: test_siblings.c.
 */
#include "chain_test.h"

static uint8_t want[T_DISK];

#define ID_40 "40434649-4c4f-5255-585b-5e6164676a6d"
#define ID_50 "50535659-5c5f-6265-686b-6e7174777a7d"

static struct path child_with(void **state, const char *file_name, struct child c)
{
	struct path p = in_dir(state, file_name);
	make_child(p.s, &c, NULL);
	return p;
}

static void opens_with(const char *path, const struct image_options *options, const char *parent)
{
	struct err err = {0};
	struct image *img = image_open(path, options, &err);
	if (!img)
		fail_msg("%s", err.text);
	const struct image_info *info = image_info(img);
	assert_true(info->n_parents >= 1);
	size_t n = strlen(info->parents[0]), m = strlen(parent);
	if (n < m || strcmp(info->parents[0] + n - m, parent) != 0)
		fail_msg("%s instead of %s", info->parents[0], parent);
	image_close(img);
}

/* ---- names ---- */

static void test_names(void **state)
{
	static const struct {
		const char *relative, *absolute, *name, *found;
	} rows[] = {
		{".\\base.vhd", NULL, NULL, "/base.vhd"},
		{"base.vhd", NULL, NULL, "/base.vhd"},
		{"./base.vhd", NULL, NULL, "/base.vhd"},
		{".\\BASE.VHD", NULL, NULL, "/base.vhd"},
		{".\\Deep\\Folder\\base.vhd", NULL, NULL, "/deep/Folder/base.vhd"},
		{".\\deep\\.\\..\\deep\\\\Folder\\base.vhd", NULL, NULL,
		 "/deep/../deep/Folder/base.vhd"},
		{NULL, "C:\\machines\\base.vhd", NULL, "/base.vhd"},
		{NULL, "C:base.vhd", NULL, "/base.vhd"},
		{NULL, "deep\\Folder\\base.vhd", NULL, "/base.vhd"},
		{NULL, "\\\\server\\share\\Base.vhd", NULL, "/base.vhd"},
		{NULL, "\\\\?\\Volume{0}\\base.vhd", NULL, "/base.vhd"},
		{NULL, "D:\\deep\\Folder\\base.vhd", NULL, "/base.vhd"},
		{NULL, NULL, "C:\\x\\base.vhd", "/base.vhd"},
		{NULL, NULL, "base.vhd", "/base.vhd"},
		{"C:\\no\\base.vhd", NULL, NULL, "/base.vhd"},
		{"\\no\\base.vhd", NULL, NULL, "/base.vhd"},
		{".\\gone.vhd", "C:\\base.vhd", "gone.vhd", "/base.vhd"},
		{".\\gone.vhd", "C:\\gone.vhd", "base.vhd", "/base.vhd"},
		{".\\b\xe9.vhd", NULL, NULL, "/b\xc3\xa9.vhd"},
		{".\\exact.vhd", NULL, NULL, "/exact.vhd"},
	};
	assert_int_equal(mkdir(in_dir(state, "deep").s, 0700), 0);
	assert_int_equal(mkdir(in_dir(state, "deep/Folder").s, 0700), 0);
	make_fixed_base(in_dir(state, "base.vhd").s, 0x40, T_DISK, want);
	make_fixed_base(in_dir(state, "deep/Folder/base.vhd").s, 0x40, T_DISK, want);
	make_fixed_base(in_dir(state, "b\xc3\xa9.vhd").s, 0x40, T_DISK, want);
	make_fixed_base(in_dir(state, "exact.vhd").s, 0x40, T_DISK, want);
	make_fixed_base(in_dir(state, "EXACT.vhd").s, 0x50, T_DISK, want);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct child c = {.parent_id = 0x40,
				  .relative = rows[i].relative,
				  .absolute = rows[i].absolute,
				  .name = rows[i].name};
		opens_with(child_with(state, "child.vhd", c).s, NULL,
			   in_dir(state, rows[i].found + 1).s);
	}
}

/* The second of two names that differ by case only is found when the first does not fit. */
static void test_order(void **state)
{
	make_fixed_base(in_dir(state, "one.vhd").s, 0x50, T_DISK, want);
	make_fixed_base(in_dir(state, "two.vhd").s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .relative = "one.vhd", .absolute = "C:\\two.vhd"};
	opens_with(child_with(state, "child.vhd", c).s, NULL, "/two.vhd");
	c.parent_id = 0x50;
	opens_with(child_with(state, "child.vhd", c).s, NULL, "/one.vhd");
}

/* Names count from the folder where the file lies, not from that of a link to it. */
static void test_link(void **state)
{
	assert_int_equal(mkdir(in_dir(state, "real").s, 0700), 0);
	make_fixed_base(in_dir(state, "real/base.vhd").s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .relative = ".\\base.vhd"};
	struct path p = child_with(state, "real/child.vhd", c), link = in_dir(state, "link.vhd");
	assert_int_equal(symlink(p.s, link.s), 0);
	opens_with(link.s, NULL, "/real/base.vhd");
	c.relative = "..\\real\\base.vhd";
	opens_with(child_with(state, "real/child.vhd", c).s, NULL, "/real/../real/base.vhd");
	char *here = getcwd(NULL, 0);
	assert_int_equal(chdir(in_dir(state, "real").s), 0);
	opens_with("child.vhd", NULL, "/real/../real/base.vhd");
	assert_int_equal(chdir(here), 0);
	free(here);
}

/* ---- not found, not fitting ---- */

static void test_missing(void **state)
{
	struct child c = {.parent_id = 0x40,
			  .relative = ".\\base.vhd",
			  .absolute = "D:\\hyperv\\other.vhd",
			  .name = "D:\\hyperv\\base.vhd"};
	struct path p = child_with(state, "child.vhd", c);
	chain_refused(p.s, NULL, E_PARENT,
		      "the parent disk is missing: wanted base.vhd, unique id " ID_40
		      "; looked at ./base.vhd (cannot be opened (No such file or directory)), "
		      "./other.vhd (cannot be opened (No such file or directory)); named by parent "
		      "locator 2, parent locator 1, VHD dynamic header");
	struct image *ref = image_open_reference(p.s, NULL, NULL);
	assert_null(ref);
	c = (struct child){.parent_id = 0x40};
	chain_refused(child_with(state, "child.vhd", c).s, NULL, E_PARENT,
		      "wanted a disk without a name, unique id " ID_40
		      "; looked at nowhere; named by nothing");
}

static void test_mismatch(void **state)
{
	make_fixed_base(in_dir(state, "base.vhd").s, 0x50, T_DISK, want);
	struct child c = {.parent_id = 0x40, .relative = ".\\base.vhd"};
	struct path p = child_with(state, "child.vhd", c);
	chain_refused(p.s, NULL, E_PARENT,
		      "does not fit: wanted base.vhd, unique id " ID_40
		      "; looked at ./base.vhd (unique id " ID_50 ")");
	write_file(in_dir(state, "base.vhd").s, "no disk", 7);
	chain_refused(p.s, NULL, E_PARENT, "./base.vhd (not a vhd file)");
	remove(in_dir(state, "base.vhd").s);
	assert_int_equal(mkfifo(in_dir(state, "base.vhd").s, 0600), 0);
	chain_refused(p.s, NULL, E_PARENT, "pipe");
}

/* What is wrong with the named parent is said, and with which disk. */
static void test_damaged(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child c = {.parent_id = 0x40, .relative = ".\\base.vhd"};
	struct path p = child_with(state, "child.vhd", c);
	struct bytes b = read_whole(base.s);
	b.p[b.len - 500] ^= 1;
	write_file(base.s, b.p, b.len);
	free(b.p);
	chain_refused(p.s, NULL, E_CORRUPT, "parent ./base.vhd: VHD footer");
	/* identified, but then not to be opened */
	make_dynamic_base(base.s, 0x40, NULL);
	b = read_whole(base.s);
	put_be(b.p + T_TABLE_AT, 7000000, 4);
	write_file(base.s, b.p, b.len);
	free(b.p);
	chain_refused(p.s, NULL, E_CORRUPT, "parent ./base.vhd: VHD block table");
	/* the parent's own parent: the disk at fault is named, not the way to it */
	struct child mid = {.id = 0x40, .parent_id = 0x50, .relative = "gone.vhd"};
	child_with(state, "base.vhd", mid);
	chain_refused(p.s, NULL, E_PARENT, "parent ./base.vhd: the parent disk is missing");
}

static void test_notes(void **state)
{
	struct path base = in_dir(state, "base.vhd");
	struct stat st;
	make_dynamic_base(base.s, 0x40, want);
	assert_int_equal(stat(base.s, &st), 0);
	uint32_t since_2000 = (uint32_t)(st.st_mtime - 946684800);
	struct child c = {.parent_id = 0x40, .relative = "base.vhd", .parent_time = since_2000};
	struct image *img = must_open(child_with(state, "child.vhd", c).s);
	assert_int_equal(image_info(img)->n_notes, 0);
	image_close(img);
	c.parent_time += 1;
	img = must_open(child_with(state, "child.vhd", c).s);
	assert_int_equal(image_info(img)->n_notes, 1);
	assert_true(info_notes(img, "time is not the one"));
	assert_null(image_info(img)->no_writes);
	image_close(img);
	struct bytes b = read_whole(base.s);
	memset(b.p + b.len - 512, 0, 512);
	write_file(base.s, b.p, b.len);
	free(b.p);
	c.parent_time = 0;
	img = must_open(child_with(state, "child.vhd", c).s);
	assert_true(info_notes(img, "parent ./base.vhd: the VHD footer at the end"));
	assert_null(image_info(img)->no_writes); /* the child's own file is sound */
	image_close(img);
}

/* ---- --parent ---- */

static void test_option(void **state)
{
	assert_int_equal(mkdir(in_dir(state, "far").s, 0700), 0);
	struct path far = in_dir(state, "far/any name");
	make_fixed_base(far.s, 0x40, T_DISK, want);
	struct image_options options = {.parent = far.s};
	struct child c = {.id = 1, .parent_id = 0x40, .relative = "gone.vhd"};
	struct path p = child_with(state, "child.vhd", c);
	chain_refused(p.s, NULL, E_PARENT, "missing");
	opens_with(p.s, &options, "/far/any name");
	struct image *ref = image_open_reference(p.s, &options, NULL);
	assert_non_null(ref);
	assert_int_equal(image_info(ref)->n_parents, 1);
	image_close(ref);
	/* it goes before the child's own names */
	c.relative = "base.vhd";
	make_fixed_base(in_dir(state, "base.vhd").s, 0x40, T_DISK, want);
	p = child_with(state, "child.vhd", c);
	opens_with(p.s, &options, "/far/any name");
	/* another disk: the own names are used, and that is said */
	make_fixed_base(far.s, 0x50, T_DISK, want);
	struct image *img = image_open(p.s, &options, NULL);
	assert_non_null(img);
	assert_true(info_notes(img, "is none of this chain"));
	image_close(img);
	/* nothing fits */
	remove(in_dir(state, "base.vhd").s);
	chain_refused(p.s, &options, E_PARENT, "far/any name (unique id " ID_50 ")");
	options.parent = p.s;
	chain_refused(p.s, &options, E_PARENT, "missing");
	struct path nothing = in_dir(state, "nothing");
	options.parent = nothing.s;
	chain_refused(p.s, &options, E_PARENT, "./nothing (cannot be opened");
}

/* The option may mean any disk of the chain. */
static void test_option_deeper(void **state)
{
	assert_int_equal(mkdir(in_dir(state, "far").s, 0700), 0);
	struct path base = in_dir(state, "far/base.vhd"), mid = in_dir(state, "far/mid.vhd");
	struct image_options options = {.parent = base.s};
	make_fixed_base(base.s, 0x40, T_DISK, want);
	struct child m = {.id = 0x50, .parent_id = 0x40, .relative = "gone.vhd"};
	struct child c = {.id = 1, .parent_id = 0x50, .relative = "mid.vhd"};
	child_with(state, "mid.vhd", m);
	struct path p = child_with(state, "child.vhd", c);
	struct image *img = image_open(p.s, &options, NULL);
	assert_non_null(img);
	assert_int_equal(image_info(img)->n_parents, 2);
	assert_string_equal(image_info(img)->parents[1], base.s);
	assert_int_equal(image_info(img)->n_notes, 0);
	check_disk(img, want, T_DISK);
	image_close(img);
	/* the middle one elsewhere, its parent found from there */
	remove(in_dir(state, "mid.vhd").s);
	m.relative = "base.vhd";
	child_with(state, "far/mid.vhd", m);
	options.parent = mid.s;
	img = image_open(p.s, &options, NULL);
	assert_non_null(img);
	assert_int_equal(image_info(img)->n_parents, 2);
	assert_string_equal(image_info(img)->parents[0], mid.s);
	assert_int_equal(image_info(img)->n_notes, 0);
	image_close(img);
}

/* ---- circles and length ---- */

static void test_circles(void **state)
{
	struct child a = {.id = 0x40, .parent_id = 0x50, .relative = "b.vhd"};
	struct child b = {.id = 0x50, .parent_id = 0x40, .relative = "a.vhd"};
	struct path p = child_with(state, "a.vhd", a);
	child_with(state, "b.vhd", b);
	chain_refused(p.s, NULL, E_PARENT, "comes back");
	struct child self = {.id = 0x40, .parent_id = 0x40, .relative = "a.vhd"};
	child_with(state, "a.vhd", self);
	chain_refused(p.s, NULL, E_PARENT, "comes back");
	self.parent_id = 0x50;
	child_with(state, "a.vhd", self);
	chain_refused(p.s, NULL, E_PARENT, "./a.vhd (unique id " ID_40 ")");
	/* through another name of the same file */
	self = (struct child){.id = 0x40, .parent_id = 0x40, .relative = "link.vhd"};
	child_with(state, "a.vhd", self);
	assert_int_equal(link(p.s, in_dir(state, "link.vhd").s), 0);
	chain_refused(p.s, NULL, E_PARENT, "comes back");
}

static void test_length(void **state)
{
	char name[32], parent[32];
	struct path p = in_dir(state, "d0.vhd");
	make_fixed_base(p.s, 0, T_DISK, want);
	for (uint8_t depth = 1; depth < 66; depth++) {
		snprintf(name, sizeof(name), "d%u.vhd", depth);
		snprintf(parent, sizeof(parent), "d%u.vhd", depth - 1);
		struct child c = {.id = depth,
				  .parent_id = depth - 1,
				  .own = UINT64_C(1) << depth % 35,
				  .relative = parent,
				  .seed = depth};
		p = in_dir(state, name);
		make_child(p.s, &c, depth < 64 ? want : NULL);
	}
	struct image *img = must_open(in_dir(state, "d63.vhd").s);
	assert_int_equal(image_info(img)->n_parents, 63);
	assert_non_null(strstr(image_info(img)->parents[62], "/d0.vhd"));
	check_piece(img, want, 0, T_DISK);
	image_close(img);
	chain_refused(in_dir(state, "d64.vhd").s, NULL, E_PARENT, "more than 64 disks");
	chain_refused(p.s, NULL, E_PARENT, "more than 64 disks");
}

/* Chains that branch in every name cost one look per name, not one chain. */
static void test_no_explosion(void **state)
{
	char name[32], parent[32];
	for (uint8_t depth = 0; depth < 40; depth++) {
		snprintf(name, sizeof(name), "d%u.vhd", depth);
		snprintf(parent, sizeof(parent), "d%u.vhd", depth + 1);
		struct child c = {
			.id = depth, .parent_id = 0xf0, .relative = parent, .absolute = parent};
		child_with(state, name, c);
	}
	chain_refused(in_dir(state, "d0.vhd").s, NULL, E_PARENT, "does not fit");
}

/* ---- hostile names ---- */

static void refused_names(void **state, const uint8_t *f, size_t len)
{
	struct path p = in_dir(state, "child.vhd");
	write_file(p.s, f, len);
	struct err err = {0};
	struct image *img = image_open(p.s, NULL, &err);
	assert_null(img);
	assert_int_equal(err.code, E_PARENT);
}

static void test_hostile(void **state)
{
	static uint8_t f[C_LEN_MAX];
	static const char *const names[] = {
		"",         ".",       "..", "\\",        "..\\",
		"a\\..",    ":",       "C:", "a\x1b.vhd", "..\\..\\..\\..\\..",
		"\\\\\\\\", "a/../..",
	};
	char text[240];
	make_fixed_base(in_dir(state, "base.vhd").s, 0x40, T_DISK, want);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct child c = {.parent_id = 0x40,
				  .relative = names[i],
				  .absolute = names[i],
				  .name = names[i]};
		refused_names(state, f, build_child(f, &c));
	}
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct child c = {.parent_id = 0x40, .relative = text, .absolute = "x", .name = "y"};
	refused_names(state, f, build_child(f, &c));
	static const struct {
		unsigned field, n;
		uint64_t value;
	} locators[] = {{8, 4, 0},     {8, 4, 0xffffffff}, {16, 8, UINT64_MAX}, {16, 8, C_LEN_MAX},
			{8, 4, 70000}, {0, 4, 0x4d616358}, {8, 4, 1},           {16, 8, INT64_MAX}};
	for (size_t i = 0; i < sizeof(locators) / sizeof(locators[0]); i++) {
		c = (struct child){.parent_id = 0x40, .absolute = "base.vhd"};
		size_t len = build_child(f, &c);
		put_be(f + T_HEADER_AT + 576 + locators[i].field, locators[i].value, locators[i].n);
		vhd_sum(f + T_HEADER_AT, 1024, 36);
		refused_names(state, f, len);
	}
	/* a lone surrogate, and an odd length whose last byte is not used */
	c = (struct child){.parent_id = 0x40, .absolute = "base.vhd"};
	size_t len = build_child(f, &c);
	f[C_LOCATOR_2 + 1] = 0xd8;
	refused_names(state, f, len);
	len = build_child(f, &c);
	put_be(f + T_HEADER_AT + 576 + 8, 17, 4);
	vhd_sum(f + T_HEADER_AT, 1024, 36);
	write_file(in_dir(state, "child.vhd").s, f, len);
	opens_with(in_dir(state, "child.vhd").s, NULL, "/base.vhd");
}

/* The longest name that a locator may have, all of it parts of a path. */
static void test_long_locator(void **state)
{
	size_t name = 32767 * 2, len = 131072 + 512;
	uint8_t *f = calloc(1, len);
	assert_non_null(f);
	static uint8_t small[C_LEN_MAX];
	struct child c = {.parent_id = 0x40, .relative = "x"};
	size_t n = build_child(small, &c);
	memcpy(f, small, 3072);
	for (size_t i = 0; i < name; i += 4) {
		f[16384 + i] = '.';
		f[16384 + i + 2] = '\\';
	}
	put_be(f + T_HEADER_AT + 576 + 24 + 8, name, 4);
	put_be(f + T_HEADER_AT + 576 + 24 + 16, 16384, 8);
	vhd_sum(f + T_HEADER_AT, 1024, 36);
	memcpy(f + len - 512, small + n - 512, 512);
	refused_names(state, f, len);
	for (size_t i = 0; i < name; i += 2)
		f[16384 + i] = i % 4 ? '\\' : 'd';
	refused_names(state, f, len);
	free(f);
}

/* A pair made by Windows, of which the parent is gone. */
static void test_windows_child(void **state)
{
	struct path child = in_dir(state, "snapshot.vhd");
	if (!get_data("vhd/dfvfs/ntfs-differential.vhd.xz", child.s))
		skip();
	chain_refused(child.s, NULL, E_PARENT,
		      "wanted ntfs-parent.vhd, unique id e7ea9200-8493-954e-a816-9572339be931");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_names),   CASE(test_order),        CASE(test_link),
		CASE(test_missing), CASE(test_mismatch),     CASE(test_damaged),
		CASE(test_notes),   CASE(test_option),       CASE(test_option_deeper),
		CASE(test_circles), CASE(test_length),       CASE(test_no_explosion),
		CASE(test_hostile), CASE(test_long_locator), CASE(test_windows_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
