/* SPDX-License-Identifier: MIT */
/*
 * What tests of image_place() share: one call with all that belongs to it, carried out on the file
 * with plain writes, and on a copy taken back; what the disk must hold then, as an array of bytes.
 */
#ifndef PLACE_TEST_H
#define PLACE_TEST_H

#include "vhd_test.h"

#include <inttypes.h>

#define J_MAX     96
#define PLACE_MAX (32u << 20) /* bytes of the largest disk that is compared */

/* What the disk must hold. */
UNUSED_OK static uint8_t want[PLACE_MAX];

/* One call of image_place() and all that belongs to it. */
struct job {
	struct placement placed; /* of the last place() */
	struct image *img;
	struct arena *arena;
	struct write sectors[J_MAX];
	uint64_t file_off[J_MAX];
	size_t n, sector;
	struct write_list all; /* the container's own bytes, then the content too */
	uint64_t old_length, length;
};

UNUSED_OK static struct job start(const char *path)
{
	struct job j = {.img = must_open(path), .arena = arena_new()};
	assert_non_null(j.arena);
	j.all.arena = j.arena;
	j.sector = image_info(j.img)->sector_size;
	j.old_length = j.length = image_info(j.img)->file_size;
	return j;
}

UNUSED_OK static void finish(struct job *j)
{
	image_close(j->img);
	arena_free(j->arena);
}

/* A sector of new content, which the model does not get. */
UNUSED_OK static struct write *add_far(struct job *j, uint64_t off, uint8_t seed)
{
	uint8_t *new = arena_alloc(j->arena, j->sector, NULL);
	assert_true(new && j->n < J_MAX);
	for (size_t i = 0; i < j->sector; i++)
		new[i] = (uint8_t)(seed * 37 + i * 11 + i / 256 + 1);
	j->sectors[j->n] = (struct write){off, j->sector, new, new, said_as_is("content")};
	return &j->sectors[j->n++];
}

UNUSED_OK static void add(struct job *j, uint64_t off, uint8_t seed)
{
	const struct write *w = add_far(j, off, seed);
	memcpy(want + off, w->new_bytes, j->sector);
}

UNUSED_OK static int place(struct job *j, struct err *err)
{
	j->placed = (struct placement){.extra = &j->all, .file_length = j->length};
	int rc = image_place(j->img, j->sectors, j->n, j->file_off, &j->placed, err);
	j->length = j->placed.file_length;
	return rc;
}

/* Behind the end of the file there are zeros. */
UNUSED_OK static void read_old(int fd, uint64_t off, uint8_t *buf, size_t len)
{
	memset(buf, 0, len);
	assert_true(pread(fd, buf, len, (off_t)off) >= 0);
}

UNUSED_OK static void check_old(const struct job *j, int fd)
{
	uint8_t old[4096];
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		assert_true(w->len <= sizeof(old) && w->off + w->len <= j->length);
		read_old(fd, w->off, old, w->len);
		if (memcmp(old, w->old_bytes, w->len) != 0)
			fail_msg("%s: wrong old bytes at 0x%" PRIx64, w->what, w->off);
		if (!strstr(w->what.plain, "VHD"))
			fail_msg("what is %s?", w->what.plain);
	}
}

/* Content joins the list, its old bytes taken from the file. Nothing may overlap. */
UNUSED_OK static void add_content(struct job *j, int fd)
{
	uint8_t old[4096];
	struct err err = {0};
	for (size_t i = 0; i < j->n; i++) {
		struct write w = {j->file_off[i], j->sector, old, j->sectors[i].new_bytes,
				  said_as_is("new")};
		assert_true(w.off + w.len <= j->length && w.off % 512 == 0);
		read_old(fd, w.off, old, w.len);
		assert_int_equal(writes_add(&j->all, &w, &err), 0);
	}
	if (writes_sort(&j->all, &err) < 0)
		fail_msg("%s", err.text);
}

UNUSED_OK static void write_all(const struct job *j, int fd, bool back)
{
	if (!back)
		assert_int_equal(ftruncate(fd, (off_t)j->length), 0);
	for (size_t i = 0; i < j->all.n; i++) {
		const struct write *w = &j->all.items[i];
		const uint8_t *bytes = back ? w->old_bytes : w->new_bytes;
		assert_int_equal(pwrite(fd, bytes, w->len, (off_t)w->off), (ssize_t)w->len);
	}
	if (back)
		assert_int_equal(ftruncate(fd, (off_t)j->old_length), 0);
}

/* Place, write, and check that the old bytes of all writes are the file as it was. */
UNUSED_OK static void carry_out(void **state, const char *path, struct job *j)
{
	struct path kept = in_dir(state, "kept"), back = in_dir(state, "back");
	struct err err = {0};
	assert_int_equal(run("cp --sparse=always '%s' '%s'", path, kept.s), 0);
	if (place(j, &err) < 0)
		fail_msg("%s", err.text);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	check_old(j, fd);
	add_content(j, fd);
	write_all(j, fd, false);
	close(fd);
	assert_int_equal(run("cp --sparse=always '%s' '%s'", path, back.s), 0);
	fd = open(back.s, O_RDWR);
	assert_true(fd >= 0);
	write_all(j, fd, true);
	close(fd);
	same_files(kept.s, back.s);
}

#endif
