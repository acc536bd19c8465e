/* SPDX-License-Identifier: MIT */
/*
 * A Windows is looked at without reading all of its hive, and says the same as when all was read. The
 * rest is there before anybody compares or edits it, and a hive that was changed meanwhile, or a piece
 * that cannot be read, is not passed over.
 */
#include "test.h"

#include <fcntl.h>
#include <unistd.h>

#include "src/session/session_internal.h"
#include "src/session/session_pieces.h"

#define DISK   "big-system32" /* its hive has 16 MB; for TARGET nothing is to be repaired */
#define TARGET "vmware-lsi-sas"

struct disk {
	char dir[TEST_PATH], path[TEST_PATH + 32];
	struct session *s;
	struct hive_file *f;
};

static bool disk_open(struct disk *d)
{
	char from[TEST_PATH];
	const char *images = getenv("S7B_IMAGES");
	size_t len;
	struct err err = {0};
	static const char *const targets[] = {TARGET};
	const struct session_options options = {.targets = targets, .n_targets = 1};
	snprintf(from, sizeof(from), "%s/" DISK ".vhd", images ? images : "");
	if (access(from, R_OK) < 0)
		return false;
	test_scratch(d->dir);
	snprintf(d->path, sizeof(d->path), "%s/disk.vhd", d->dir);
	uint8_t *bytes = test_read(from, &len);
	test_write(d->path, bytes, len);
	free(bytes);
	d->s = session_open(d->path, &options, NULL, NULL, &err);
	assert_non_null(d->s);
	assert_true(d->s->chosen && d->s->chosen->readable);
	d->f = d->s->chosen->system;
	return true;
}

static void disk_close(struct disk *d)
{
	session_close(d->s);
	test_scratch_remove(d->dir);
}

/* All of the file, as another handle reads it. */
static struct span whole_file(struct disk *d, struct arena *arena)
{
	struct span all;
	assert_int_equal(session_file_bytes(d->s, d->f->partition->number, d->f->path, HIVE_MAX,
					    arena, &all, NULL),
			 0);
	return all;
}

static void looks_without_reading_all(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	struct install inst;
	if (!disk_open(&d))
		skip();
	struct arena *arena = arena_new();
	struct span all = whole_file(&d, arena);
	assert_non_null(d.f->hive.source.fetch);
	assert_int_equal(d.f->clean.len, all.len);
	assert_true(memcmp(d.f->clean.p, all.p, all.len) != 0);
	assert_ptr_equal(session_hive(d.s, NULL, &err), d.f);
	assert_null(d.f->hive.source.fetch);
	assert_memory_equal(d.f->clean.p, all.p, all.len);
	assert_int_equal(install_read(&d.f->hive, arena, &inst, &err), 0);
	assert_int_equal(inst.n_sets, d.s->chosen->install.n_sets);
	for (size_t i = 0; i < inst.n_sets; i++)
		assert_int_equal(inst.sets[i].n, d.s->chosen->install.sets[i].n);
	arena_free(arena);
	disk_close(&d);
}

/* Where the image file has the hive's first bytes: the container stores them as they are. */
static off_t place_of_base(const struct disk *d)
{
	size_t len;
	uint8_t *bytes = test_read(d->path, &len);
	const uint8_t *at = memmem(bytes, len, d->f->clean.p, 512);
	assert_non_null(at);
	off_t off = at - bytes;
	free(bytes);
	return off;
}

static void sees_another_hive(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	if (!disk_open(&d))
		skip();
	int fd = open(d.path, O_WRONLY);
	assert_int_equal(pwrite(fd, "\377\377", 2, place_of_base(&d) + 4), 2);
	close(fd);
	assert_null(session_hive(d.s, NULL, &err));
	assert_int_equal(err.code, E_CHANGED);
	disk_close(&d);
}

static void says_what_it_cannot_read(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	if (!disk_open(&d))
		skip();
	assert_false(pieces_failed(d.f->pieces));
	assert_int_equal(truncate(d.path, place_of_base(&d) + (1 << 20)), 0);
	assert_null(session_hive(d.s, NULL, &err));
	assert_true(err.code != E_OK);
	assert_true(pieces_failed(d.f->pieces));
	assert_non_null(d.f->hive.source.fetch);
	disk_close(&d);
}

static void refuses_what_is_outside(void **state)
{
	(void)state;
	struct disk d;
	struct err err = {0};
	if (!disk_open(&d))
		skip();
	uint64_t size = d.f->clean.len;
	assert_int_equal(pieces_need(d.f->pieces, size - 1, 1, &err), 0);
	assert_int_equal(pieces_need(d.f->pieces, size - 1, 2, &err), -1);
	assert_int_equal(err.code, E_CORRUPT);
	assert_int_equal(pieces_need(d.f->pieces, UINT64_MAX, 2, NULL), -1);
	assert_int_equal(pieces_need(d.f->pieces, 0, 0, NULL), -1);
	disk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_without_reading_all),
		cmocka_unit_test(sees_another_hive),
		cmocka_unit_test(says_what_it_cannot_read),
		cmocka_unit_test(refuses_what_is_outside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
