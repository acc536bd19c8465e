/* SPDX-License-Identifier: MIT */
/*
 * GUID partition tables made by hand, of 512 and of 4096 byte sectors, and broken rule by rule.
 */
#include "partition_test.h"

static uint32_t crc(const uint8_t *p, size_t len)
{
	uint32_t c = 0xffffffff;
	for (size_t i = 0; i < len; i++) {
		c ^= p[i];
		for (unsigned k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
	}
	return ~c;
}

static const uint8_t basic_data[16] = {0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
				       0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7};

#define G_SECTORS 1000u
#define G_ENTRIES 128u

struct gpt_place {
	uint64_t my, other, array;
};

static uint32_t array_sectors(const struct disk *d)
{
	return G_ENTRIES * 128 / d->sector;
}

static struct gpt_place primary_of(const struct disk *d)
{
	(void)d;
	return (struct gpt_place){1, G_SECTORS - 1, 2};
}

static struct gpt_place backup_of(const struct disk *d)
{
	return (struct gpt_place){G_SECTORS - 1, 1, G_SECTORS - 1 - array_sectors(d)};
}

static uint8_t *header_of(struct disk *d, struct gpt_place g)
{
	return d->p + g.my * d->sector;
}

static uint8_t *array_of(struct disk *d, struct gpt_place g)
{
	return d->p + g.array * d->sector;
}

static void sum_header(uint8_t *h)
{
	put_le(h + 16, 0, 4);
	put_le(h + 16, crc(h, 92), 4);
}

static void sum_array(struct disk *d, struct gpt_place g)
{
	uint8_t *h = header_of(d, g);
	put_le(h + 88, crc(array_of(d, g), G_ENTRIES * 128), 4);
	sum_header(h);
}

static void gpt_header(struct disk *d, struct gpt_place g)
{
	uint8_t *h = header_of(d, g);
	memset(h, 0, d->sector);
	memcpy(h, "EFI PART", 8);
	put_le(h + 8, 0x10000, 4);
	put_le(h + 12, 92, 4);
	put_le(h + 24, g.my, 8);
	put_le(h + 32, g.other, 8);
	put_le(h + 40, 2 + array_sectors(d), 8);
	put_le(h + 48, G_SECTORS - 2 - array_sectors(d), 8);
	for (unsigned i = 0; i < 16; i++)
		h[56 + i] = (uint8_t)(0xa0 + i);
	put_le(h + 72, g.array, 8);
	put_le(h + 80, G_ENTRIES, 4);
	put_le(h + 84, 128, 4);
}

static void gpt_entry(struct disk *d, unsigned i, uint64_t first, uint64_t last, const char *name)
{
	struct gpt_place places[] = {primary_of(d), backup_of(d)};
	for (unsigned k = 0; k < 2; k++) {
		uint8_t *e = array_of(d, places[k]) + 128 * i;
		memset(e, 0, 128);
		memcpy(e, basic_data, 16);
		for (unsigned b = 0; b < 16; b++)
			e[16 + b] = (uint8_t)(0x30 + b + i);
		put_le(e + 32, first, 8);
		put_le(e + 40, last, 8);
		for (size_t c = 0; name[c]; c++)
			put_le(e + 56 + 2 * c, (unsigned char)name[c], 2);
		sum_array(d, places[k]);
	}
}

static struct disk gpt_disk(uint32_t sector)
{
	struct disk d = new_disk(G_SECTORS, sector);
	mbr(&d, 0, 0xee, 1, G_SECTORS - 1);
	gpt_header(&d, primary_of(&d));
	gpt_header(&d, backup_of(&d));
	gpt_entry(&d, 0, 100, 199, "Basic data partition");
	gpt_entry(&d, 3, 300, 300,
		  "a\x1b"
		  "b");
	return d;
}

static void test_gpt(void **state)
{
	(void)state;
	static const uint32_t sectors[] = {512, 4096};
	for (unsigned s = 0; s < 2; s++) {
		struct disk d = gpt_disk(sectors[s]);
		must_list(&d, SCHEME_GPT, 2);
		const struct partition *p = d.t.items;
		assert_string_equal(d.t.disk_id, "a3a2a1a0-a5a4-a7a6-a8a9-aaabacadaeaf");
		assert_int_equal(d.t.n_notes, 0);
		assert_int_equal(p[0].number, 1);
		assert_int_equal(p[0].start, 100 * sectors[s]);
		assert_int_equal(p[0].size, 100 * sectors[s]);
		assert_string_equal(p[0].type, "basic data");
		assert_string_equal(p[0].type_id, "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7");
		assert_string_equal(p[0].id, "33323130-3534-3736-3839-3a3b3c3d3e3f");
		assert_string_equal(p[0].name, "Basic data partition");
		assert_null(p[0].problem.plain);
		assert_int_equal(p[1].number, 4);
		assert_int_equal(p[1].size, sectors[s]);
		assert_string_equal(p[1].name, "a\\x1bb");
		assert_null(p[1].problem.plain);
		free_disk(&d);
	}
}

/* The specification allows a header as long as its sector. */
static void test_gpt_long_header(void **state)
{
	(void)state;
	struct disk d = gpt_disk(512);
	uint8_t *h = header_of(&d, primary_of(&d));
	put_le(h + 12, 512, 4);
	put_le(h + 16, 0, 4);
	put_le(h + 16, crc(h, 512), 4);
	must_list(&d, SCHEME_GPT, 2);
	assert_int_equal(d.t.n_notes, 0);
	free_disk(&d);
}

/* Each rule broken in the primary: the backup is used and the note says why. */
static void test_gpt_primary_bad(void **state)
{
	(void)state;
	static const struct {
		unsigned off, n;
		uint64_t value;
		bool summed;
		const char *why;
	} rules[] = {
		{0, 1, 'X', true, "no signature"},
		{60, 1, 0, false, "header CRC"},
		{8, 4, 0x20000, true, "revision 2"},
		{12, 4, 91, true, "header of 91 bytes"},
		{12, 4, 513, true, "header of 513 bytes"},
		{12, 4, 0xffffffff, true, "header of"},
		{24, 8, 2, true, "belongs into sector 2"},
		{72, 8, 1, true, "entry array in sector 1"},
		{72, 8, UINT64_MAX, true, "entry array in sector"},
		{72, 8, G_SECTORS - 3, true, "outside the disk"},
		{80, 4, 1025, true, "1025 entries"},
		{80, 4, 0xffffffff, true, "entries, more than"},
		{84, 4, 64, true, "entries of 64 bytes"},
		{84, 4, 192, true, "entries of 192 bytes"},
		{84, 4, 8192, true, "entries of 8192 bytes"},
		{88, 4, 7, true, "entry array CRC"},
	};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct disk d = gpt_disk(512);
		uint8_t *h = header_of(&d, primary_of(&d));
		put_le(h + rules[i].off, rules[i].value, rules[i].n);
		if (rules[i].summed)
			sum_header(h);
		must_list(&d, SCHEME_GPT, 2);
		assert_int_equal(d.t.items[0].start, 51200);
		assert_true(noted(&d, "the backup is used"));
		if (!noted(&d, rules[i].why))
			fail_msg("%s instead of %s", d.t.notes[0].plain, rules[i].why);
		/* and with the backup bad too */
		header_of(&d, backup_of(&d))[60] ^= 1;
		must_fail(&d, E_CORRUPT, rules[i].why);
		assert_non_null(strstr(d.err.text, "header CRC"));
		free_disk(&d);
	}
}

static void test_gpt_backup(void **state)
{
	(void)state;
	struct disk d = gpt_disk(512);
	array_of(&d, backup_of(&d))[127] ^= 1;
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "backup GPT is damaged (entry array CRC)"));
	sum_array(&d, backup_of(&d)); /* sound, but another content */
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "differ"));
	assert_int_equal(d.t.n_notes, 1);
	free_disk(&d);
	d = gpt_disk(512);
	header_of(&d, backup_of(&d))[56] ^= 1;
	sum_header(header_of(&d, backup_of(&d)));
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "differ"));
	put_le(header_of(&d, primary_of(&d)) + 32, G_SECTORS + 5, 8);
	sum_header(header_of(&d, primary_of(&d)));
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "lies behind the disk"));
	free_disk(&d);
}

/* The same disk in an image that was made larger. */
static void test_gpt_enlarged(void **state)
{
	(void)state;
	struct disk small = gpt_disk(512), d = new_disk(G_SECTORS + 50, 512);
	memcpy(d.p, small.p, small.len);
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "not at the end"));
	assert_int_equal(d.t.n_notes, 1);
	free_disk(&small);
	free_disk(&d);
}

static void test_gpt_problems(void **state)
{
	(void)state;
	struct disk d = gpt_disk(512);
	gpt_entry(&d, 1, 199, 250, "");
	gpt_entry(&d, 4, 33, 40, "");
	gpt_entry(&d, 5, 966, 967, "");
	gpt_entry(&d, 6, 500, 499, "");
	gpt_entry(&d, 7, UINT64_MAX - 1, UINT64_MAX, "");
	gpt_entry(&d, 8, 0, UINT64_MAX, "");
	gpt_entry(&d, 9, 34, 34, "");
	gpt_entry(&d, 10, 966, 966, "");
	must_list(&d, SCHEME_GPT, 10);
	assert_true(problem_says(&d, 0, "overlaps partition 2"));
	assert_true(problem_says(&d, 1, "overlaps partition 1"));
	assert_true(problem_says(&d, 3, "outside the sectors 34 to 966"));
	assert_true(problem_says(&d, 4, "outside"));
	assert_true(problem_says(&d, 5, "ends before it starts"));
	assert_true(problem_says(&d, 6, "outside"));
	assert_true(problem_says(&d, 7, "outside"));
	free_disk(&d);
	d = gpt_disk(512);
	gpt_entry(&d, 0, 34, 34, "");
	gpt_entry(&d, 1, 966, 966, "");
	must_list(&d, SCHEME_GPT, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_null(d.t.items[i].problem.plain);
	free_disk(&d);
}

static void test_gpt_protective(void **state)
{
	(void)state;
	struct disk d = gpt_disk(512);
	mbr(&d, 0, 0xee, 2, G_SECTORS - 2);
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "does not start at sector 1"));
	mbr(&d, 0, 0xee, 1, 99);
	mbr(&d, 1, 0xee, 1, 99);
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "more than one"));
	mbr(&d, 1, 0x07, 100, 100); /* hybrid: Windows follows the MBR */
	must_list(&d, SCHEME_MBR, 2);
	assert_true(noted(&d, "hybrid"));
	assert_null(d.t.items[1].problem.plain);
	mbr(&d, 0, 0, 0, 0);
	must_list(&d, SCHEME_MBR, 1);
	assert_true(noted(&d, "GPT without protective MBR"));
	memset(d.p, 0, 512);
	must_list(&d, SCHEME_GPT, 2);
	assert_true(noted(&d, "no protective MBR"));
	mbr(&d, 0, 0xee, 1, G_SECTORS - 1);
	memset(header_of(&d, primary_of(&d)), 0, 512);
	memset(header_of(&d, backup_of(&d)), 0, 512);
	must_fail(&d, E_CORRUPT, "both copies");
	free_disk(&d);
}

/* ---- hostile bytes ---- */

/* Whatever one byte of the tables says: an answer without a crash. */
static void test_every_byte(void **state)
{
	(void)state;
	static const uint8_t values[] = {0x00, 0xff, 0x80, 0x01};
	struct disk d = gpt_disk(512);
	for (size_t at = 446; at < 3 * 512; at++) {
		uint8_t old = d.p[at];
		for (size_t v = 0; v < sizeof(values); v++) {
			d.p[at] = values[v];
			if (at >= 512 && at < 604 && (at < 528 || at > 531))
				sum_header(header_of(&d, primary_of(&d)));
			list(&d);
		}
		d.p[at] = old;
		sum_header(header_of(&d, primary_of(&d)));
	}
	must_list(&d, SCHEME_GPT, 2);
	assert_int_equal(d.t.n_notes, 0);
	free_disk(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gpt),
		cmocka_unit_test(test_gpt_long_header),
		cmocka_unit_test(test_gpt_primary_bad),
		cmocka_unit_test(test_gpt_backup),
		cmocka_unit_test(test_gpt_enlarged),
		cmocka_unit_test(test_gpt_problems),
		cmocka_unit_test(test_gpt_protective),
		cmocka_unit_test(test_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
