/* SPDX-License-Identifier: MIT */
/*
 * The parts of the NTFS module that need no volume: boot sector, update sequence, run lists,
 * restart pages of $LogFile and hiberfil.sys, from bytes made here and, where they are present,
 * from logs that Windows wrote.
 */
#include "ntfs_test.h"

/* ---- boot sector ---- */

static void make_boot(uint8_t b[512])
{
	memset(b, 0, 512);
	memcpy(b + 3, "NTFS    ", 8);
	put_le16(b + 11, 512);
	b[13] = 8;
	put_le64(b + 40, 16383);
	put_le64(b + 48, 4);
	b[64] = 0xf6;
	b[68] = 1;
	put_le16(b + 510, 0xaa55);
}

static void test_boot(void **state)
{
	static const struct {
		unsigned at, n;
		uint64_t value;
		enum err_code code;
	} cases[] = {
		{3, 1, 'X', E_FORMAT},
		{510, 1, 0, E_CORRUPT},
		{11, 2, 0, E_CORRUPT},
		{11, 2, 768, E_CORRUPT},
		{11, 2, 8192, E_CORRUPT},
		{11, 2, 4096, E_UNSUPPORTED},
		{13, 1, 0, E_CORRUPT},
		{13, 1, 3, E_CORRUPT},
		{13, 1, 200, E_CORRUPT},
		{13, 1, 243, E_CORRUPT},
		{13, 1, 245, E_OK},
		{13, 1, 255, E_OK},
		{13, 1, 128, E_OK},
		{40, 8, 16384, E_OK},
		{40, 8, 16385, E_CORRUPT},
		{40, 8, UINT64_MAX, E_CORRUPT},
		{40, 8, 1ull << 55, E_CORRUPT},
		{48, 8, 0, E_CORRUPT},
		{48, 8, 2046, E_OK},
		{48, 8, 2047, E_CORRUPT},
		{48, 8, UINT64_MAX, E_CORRUPT},
		{64, 1, 0, E_CORRUPT},
		{64, 1, 0xe1, E_CORRUPT},
		{64, 1, 0x80, E_CORRUPT},
		{64, 1, 3, E_CORRUPT},
		{64, 1, 17, E_CORRUPT},
		{64, 1, 0xf7, E_OK},
		{64, 1, 0xf8, E_CORRUPT},
		{68, 1, 0xef, E_CORRUPT},
		{68, 1, 0xf0, E_OK},
		{68, 1, 0xf4, E_OK},
	};
	uint8_t b[512];
	struct ntfs_geometry g;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};
		make_boot(b);
		if (cases[i].at == 13) { /* large clusters: $MFT early, small index records */
			put_le64(b + 48, 1);
			b[68] = 0xf4;
		}
		for (unsigned k = 0; k < cases[i].n; k++)
			b[cases[i].at + k] = (uint8_t)(cases[i].value >> (8 * k));
		int r = ntfs_boot_parse((struct span){b, 512}, 512, 16384 * 512, &g, &err);
		if (err.code != cases[i].code || (r == 0) != (err.code == E_OK))
			fail_msg("case %zu: %s: %s", i, err_name(err.code), err.text);
	}
	make_boot(b);
	assert_int_equal(ntfs_boot_parse((struct span){b, 512}, 512, 16384 * 512, &g, NULL), 0);
	assert_int_equal(g.cluster, 4096);
	assert_int_equal(g.record, 1024);
	assert_int_equal(g.index, 4096);
	assert_int_equal(g.mft_at, 4 * 4096);
	assert_int_equal(g.clusters, 2047);
	assert_int_equal(ntfs_boot_parse((struct span){b, 511}, 512, 16384 * 512, &g, NULL), -1);
}

/* ---- records and runs ---- */

static void test_fixup(void **state)
{
	uint8_t r[1024] = {0};
	(void)state;
	put_le16(r + 4, 48);
	put_le16(r + 6, 3);
	put_le16(r + 48, 0x1234);
	put_le16(r + 50, 0xaabb);
	put_le16(r + 52, 0xccdd);
	put_le16(r + 510, 0x1234);
	put_le16(r + 1022, 0x1234);
	uint8_t again[1024];
	memcpy(again, r, sizeof(r));
	assert_int_equal(ntfs_fixup(r, sizeof(r), NULL), 0);
	assert_int_equal(le16((struct span){r, 1024}, 510), 0xaabb);
	assert_int_equal(le16((struct span){r, 1024}, 1022), 0xccdd);
	static const struct {
		unsigned at;
		uint16_t value;
	} breaks[] = {{4, 47}, {4, 506}, {4, 65534}, {6, 2}, {6, 4}, {510, 0x1235}, {1022, 0}};
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		struct err err = {0};
		memcpy(r, again, sizeof(r));
		put_le16(r + breaks[i].at, breaks[i].value);
		assert_int_equal(ntfs_fixup(r, sizeof(r), &err), -1);
		assert_int_equal(err.code, E_CORRUPT);
	}
}

static int decode(struct ntfs_runs *runs, const char *bytes, size_t len, uint64_t first,
		  uint64_t last)
{
	struct ntfs_attribute a = {
		.first_vcn = first, .last_vcn = last, .value = {(const uint8_t *)bytes, len}};
	return ntfs_runs_decode(runs, &a, 1000, NULL);
}

static void test_runs(void **state)
{
	struct arena *arena = arena_new();
	struct ntfs_runs r = {.arena = arena};
	(void)state;
	/* 16 at 100, 16 behind them (joined), 8 nowhere, 4 at 84 (back), 2 at 990 */
	static const char good[] = "\x11\x10\x64\x11\x10\x10\x01\x08\x11\x04\xe0\x21\x02\x8a\x03";
	assert_int_equal(decode(&r, good, sizeof(good), 0, 45), 0);
	assert_int_equal(r.n, 4);
	assert_int_equal(r.end, 46);
	static const struct ntfs_run want[] = {
		{0, 100, 32}, {32, NTFS_HOLE, 8}, {40, 84, 4}, {44, 990, 2}};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(r.items[i].vcn, want[i].vcn);
		assert_int_equal(r.items[i].lcn, want[i].lcn);
		assert_int_equal(r.items[i].n, want[i].n);
	}
	/* The next piece must go on at VCN 46 and has its own first cluster. */
	assert_int_equal(decode(&r, "\x11\x01\x05", 4, 47, 47), -1);
	assert_int_equal(decode(&r, "\x11\x01\x05", 4, 46, 46), 0);
	assert_int_equal(r.items[4].lcn, 5);
	static const struct {
		const char *bytes;
		size_t len;
		uint64_t last;
	} bad[] = {{"\x11\x10\x64", 4, 14},
		   {"\x11\x10\x64", 4, 16}, /* wrong last VCN */
		   {"\x11\x00\x64", 4, 0},
		   {"\x11\x80\x64", 4, 0}, /* length 0, negative */
		   {"\x11\x01\xff", 4, 0},
		   {"\x10\x01", 3, 0}, /* cluster -1; no length */
		   {"\x21\x02\xe7\x03", 5, 1},
		   {"\x21\x01\xe8\x03", 5, 0}, /* ends behind; begins behind */
		   {"\x19\x01", 2, 0},
		   {"\x11\x01", 2, 0}, /* header too big; cut off */
		   {"\x88\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x7f", 17, 0}};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ntfs_runs b = {.arena = arena};
		if (decode(&b, bad[i].bytes, bad[i].len, 0, bad[i].last) != -1)
			fail_msg("bad run list %zu was accepted", i);
	}
	struct ntfs_runs edge = {.arena = arena};
	assert_int_equal(decode(&edge, "\x21\x01\xe7\x03", 5, 0, 0), 0);
	arena_free(arena);
}

/* ---- $LogFile, hiberfil.sys ---- */

static void make_restart(uint8_t *p, uint64_t lsn, unsigned major, unsigned in_use, unsigned flags)
{
	memset(p, 0, 4096);
	memcpy(p, "RSTR", 4);
	put_le16(p + 4, 30);
	put_le16(p + 6, 9);
	put_le32(p + 16, 4096);
	put_le32(p + 20, 4096);
	put_le16(p + 24, 48);
	put_le16(p + 26, 1);
	put_le16(p + 28, (uint16_t)major);
	put_le64(p + 48, lsn);
	put_le16(p + 60, (uint16_t)in_use);
	put_le16(p + 62, (uint16_t)flags);
	put_le16(p + 30, 7);
	for (unsigned i = 1; i <= 8; i++)
		put_le16(p + i * 512 - 2, 7);
}

static void test_log(void **state)
{
	uint8_t log[16384];
	struct span all = {log, sizeof(log)};
	(void)state;
	memset(log, 0xff, sizeof(log));
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	log[9999] = 0xfe;
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_UNREADABLE);
	assert_int_equal(ntfs_log_state((struct span){0}), NTFS_LOG_UNREADABLE);
	make_restart(log, 10, 1, 0xffff, 0);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	make_restart(log, 10, 1, 0, 2);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	make_restart(log, 10, 1, 0, 1);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_OPEN);
	make_restart(log + 4096, 11, 1, 0, 2); /* the newer copy counts */
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	make_restart(log + 4096, 9, 1, 0, 2);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_OPEN);
	log[510] ^= 1; /* first copy torn: the second one counts */
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	log[4096 + 510] ^= 1;
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_UNREADABLE);
	make_restart(log, 10, 2, 0xffff, 2);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_FAST_RESTART);
	make_restart(log, 10, 1, 0xffff, 0);
	memcpy(log, "CHKD", 4);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_CLEAN);
	put_le32(log + 16, 3000);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_UNREADABLE);
	make_restart(log, 10, 1, 0xffff, 0);
	put_le16(log + 24, 4088);
	assert_int_equal(ntfs_log_state(all), NTFS_LOG_UNREADABLE);
}

static void test_real_logs(void **state)
{
	static const struct {
		const char *name;
		enum ntfs_log want;
	} logs[] = {{"LogFile_7", NTFS_LOG_CLEAN},
		    {"LogFile_10", NTFS_LOG_FAST_RESTART},
		    {"LogFile_10_downgraded", NTFS_LOG_CLEAN},
		    {"LogFile_empty", NTFS_LOG_CLEAN}};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char path[2 * PATH], *whole;
		size_t len = 0;
		snprintf(path, sizeof(path), "%s/ntfs/dfirntfs_%s.bin", data_dir(), logs[i].name);
		whole = realpath(path, NULL);
		if (!whole)
			skip();
		uint8_t *p = slurp(whole, &len);
		len = len < NTFS_LOG_HEAD ? len : NTFS_LOG_HEAD;
		assert_int_equal(ntfs_log_state((struct span){p, len}), logs[i].want);
		free(p);
		free(whole);
	}
}

static void test_hibernated(void **state)
{
	(void)state;
	struct span sleeping = {(const uint8_t *)"hibr", 4}, other = {(const uint8_t *)"wake", 4};
	assert_true(ntfs_hibernated(sleeping, 1 << 20));
	assert_true(ntfs_hibernated((struct span){(const uint8_t *)"HIBR", 4}, 1 << 20));
	assert_false(ntfs_hibernated(other, 4096));
	assert_true(ntfs_hibernated(other, 4095));
	assert_true(ntfs_hibernated((struct span){0}, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot),      cmocka_unit_test(test_fixup),
		cmocka_unit_test(test_runs),      cmocka_unit_test(test_log),
		cmocka_unit_test(test_real_logs), cmocka_unit_test(test_hibernated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
