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

/* Every byte that has a place must be found there in the file itself. */
UNUSED_OK static void check_map(struct image *img, const char *path, const uint8_t *want)
{
	struct bytes raw = read_whole(path);
	uint64_t size = image_info(img)->size, mapped = 0;
	for (uint64_t off = 0; off < size;) {
		uint64_t at = 0, run = 0, len = size - off < 100000 ? size - off : 100000;
		struct err err = {0};
		if (image_map(img, off, len, &at, &run, &err) < 0) {
			assert_int_equal(err.code, E_MAP);
			for (unsigned i = 0; i < 512; i++)
				assert_int_equal(want[off + i], 0);
			off += 512;
			continue;
		}
		assert_true(run >= 1 && run <= len && at + run <= raw.len);
		assert_memory_equal(raw.p + at, want + off, run);
		mapped += run;
		off += run;
	}
	if (image_info(img)->stored != UINT64_MAX)
		assert_int_equal(mapped, image_info(img)->stored);
	free(raw.p);
}

#endif
