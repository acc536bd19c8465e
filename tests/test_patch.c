/* SPDX-License-Identifier: MIT */
/*
 * The way down on real fixture disks: random edits of a hive copy become a list of sectors; that
 * list, written by plain pwrite into a copy of the image, must make ntfscat (over qemu-img's raw
 * copy) read exactly the edited hive, and no byte outside the list may differ.
 */
#include "test.h"

#include <fcntl.h>
#include <stdbool.h>

#include "stop7b/ntfs.h"
#include "stop7b/patch.h"
#include "src/change/sector_set.h"

#define HIVE      "Windows/System32/config/SYSTEM"
#define MBR_TABLE 446u

#define JOIN_MAX 16u /* bytes that stay, between two that change */

struct fixture {
	char dir[TEST_PATH], path[TEST_PATH + 16];
	struct arena *arena;
	uint8_t *before; /* the image file */
	size_t before_len;
	struct image *image;
	struct ntfs *volume;
	struct ntfs_file *file;
	uint64_t start, size; /* partition, bytes */
	uint8_t *clean, *edited;
	size_t len;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	test_scratch(x->dir);
	snprintf(x->path, sizeof(x->path), "%s/disk.vhd", x->dir);
	x->arena = arena_new();
	*state = x;
	return 0;
}

static void close_image(struct fixture *x)
{
	ntfs_file_close(x->file);
	ntfs_close(x->volume);
	image_close(x->image);
	x->file = NULL;
	x->volume = NULL;
	x->image = NULL;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;
	close_image(x);
	free(x->before);
	free(x->clean);
	free(x->edited);
	arena_free(x->arena);
	test_scratch_remove(x->dir);
	free(x);
	return 0;
}

/* Try the MBR's partitions for the one that holds the hive. */
static void open_hive(struct fixture *x)
{
	uint8_t sector[512];
	struct err err = {0};
	x->image = image_open(x->path, NULL, &err);
	if (!x->image)
		fail_msg("%s", err.text);
	assert_int_equal(image_read(x->image, 0, sector, sizeof(sector), &err), 0);
	for (unsigned i = 0; i < 4 && !x->file; i++) {
		const struct span entry = {sector + MBR_TABLE + 16 * i, 16};
		x->start = 512ull * le32(entry, 8);
		x->size = 512ull * le32(entry, 12);
		x->volume = x->start ? ntfs_open(x->image, x->start, x->size, NULL) : NULL;
		if (x->volume)
			x->file = ntfs_file_open(x->volume, HIVE, NULL);
		if (x->file)
			return;
		ntfs_close(x->volume);
		x->volume = NULL;
	}
	fail_msg("no hive in %s", x->path);
}

/* A copy of a fixture disk, opened, its hive in clean and edited. Skips when there is none. */
static void use(struct fixture *x, const char *name)
{
	const char *images = getenv("S7B_IMAGES");
	char path[TEST_PATH];
	snprintf(path, sizeof(path), "%s/%s", images ? images : "", name);
	if (!images || access(path, R_OK) < 0)
		skip();
	x->before = test_read(path, &x->before_len);
	test_write(x->path, x->before, x->before_len);
	open_hive(x);
	x->len = (size_t)ntfs_file_size(x->file);
	x->clean = malloc(x->len);
	x->edited = malloc(x->len);
	assert_int_equal(ntfs_file_read(x->file, 0, x->clean, x->len, NULL), 0);
	memcpy(x->edited, x->clean, x->len);
}

static int map_ntfs(void *file, uint64_t off, uint64_t len, uint64_t *vol_off, uint64_t *run,
		    struct err *err)
{
	return ntfs_file_map(file, off, len, vol_off, run, err);
}

static struct patch_hive source_of(const struct fixture *x, const struct patch_mark *marks,
				   size_t n)
{
	return (struct patch_hive){
		x->start, {x->file, map_ntfs},     {x->clean, x->len}, {x->edited, x->len}, marks,
		n,        SAID("hive bookkeeping")};
}

static int patch_hive_of(struct fixture *x, const struct patch_hive *source, struct patch *out,
			 struct err *err)
{
	const struct patch_request request = {.hives = source, .n_hives = 1};
	return patch_build(x->image, &request, x->arena, out, err);
}

static int build(struct fixture *x, struct patch *out, struct err *err)
{
	const struct patch_hive source = source_of(x, NULL, 0);
	return patch_hive_of(x, &source, out, err);
}

static void write_list(const struct fixture *x, const struct write_list *list)
{
	int fd = open(x->path, O_WRONLY);
	assert_true(fd >= 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct write *w = &list->items[i];
		assert_int_equal(pwrite(fd, w->new_bytes, w->len, (off_t)w->off), w->len);
	}
	close(fd);
}

/* ---- checks that do not ask the code under test ---- */

static __attribute__((format(printf, 1, 2))) int run(const char *fmt, ...)
{
	char command[4 * TEST_PATH];
	va_list args;
	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	return system(command);
}

static void check_with_ntfscat(const struct fixture *x)
{
	char raw[TEST_PATH + 32], volume[TEST_PATH + 32], out[TEST_PATH + 32];
	size_t len;
	if (run("command -v ntfscat >/dev/null && command -v qemu-img >/dev/null") != 0)
		return;
	snprintf(raw, sizeof(raw), "%s/raw", x->dir);
	snprintf(volume, sizeof(volume), "%s/volume", x->dir);
	snprintf(out, sizeof(out), "%s/SYSTEM", x->dir);
	assert_int_equal(run("qemu-img convert -f vpc -O raw '%s' '%s'", x->path, raw), 0);
	uint8_t *disk = test_read(raw, &len);
	assert_true(x->start + x->size <= len);
	test_write(volume, disk + x->start, x->size);
	free(disk);
	assert_int_equal(run("ntfscat -f '%s' '%s' >'%s' 2>'%s.err'", volume, HIVE, out, out), 0);
	uint8_t *hive = test_read(out, &len);
	assert_int_equal(len, x->len);
	assert_memory_equal(hive, x->edited, len);
	free(hive);
}

/* Outside the list nothing differs; inside stand the old bytes before and the new ones after. */
static void check_image(const struct fixture *x, const struct patch *p)
{
	size_t len, at = 0;
	uint8_t *after = test_read(x->path, &len);
	assert_int_equal(len, x->before_len);
	for (size_t i = 0; i < p->sectors.n; i++) {
		const struct write *w = &p->sectors.items[i];
		assert_int_equal(w->off % PATCH_SECTOR, 0);
		assert_int_equal(w->len, PATCH_SECTOR);
		assert_true(w->off >= at);
		assert_memory_equal(after + at, x->before + at, w->off - at);
		assert_memory_equal(w->old_bytes, x->before + w->off, w->len);
		assert_memory_equal(w->new_bytes, after + w->off, w->len);
		assert_memory_not_equal(w->old_bytes, w->new_bytes, w->len);
		assert_true(w->what.plain && w->what.plain[0]);
		at = w->off + w->len;
	}
	assert_memory_equal(after + at, x->before + at, len - at);
	free(after);
}

/* The ranges are the difference: no byte missing, few between two that stay, each at its four addresses. */
static void check_ranges(const struct fixture *x, const struct patch *p)
{
	size_t len, at = 0, differ = 0;
	uint8_t *after = test_read(x->path, &len);
	for (size_t i = 0; i < p->n; i++) {
		const struct patch_range *r = &p->ranges[i];
		assert_true(r->len > 0 && r->hive_at >= at && r->hive_at + r->len <= x->len);
		assert_memory_equal(x->edited + at, x->clean + at, r->hive_at - at);
		size_t changed = 0, same = 0;
		for (size_t j = 0; j < r->len; j++) {
			bool differs = r->old_bytes[j] != r->new_bytes[j];
			changed += differs;
			same = differs ? 0 : same + 1;
			assert_true(same <= JOIN_MAX);
		}
		assert_int_equal(r->changed, changed);
		assert_memory_equal(r->old_bytes, x->clean + r->hive_at, r->len);
		assert_memory_equal(r->new_bytes, x->edited + r->hive_at, r->len);
		assert_memory_equal(x->before + r->file_at, r->old_bytes, r->len);
		assert_memory_equal(after + r->file_at, r->new_bytes, r->len);
		assert_int_equal(r->disk_at, x->start + r->volume_at);
		at = r->hive_at + r->len;
		differ += r->changed;
	}
	assert_memory_equal(x->edited + at, x->clean + at, x->len - at);
	assert_int_equal(p->value_bytes + p->other_bytes, differ);
	free(after);
}

static void apply_and_check(struct fixture *x, struct patch *p)
{
	struct err err = {0};
	if (build(x, p, &err) < 0)
		fail_msg("%s", err.text);
	write_list(x, &p->sectors);
	check_image(x, p);
	check_ranges(x, p);
	check_with_ntfscat(x);
}

/* ---- tests ---- */

static void edit_at_random(struct fixture *x, unsigned seed)
{
	x->edited[0] ^= 1; /* both ends, and one long stretch */
	x->edited[x->len - 1] ^= 0x80;
	for (size_t i = x->len / 2; i < x->len / 2 + 9000 && i < x->len; i++)
		x->edited[i] ^= 0xff;
	for (unsigned n = 0; n < 200; n++) {
		size_t at = (size_t)rand_r(&seed) % x->len,
		       run_len = 1 + (size_t)rand_r(&seed) % 20;
		for (size_t i = at; i < at + run_len && i < x->len; i++)
			x->edited[i] = (uint8_t)rand_r(&seed);
	}
}

static void random_edits(struct fixture *x, const char *name)
{
	struct patch p;
	use(x, name);
	edit_at_random(x, 11);
	apply_and_check(x, &p);
	assert_true(p.n > 100);
}

static void on_a_dynamic_disk(void **state)
{
	random_edits(*state, "win7-mbr-dynamic.vhd");
}

static void on_a_fixed_disk(void **state)
{
	random_edits(*state, "win7-mbr-fixed.vhd");
}

/* Edits everywhere cross every run border of the file and every block border of the disk. */
static void on_a_fragmented_hive(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	use(x, "hive-fragmented.vhd");
	for (size_t i = 0; i < x->len; i++)
		x->edited[i] ^= 0x3c;
	apply_and_check(x, &p);
	assert_true(p.n > 1);
	assert_true(p.sectors.n >= x->len / PATCH_SECTOR);
}

static void nothing_changed_nothing_written(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	use(x, "win7-mbr-dynamic.vhd");
	assert_int_equal(build(x, &p, NULL), 0);
	assert_int_equal(p.n, 0);
	assert_int_equal(p.sectors.n, 0);
	assert_int_equal(p.value_bytes + p.other_bytes, 0);
}

/* Marks cut stretches, name them, and divide values from bookkeeping. */
static void marks_divide_and_name(void **state)
{
	struct fixture *x = *state;
	static const struct patch_mark marks[] = {{1000, 4, SAID("msahci Start"), true},
						  {1004, 4, SAID("atapi Start"), true},
						  {4, 8, SAID(""), false}};
	struct patch p;
	use(x, "win7-mbr-dynamic.vhd");
	for (size_t i = 998; i < 1010; i++)
		x->edited[i] ^= 1;
	x->edited[5] ^= 1;
	const struct patch_hive source = source_of(x, marks, 3);
	assert_int_equal(patch_hive_of(x, &source, &p, NULL), 0);
	assert_int_equal(p.n, 5);
	static const struct {
		uint64_t at;
		size_t len;
		const char *what;
		bool value;
	} want[] = {{5, 1, "hive bookkeeping", false},
		    {998, 2, "hive bookkeeping", false},
		    {1000, 4, "msahci Start", true},
		    {1004, 4, "atapi Start", true},
		    {1008, 2, "hive bookkeeping", false}};
	for (size_t i = 0; i < p.n; i++) {
		assert_int_equal(p.ranges[i].hive_at, want[i].at);
		assert_int_equal(p.ranges[i].len, want[i].len);
		assert_string_equal(p.ranges[i].what.plain, want[i].what);
		assert_int_equal(p.ranges[i].value, want[i].value);
	}
	assert_int_equal(p.value_bytes, 8);
	assert_int_equal(p.other_bytes, 5);
	assert_int_equal(p.sectors.n, 2);
	assert_int_equal(p.other_sectors, 2);
	assert_string_equal(p.sectors.items[0].what.plain, "hive bookkeeping");
	assert_string_equal(p.sectors.items[1].what.plain, "msahci Start");
}

static void changed_image_is_refused(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	struct err err = {0};
	use(x, "win7-mbr-dynamic.vhd");
	x->edited[5000] ^= 1;
	assert_int_equal(build(x, &p, &err), 0);
	x->before[p.ranges[0].file_at] ^= 0x40;
	close_image(x);
	test_write(x->path, x->before, x->before_len);
	open_hive(x);
	assert_int_equal(build(x, &p, &err), -1);
	assert_int_equal(err.code, E_CHANGED);
}

static void another_length_is_refused(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	struct err err = {0};
	use(x, "win7-mbr-dynamic.vhd");
	struct patch_hive source = source_of(x, NULL, 0);
	source.edited.len--;
	assert_int_equal(patch_hive_of(x, &source, &p, &err), -1);
	assert_int_equal(err.code, E_MAP);
}

/* Bytes of the disk and of the file join those of the hive, each at its own place. */
static void bytes_of_disk_and_file(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	struct err err = {0};
	uint8_t table[8], footer[4];
	use(x, "win7-mbr-dynamic.vhd");
	struct patch_request request = {.disk.arena = x->arena, .container.arena = x->arena};
	uint64_t at = x->before_len - 300; /* reserved bytes of the footer */
	assert_int_equal(image_read(x->image, MBR_TABLE - 6, table, sizeof(table), NULL), 0);
	assert_int_equal(image_read_file(x->image, at, footer, sizeof(footer), NULL), 0);
	uint8_t becomes[8] = {0xd1, 0xd2, table[2], table[3], 0xd5, 0xd6, table[6], 0xd8};
	const struct write disk = {MBR_TABLE - 6, 8, table, becomes, SAID("disk signature")};
	const struct write container = {at, 4, footer, (const uint8_t *)"stop", SAID("footer")};
	assert_int_equal(writes_add(&request.disk, &disk, NULL), 0);
	assert_int_equal(writes_add(&request.container, &container, NULL), 0);
	x->edited[5000] ^= 1;
	const struct patch_hive source = source_of(x, NULL, 0);
	request.hives = &source;
	request.n_hives = 1;
	assert_int_equal(patch_build(x->image, &request, x->arena, &p, &err), 0);
	assert_int_equal(p.n, 5);
	assert_int_equal(p.ranges[1].hive, 1);
	assert_int_equal(p.ranges[1].disk_at, MBR_TABLE - 6);
	assert_int_equal(p.ranges[1].len, 2);
	assert_int_equal(p.ranges[4].hive, 2);
	assert_int_equal(p.ranges[4].file_at, at);
	assert_int_equal(p.value_bytes, 2 + 2 + 1 + 4);
	assert_int_equal(p.sectors.n, 3);
	write_list(x, &p.sectors);
	close_image(x);
	size_t len;
	uint8_t *after = test_read(x->path, &len);
	assert_int_equal(len, x->before_len);
	assert_memory_equal(after + at, "stop", 4);
	free(after);
	open_hive(x);
	assert_int_equal(image_read(x->image, MBR_TABLE - 6, table, sizeof(table), NULL), 0);
	assert_memory_equal(table, becomes, sizeof(table));
}

static void changed_bytes_are_refused(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	struct err err = {0};
	use(x, "win7-mbr-dynamic.vhd");
	const struct write wrong = {100, 4, (const uint8_t *)"\1\2\3\4", (const uint8_t *)"stop",
				    SAID("boot code")};
	for (unsigned i = 0; i < 2; i++) {
		struct patch_request request = {.disk.arena = x->arena,
						.container.arena = x->arena};
		writes_add(i ? &request.container : &request.disk, &wrong, NULL);
		assert_int_equal(patch_build(x->image, &request, x->arena, &p, &err), -1);
		assert_int_equal(err.code, E_CHANGED);
		err = (struct err){0};
	}
}

static void not_in_place_is_refused(void **state)
{
	struct fixture *x = *state;
	struct patch p;
	struct err err = {0};
	use(x, "hive-compressed.vhd");
	x->edited[100] ^= 1;
	assert_int_equal(build(x, &p, &err), -1);
	assert_int_equal(err.code, E_MAP);
	assert_non_null(strstr(err.text, "hive byte 0x64"));
}

/* A set that grows still finds what it held before, sorted or not. */
static void sectors_are_found_again(void **state)
{
	struct fixture *x = *state;
	struct sector_set set = {.arena = x->arena, .bytes = x->arena};
	struct err err = {0};
	const uint8_t now[PATCH_SECTOR] = {0};
	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t at = (i * 7919 % 1000) * PATCH_SECTOR;
		assert_null(sector_set_find(&set, at));
		assert_non_null(sector_set_add(&set, at, (struct span){now, PATCH_SECTOR}, &err));
		for (uint64_t k = 0; k <= i; k += i / 3 + 1)
			assert_non_null(sector_set_find(&set, (k * 7919 % 1000) * PATCH_SECTOR));
	}
	sector_set_sort(&set);
	for (uint64_t i = 0; i < 1000; i++)
		assert_ptr_equal(sector_set_find(&set, i * PATCH_SECTOR), set.items[i]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(on_a_dynamic_disk),         TEST(on_a_fixed_disk),
		TEST(on_a_fragmented_hive),      TEST(nothing_changed_nothing_written),
		TEST(marks_divide_and_name),     TEST(changed_image_is_refused),
		TEST(another_length_is_refused), TEST(bytes_of_disk_and_file),
		TEST(changed_bytes_are_refused), TEST(not_in_place_is_refused),
		TEST(sectors_are_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
