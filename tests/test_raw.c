/* SPDX-License-Identifier: MIT */
/*
 * Raw images: what is taken for one, the sector size, every byte at its own place, and the second
 * reader. Block devices need a right that tests do not have; they share all of this but the size.
 */
#include "partition_test.h"
#include "vhd_test.h"

#define LEN (1u << 20)

static struct path raw_file(void **state, const struct disk *d)
{
	struct path p = in_dir(state, "disk.img");
	write_file(p.s, d->p, d->len);
	return p;
}

static void fill(struct disk *d)
{
	for (size_t i = 8192; i < d->len; i++)
		d->p[i] = (uint8_t)(i * 2654435761u >> 9);
}

static void test_raw(void **state)
{
	struct disk d = new_disk(LEN / 512, 512);
	fill(&d);
	mbr(&d, 0, 0x07, 64, 1000);
	struct path p = raw_file(state, &d);
	struct image *img = must_open(p.s);
	const struct image_info *info = image_info(img);
	assert_string_equal(info->format, "raw");
	assert_string_equal(info->type, "fixed");
	assert_string_equal(info->id, "");
	assert_string_equal(info->reader, "stop7b");
	assert_null(info->creator);
	assert_null(info->no_writes);
	assert_int_equal(info->size, LEN);
	assert_int_equal(info->stored, LEN);
	assert_int_equal(info->sector_size, 512);
	assert_int_equal(info->n_parents, 0);
	assert_int_equal(info->n_notes, 0);
	check_disk(img, d.p, LEN);
	check_places(img, p.s, d.p);
	struct write_list none = {0};
	struct spot spot;
	assert_int_equal(place_stored(img, 12288, 70000, &none), 12288);
	assert_int_equal(none.n, 0);
	assert_int_equal(place_bytes(img, LEN, 512, NULL, &spot, NULL), -1);
	image_close(img);
	free_disk(&d);
}

static void test_reference(void **state)
{
	struct disk d = new_disk(LEN / 512, 512);
	struct err err = {0};
	fill(&d);
	mbr(&d, 0, 0x07, 64, 1000);
	struct path p = raw_file(state, &d);
	struct image *ref = image_open_reference(p.s, NULL, &err);
	assert_non_null(ref);
	assert_string_equal(image_info(ref)->format, "raw");
	assert_string_equal(image_info(ref)->type, "fixed");
	assert_string_equal(image_info(ref)->reader, "a plain second read");
	assert_int_equal(image_info(ref)->size, LEN);
	check_piece(ref, d.p, 0, LEN);
	check_piece(ref, d.p, 777, 1234);
	struct spot spot;
	assert_int_equal(place_bytes(ref, 0, 512, NULL, &spot, &err), -1);
	assert_int_equal(err.code, E_UNSUPPORTED);
	image_close(ref);
	free_disk(&d);
}

/* ---- what is a raw disk ---- */

static const char *format_of(void **state, struct disk *d, size_t len)
{
	struct path p = in_dir(state, "disk.img");
	write_file(p.s, d->p, len);
	struct image *img = image_open(p.s, NULL, &d->err);
	const char *format = img ? image_info(img)->format : NULL;
	d->sector = img ? image_info(img)->sector_size : 0;
	image_close(img);
	return format;
}

static void test_signs(void **state)
{
	static const struct {
		size_t off;
		const char *sign;
		size_t len;
		uint32_t sector;
	} rows[] = {
		{510, "\x55\xaa", 2, 512},       {512, "EFI PART", 8, 512},
		{4096, "EFI PART", 8, 4096},     {3, "NTFS    \0\x02", 10, 512},
		{3, "NTFS    \0\x10", 10, 4096},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct disk d = new_disk(LEN / 512, 512);
		memcpy(d.p + rows[i].off, rows[i].sign, rows[i].len);
		assert_string_equal(format_of(state, &d, LEN), "raw");
		assert_int_equal(d.sector, rows[i].sector);
		d.p[rows[i].off] ^= 1;
		assert_null(format_of(state, &d, LEN));
		assert_int_equal(d.err.code, E_FORMAT);
		free_disk(&d);
	}
	/* a protective MBR and the header of one sector size or the other */
	struct disk d = new_disk(LEN / 512, 512);
	mbr(&d, 0, 0xee, 1, 100);
	memcpy(d.p + 4096, "EFI PART", 8);
	assert_string_equal(format_of(state, &d, LEN), "raw");
	assert_int_equal(d.sector, 4096);
	memcpy(d.p + 512, "EFI PART", 8);
	assert_string_equal(format_of(state, &d, LEN), "raw");
	assert_int_equal(d.sector, 512);
	/* short files */
	assert_string_equal(format_of(state, &d, 512), "raw");
	assert_string_equal(format_of(state, &d, 1024), "raw");
	free_disk(&d);
}

static void boot_sector(struct disk *d, size_t at, unsigned sector)
{
	memcpy(d->p + at + 3, "NTFS    ", 8);
	d->p[at + 11] = (uint8_t)sector;
	d->p[at + 12] = (uint8_t)(sector >> 8);
	d->p[at + 510] = 0x55;
	d->p[at + 511] = 0xaa;
}

/* An MBR says nothing about the sector size; the volumes it points to do. */
static void test_mbr_sectors(void **state)
{
	enum { AT_512 = 8 * 512, AT_4K = 8 * 4096 };
	static const struct {
		size_t at; /* of a boot sector; 0: none */
		unsigned says;
		size_t also; /* a second one, for sectors of 512 bytes */
		uint32_t sector;
	} rows[] = {
		{AT_4K, 4096, 0, 4096}, {AT_512, 512, 0, 512},      {AT_4K, 512, 0, 512},
		{AT_512, 4096, 0, 512}, {AT_4K, 4096, AT_512, 512}, {0, 0, 0, 512},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct disk d = new_disk(LEN / 512, 512);
		mbr(&d, 0, 7, 8, 100);
		if (rows[i].at)
			boot_sector(&d, rows[i].at, rows[i].says);
		if (rows[i].also)
			boot_sector(&d, rows[i].also, 512);
		assert_string_equal(format_of(state, &d, LEN), "raw");
		assert_int_equal(d.sector, rows[i].sector);
		free_disk(&d);
	}
	/* an entry that points behind the end says nothing */
	struct disk d = new_disk(LEN / 512, 512);
	mbr(&d, 0, 7, 0xffffffff, 100);
	assert_string_equal(format_of(state, &d, LEN), "raw");
	assert_int_equal(d.sector, 512);
	free_disk(&d);
}

static void test_lengths(void **state)
{
	struct disk d = new_disk(LEN / 512, 512);
	mbr(&d, 0, 0x07, 64, 1000);
	static const size_t lengths[] = {513, LEN - 1, LEN - 511};
	for (size_t i = 0; i < 3; i++) {
		err_clear(&d.err);
		assert_null(format_of(state, &d, lengths[i]));
		assert_int_equal(d.err.code, E_CORRUPT);
		assert_non_null(strstr(d.err.text, "multiple of 512"));
	}
	err_clear(&d.err);
	assert_null(format_of(state, &d, 511));
	assert_int_equal(d.err.code, E_FORMAT);
	free_disk(&d);
}

/* A boot signature does not make a raw disk of what is something else. */
static void test_others_first(void **state)
{
	struct disk d = new_disk(LEN / 512, 512);
	mbr(&d, 0, 0x07, 64, 1000);
	memcpy(d.p, "QFI\xfb", 4);
	assert_null(format_of(state, &d, LEN));
	assert_non_null(strstr(d.err.text, "qcow2"));
	memset(d.p, 0, 4);
	err_clear(&d.err);
	memcpy(d.p + 0x8001, "CD001", 5);
	assert_null(format_of(state, &d, LEN));
	assert_non_null(strstr(d.err.text, "ISO"));
	memset(d.p + 0x8001, 0, 5);
	make_footer(d.p + LEN - 512, 2, LEN - 512);
	assert_string_equal(format_of(state, &d, LEN), "vhd");
	/* a fixed VHD that lost its footer is the raw disk that it holds */
	assert_string_equal(format_of(state, &d, LEN - 512), "raw");
	free_disk(&d);
}

/* ---- disks made by others ---- */

/* The same disk in a VHD and as it is. */
static void test_same_content(void **state)
{
	struct path raw = in_dir(state, "disk.img"), vhd = in_dir(state, "disk.vhd");
	NEED("qemu-img");
	NEED("sfdisk");
	assert_int_equal(
		run("truncate -s 8M %s && printf 'label: dos\\n,2M,7,*\\n,,5\\n,1M,7\\n' | "
		    "PATH=$PATH:/sbin:/usr/sbin sfdisk -q %s >/dev/null 2>&1",
		    raw.s, raw.s),
		0);
	assert_int_equal(run("qemu-img convert -f raw -O vpc -o force_size=on %s %s", raw.s, vhd.s),
			 0);
	struct bytes b = read_whole(raw.s);
	struct image *one = must_open(raw.s), *two = must_open(vhd.s);
	assert_string_equal(image_info(one)->format, "raw");
	assert_string_equal(image_info(two)->format, "vhd");
	check_disk(one, b.p, b.len);
	check_disk(two, b.p, b.len);
	image_close(one);
	image_close(two);
	free(b.p);
}

/* A sparse file of 15 TiB costs no more than a small one. */
static void test_large(void **state)
{
	struct path p = in_dir(state, "disk.img");
	uint8_t boot[512] = {[510] = 0x55, [511] = 0xaa}, last = 1;
	uint64_t size = UINT64_C(15) << 40; /* what ext4 allows */
	write_file(p.s, boot, sizeof(boot));
	if (truncate(p.s, (off_t)size) != 0)
		skip();
	struct image *img = must_open(p.s);
	assert_int_equal(image_info(img)->size, size);
	assert_int_equal(image_read(img, size - 1, &last, 1, NULL), 0);
	assert_int_equal(last, 0);
	assert_true(image_stats(img).bytes < 200000);
	image_close(img);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_raw),     CASE(test_reference),    CASE(test_signs),
		CASE(test_lengths), CASE(test_others_first), CASE(test_same_content),
		CASE(test_large),   CASE(test_mbr_sectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
