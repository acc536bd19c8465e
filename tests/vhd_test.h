/* SPDX-License-Identifier: MIT */
/*
 * What the VHD tests share: the made file and its disk, refusals, comparisons with known content.
 */
#ifndef VHD_TEST_H
#define VHD_TEST_H

#include "disk_test.h"

#include "stop7b/image.h"

UNUSED_OK static uint8_t file[T_LEN], disk[T_DISK];

UNUSED_OK static struct image *must_open(const char *path)
{
	struct err err = {0};
	struct image *img = image_open(path, NULL, &err);
	if (!img)
		fail_msg("%s: %s", path, err.text);
	return img;
}

UNUSED_OK static struct image *open_made(void **state, size_t len)
{
	struct path p = in_dir(state, "made.vhd");
	write_file(p.s, file, len);
	return must_open(p.s);
}

/* The made file must be refused with this code, and the text must hold these words. */
UNUSED_OK static void refused(void **state, size_t len, enum err_code code, const char *words)
{
	struct path p = in_dir(state, "bad.vhd");
	struct err err = {0};
	write_file(p.s, file, len);
	struct image *img = image_open(p.s, NULL, &err);
	image_close(img);
	if (img)
		fail_msg("opened, but should say: %s", words);
	if (err.code != code || !strstr(err.text, words))
		fail_msg("%s (%s) instead of %s", err.text, err_name(err.code), words);
}

UNUSED_OK static void footer_changed(void)
{
	vhd_sum(file + T_TAIL, T_FOOTER, 64);
	memcpy(file, file + T_TAIL, T_FOOTER);
}

UNUSED_OK static void header_changed(void)
{
	vhd_sum(file + T_HEADER_AT, 1024, 36);
}

/* Read [off, off+len) in one call and compare. */
UNUSED_OK static void check_piece(struct image *img, const uint8_t *want, size_t off, size_t len)
{
	uint8_t *got = malloc(len + 1);
	struct err err = {0};
	assert_non_null(got);
	got[len] = 0xa5;
	if (image_read(img, off, got, len, &err) < 0)
		fail_msg("read 0x%zx+0x%zx: %s", off, len, err.text);
	if (len > 0)
		assert_memory_equal(got, want + off, len);
	assert_int_equal(got[len], 0xa5);
	free(got);
}

/* Whole disk in pieces of several sizes, odd ones too. */
UNUSED_OK static void check_disk(struct image *img, const uint8_t *want, size_t len)
{
	static const size_t steps[] = {1000003, 65536, 4096};
	assert_int_equal(image_info(img)->size, len);
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++)
		for (size_t off = 0; off < len; off += steps[s])
			check_piece(img, want, off, len - off < steps[s] ? len - off : steps[s]);
	check_piece(img, want, 0, len);
	for (size_t off = 0; off + 777 < len; off += 51787)
		check_piece(img, want, off, 777);
}

/* ---- places ---- */

/* What image_place() says of some sectors. */
struct spot {
	uint64_t at; /* place of the first byte */
	size_t new_blocks, copied;
};

static void spot_inside(const uint64_t *at, size_t n, size_t sector, const struct placement *p,
			size_t had)
{
	for (size_t i = 0; i < n; i++)
		assert_true(at[i] <= p->file_length && sector <= p->file_length - at[i]);
	for (size_t i = had; i < p->extra->n; i++) {
		const struct write *w = &p->extra->items[i];
		assert_true(w->off <= p->file_length && w->len <= p->file_length - w->off);
	}
}

/*
 * Place the sectors of the disk's bytes [off, off+len). list gets the container's own bytes and may
 * be NULL. Nothing may lie outside the file. 0, or -1 with err.
 */
UNUSED_OK static int place_bytes(struct image *img, uint64_t off, uint64_t len,
				 struct write_list *list, struct spot *out, struct err *err)
{
	static const uint8_t content[4096];
	size_t sector = image_info(img)->sector_size, n = (size_t)((len + sector - 1) / sector);
	struct arena *arena = arena_new();
	struct write_list own = {.arena = arena};
	struct write *sectors = arena_array(arena, n, sizeof(*sectors), NULL);
	uint64_t *at = arena_array(arena, n, sizeof(*at), NULL);
	struct placement placed = {.extra = list ? list : &own,
				   .file_length = image_info(img)->file_size};
	size_t had = placed.extra->n;
	assert_true(sectors && at);
	for (size_t i = 0; i < n; i++)
		sectors[i] = (struct write){off + i * sector, sector, content, content,
					    said_as_is("content")};
	int rc = image_place(img, sectors, n, at, &placed, err);
	if (rc == 0) {
		spot_inside(at, n, sector, &placed, had);
		*out = (struct spot){at[0], placed.new_blocks, placed.copied};
	}
	arena_free(arena);
	return rc;
}

/* Such sectors that the file has already. */
UNUSED_OK static uint64_t place_stored(struct image *img, uint64_t off, uint64_t len,
				       struct write_list *list)
{
	struct err err = {0};
	struct spot spot;
	if (place_bytes(img, off, len, list, &spot, &err) < 0)
		fail_msg("disk byte 0x%zx: %s", (size_t)off, err.text);
	assert_int_equal(spot.new_blocks, 0);
	assert_int_equal(spot.copied, 0);
	return spot.at;
}

/* Every sector that the file has must lie there as it is read; others are zeros. */
UNUSED_OK static void check_places(struct image *img, const char *path, const uint8_t *want)
{
	struct bytes raw = read_whole(path);
	size_t sector = image_info(img)->sector_size;
	uint64_t size = image_info(img)->size, stored = 0;
	for (uint64_t off = 0; off < size; off += sector) {
		struct spot spot;
		struct err err = {0};
		size_t len = size - off < sector ? (size_t)(size - off) : sector;
		if (place_bytes(img, off, len, NULL, &spot, &err) == 0 && spot.new_blocks == 0) {
			assert_memory_equal(raw.p + spot.at, want + off, len);
			stored += len;
			continue;
		}
		assert_true(err.code == E_OK || err.code == E_MAP);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(want[off + i], 0);
	}
	if (image_info(img)->stored != UINT64_MAX)
		assert_int_equal(stored, image_info(img)->stored);
	free(raw.p);
}

#endif
