/* SPDX-License-Identifier: MIT */
/*
 * What tests of image_place() on VHDs share: one call with all that belongs to it, carried out on
 * the file with plain writes and taken back; the disk against a model, which is an array of bytes,
 * as stop7b and another program read it.
 */
#ifndef PLACE_TEST_H
#define PLACE_TEST_H

#include "chain_test.h"

#include <inttypes.h>

#define S_MAX C_SECTORS

UNUSED_OK static uint8_t want[T_DISK];

/* One call of image_place() and all that belongs to it. */
struct job {
	struct placement placed; /* of the last place() */
	struct image *img;
	struct arena *arena;
	struct write sectors[S_MAX];
	uint64_t file_off[S_MAX];
	size_t n;
	struct write_list all; /* the container's own bytes, then the content too */
	uint64_t old_length, length;
	struct bytes before;
};

UNUSED_OK static void add_sector(struct job *j, unsigned sector, uint8_t seed)
{
	uint8_t *old = arena_alloc(j->arena, 512, NULL), *new = arena_alloc(j->arena, 512, NULL);
	assert_true(old && new);
	memcpy(old, want + sector * 512, 512);
	for (unsigned i = 0; i < 512; i++)
		new[i] = (uint8_t)(seed * 37 + i * 11 + i / 256);
	memcpy(want + sector * 512, new, 512);
	j->sectors[j->n++] = (struct write){sector * 512, 512, old, new, "content"};
}

UNUSED_OK static struct job begin(const char *path)
{
	struct job j = {.img = must_open(path), .arena = arena_new(), .before = read_whole(path)};
	assert_non_null(j.arena);
	j.all.arena = j.arena;
	j.old_length = j.length = j.before.len;
	return j;
}

UNUSED_OK static void end_job(struct job *j)
{
	image_close(j->img);
	arena_free(j->arena);
	free(j->before.p);
}

UNUSED_OK static int place(struct job *j, struct err *err)
{
	j->placed = (struct placement){.extra = &j->all, .file_length = j->length};
	int rc = image_place(j->img, j->sectors, j->n, j->file_off, &j->placed, err);
	j->length = j->placed.file_length;
	return rc;
}

/* The container's old bytes must be those of the file, zeros behind its end. */
UNUSED_OK static void check_old(const struct job *j)
{
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		assert_true(w->what[0] != 0 && w->off + w->len <= j->length);
		for (size_t b = 0; b < w->len; b++) {
			uint64_t at = w->off + b;
			uint8_t old = at < j->before.len ? j->before.p[at] : 0;
			if (w->old_bytes[b] != old)
				fail_msg("%s: wrong old byte at 0x%" PRIx64, w->what, at);
		}
	}
}

/* Content joins the list, its old bytes taken from the file. Nothing may overlap. */
UNUSED_OK static void add_content(struct job *j)
{
	struct err err = {0};
	for (size_t i = 0; i < j->n; i++) {
		uint8_t old[512] = {0};
		struct write w = {j->file_off[i], 512, old, j->sectors[i].new_bytes, "content"};
		assert_true(w.off + 512 <= j->length);
		if (w.off < j->before.len)
			memcpy(old, j->before.p + w.off, 512);
		assert_int_equal(writes_add(&j->all, &w, &err), 0);
	}
	if (writes_sort(&j->all, &err) < 0)
		fail_msg("%s", err.text);
}

UNUSED_OK static void write_all(const char *path, const struct job *j, bool back)
{
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)(back ? j->old_length : j->length)), 0);
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		size_t len = w->len;
		if (back && w->off >= j->old_length)
			continue;
		assert_int_equal(pwrite(fd, back ? w->old_bytes : w->new_bytes, len, (off_t)w->off),
				 (ssize_t)len);
	}
	close(fd);
}

UNUSED_OK static void carry_out(const char *path, struct job *j)
{
	struct err err = {0};
	if (place(j, &err) < 0)
		fail_msg("%s", err.text);
	check_old(j);
	add_content(j);
	write_all(path, j, false);
}

UNUSED_OK static void take_back(const char *path, const struct job *j)
{
	write_all(path, j, true);
	struct bytes now = read_whole(path);
	assert_int_equal(now.len, j->before.len);
	assert_memory_equal(now.p, j->before.p, now.len);
	free(now.p);
}

UNUSED_OK static const struct write *write_of(const struct job *j, const char *what)
{
	for (size_t i = 0; i < j->all.n; i++)
		if (strncmp(j->all.items[i].what, what, strlen(what)) == 0)
			return &j->all.items[i];
	return NULL;
}

typedef int other_reader(const char *vhd, const char *raw);

UNUSED_OK static int by_qemu(const char *vhd, const char *raw)
{
	return run("qemu-img convert -f vpc -O raw '%s' '%s'", vhd, raw);
}

UNUSED_OK static int by_7zz(const char *vhd, const char *raw)
{
	return run("7zz e -so -tVHD '%s' > '%s' 2>/dev/null", vhd, raw);
}

/* The model against stop7b and another program, which writes the disk into a file. */
UNUSED_OK static void check_all(const char *path, other_reader *reader)
{
	struct image *img = must_open(path);
	char back[PATH_LEN + 8];
	assert_null(image_info(img)->no_writes);
	check_disk(img, want, T_DISK);
	image_close(img);
	snprintf(back, sizeof(back), "%s.back", path);
	assert_int_equal(reader(path, back), 0);
	struct bytes theirs = read_whole(back);
	assert_int_equal(theirs.len, T_DISK);
	assert_memory_equal(theirs.p, want, T_DISK);
	free(theirs.p);
}

UNUSED_OK static uint64_t block_at(const char *path, unsigned block)
{
	struct bytes f = read_whole(path);
	uint64_t at = get_be(f.p + T_TABLE_AT + 4 * block, 4) * 512;
	free(f.p);
	return at;
}

#endif
