/* SPDX-License-Identifier: MIT */
/*
 * What image_place() says about a VHDX, carried out on the file with plain writes, the disk read
 * again by stop7b, qemu-img, 7zz and libvhdi and compared with an array of bytes, and the writes
 * taken back. Also a child of the disk of vhdx_test.h.
 */
#ifndef VHDX_PLACE_TEST_H
#define VHDX_PLACE_TEST_H

#include "vhdx_test.h"

#include <inttypes.h>

#define J_MAX    96
#define Q_DISK   (32 * MIB)
#define BITMAP   (4 * MIB)
#define BITMAP_E (X_TABLE + 8 * 4096) /* its entry: behind the 4096 blocks of the chunk */
#define LOCATOR  (X_META + 0x20000)
#define PARENT   "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}"

/* What the disk must hold. */
UNUSED_OK static uint8_t want[Q_DISK];

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
	j->sectors[j->n] = (struct write){off, j->sector, new, new, "content"};
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
		if (!strstr(w->what, "block table of the VHDX") && !strstr(w->what, "VHDX log") &&
		    !strstr(w->what, "sector bitmap of the VHDX") &&
		    !strstr(w->what, "VHDX header"))
			fail_msg("what is %s?", w->what);
	}
}

/* Content joins the list, its old bytes taken from the file. Nothing may overlap. */
UNUSED_OK static void add_content(struct job *j, int fd)
{
	uint8_t old[4096];
	struct err err = {0};
	for (size_t i = 0; i < j->n; i++) {
		struct write w = {j->file_off[i], j->sector, old, j->sectors[i].new_bytes, "new"};
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

UNUSED_OK static void by_qemu(void **state, const char *path)
{
	struct path raw = in_dir(state, "qemu.raw");
	if (run("command -v qemu-img >/dev/null") != 0)
		return;
	assert_int_equal(run("qemu-img check -q -f vhdx '%s'", path), 0);
	assert_int_equal(run("qemu-img convert -f vhdx -O raw '%s' '%s'", path, raw.s), 0);
	struct bytes theirs = read_whole(raw.s);
	assert_memory_equal(theirs.p, want, theirs.len);
	free(theirs.p);
}

/* 7zz looks for a parent in its own directory. */
UNUSED_OK static void by_7zz(void **state, const char *path, size_t len)
{
	struct path raw = in_dir(state, "7zz.raw");
	if (run("command -v 7zz >/dev/null") != 0)
		return;
	assert_int_equal(run("cd '%s' && 7zz x -tVHDX -so '%s' > 7zz.raw 2>/dev/null",
			     (const char *)*state, path),
			 0);
	struct bytes theirs = read_whole(raw.s);
	assert_int_equal(theirs.len, len);
	assert_memory_equal(theirs.p, want, len);
	free(theirs.p);
}

UNUSED_OK static void by_libvhdi(const char *path, size_t len)
{
	struct err err = {0};
	struct image *ref = image_open_reference(path, NULL, &err);
	if (!ref)
		fail_msg("%s", err.text);
	check_piece(ref, want, 0, len);
	image_close(ref);
}

UNUSED_OK static void check_all(void **state, const char *path, size_t len)
{
	struct image *img = must_open(path);
	assert_null(image_info(img)->no_writes);
	assert_false(image_info(img)->reference_unsafe);
	check_disk(img, want, len);
	if (image_info(img)->n_parents == 0 && image_info(img)->sector_size == 512)
		by_qemu(state, path); /* all that it opens */
	image_close(img);
	by_7zz(state, path, len);
	by_libvhdi(path, len);
}

UNUSED_OK static uint64_t entry_in(const char *path, uint64_t off)
{
	uint8_t raw[8];
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, raw, 8, (off_t)off), 8);
	close(fd);
	return get_le(raw, 8);
}

/* ---- children ---- */

UNUSED_OK static size_t put_text(size_t off, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		put_le(x_file + LOCATOR + off + 2 * i, (uint8_t)text[i], 2);
	return 2 * strlen(text);
}

UNUSED_OK static void put_pair(unsigned n, const char *key, const char *value)
{
	size_t entry = LOCATOR + 20 + 12 * n, at = 0x400 + 0x400 * n;
	put_le(x_file + entry, at, 4);
	put_le(x_file + entry + 4, at + 0x200, 4);
	put_le(x_file + entry + 8, put_text(at, key), 2);
	put_le(x_file + entry + 10, put_text(at + 0x200, value), 2);
	put_le(x_file + LOCATOR + 18, n + 1, 2);
}

/* x_file becomes an empty child of made.vhdx, which is written as it stands there. */
UNUSED_OK static void make_child(void **state)
{
	struct path p = in_dir(state, "made.vhdx");
	x_write(p.s, X_LEN);
	memcpy(want, x_disk, X_DISK);
	memset(x_file + X_TABLE, 0, MIB);
	memset(x_file + 4 * MIB, 0, 4 * MIB);
	put_le(x_value(0) + 4, 2, 4);
	x_item(5, "a8d35f2d-b30b-454d-abf7-d3d84834ab0c", 0x2000, 4);
	put_le(x_file + X_META + 32 + 32 * 5 + 16, 0x20000, 4);
	x_guid(x_file + LOCATOR, "b04aefb7-d19e-4a81-b789-25b8e9445913");
	put_pair(0, "parent_linkage", PARENT);
	put_pair(1, "relative_path", ".\\made.vhdx");
	x_guid(x_file + X_HEADER1 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	x_guid(x_file + X_HEADER2 + 32, "99999999-bbbb-cccc-dddd-eeeeeeeeeeee");
	x_sums();
}

/* A block in the child's file with content of its own; partly: every third sector. */
UNUSED_OK static void own_block(unsigned block, unsigned mib, bool partly)
{
	size_t len = block == X_BLOCKS - 1 ? MIB / 2 : MIB;
	x_entry(block, mib, partly ? 7 : 6);
	for (size_t i = 0; i < len; i++)
		x_file[mib * MIB + i] = (uint8_t)(i * 11 + i / 4093 + 77);
	for (unsigned s = 0; s < len / 512; s++) {
		size_t at = block * MIB + s * 512;
		bool set = !partly || s % 3 == 1;
		if (set)
			memcpy(want + at, x_file + mib * MIB + s * 512, 512);
		if (set && partly)
			x_file[BITMAP + at / 4096] |= (uint8_t)(1u << (s % 8));
	}
}

/* Carry out, compare with all readers, and the parent with what it was. */
UNUSED_OK static void try_child(void **state, const char *path, struct job *j)
{
	struct path parent = in_dir(state, "made.vhdx"), kept = in_dir(state, "parent.kept");
	assert_int_equal(run("cp '%s' '%s'", parent.s, kept.s), 0);
	carry_out(state, path, j);
	check_all(state, path, X_DISK);
	assert_int_equal(run("cmp '%s' '%s'", parent.s, kept.s), 0);
}

#endif
