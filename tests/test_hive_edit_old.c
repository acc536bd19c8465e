/* SPDX-License-Identifier: MIT */
/*
 * Subkey lists of hives below version 1.5, judged by a reader of their rules that was written from
 * the specification alone and shares no code with the editor: fast leaves hold at most what fits
 * into one block and never stand under an index root, where only index leaves may; NT's own
 * splitting takes each element of those for four bytes.
 *
 * Source: msuhanov/regf, "Windows registry file format specification", "Subkeys list"; NT's rules
 * for splitting as doc/FORMATS/registry.md has them.
 */
#include "hive_edit_test.h"

#define BLOCK_FAST  507u  /* elements of 8 bytes in a block */
#define BLOCK_PLAIN 1012u /* elements of 4 bytes that NT lets a leaf have */

struct judge {
	struct span file;
	uint32_t parent;
	char last[64];
	uint32_t n;
};

static struct span record(const struct judge *j, uint32_t at)
{
	uint32_t size = 0u - le32(j->file, 4096 + (uint64_t)at);
	assert_true(at % 8 == 0 && size % 8 == 0 && size < INT32_MAX);
	return span_sub(j->file, 4096 + (uint64_t)at + 4, size - 4);
}

/* One key: of this parent, behind the one before. */
static void judge_key(struct judge *j, uint32_t at)
{
	char name[64] = "";
	struct span nk = record(j, at);
	assert_true(nk.len >= 76 && nk.p[0] == 'n' && nk.p[1] == 'k');
	assert_int_equal(le32(nk, 16), j->parent);
	assert_true(le16(nk, 72) < sizeof(name) && 76u + le16(nk, 72) <= nk.len);
	for (uint32_t i = 0; i < le16(nk, 72); i++)
		name[i] = (char)toupper(nk.p[76 + i]);
	assert_true(strcmp(j->last, name) < 0);
	strcpy(j->last, name);
	j->n++;
}

static void judge_leaf(struct judge *j, struct span leaf, bool under_root)
{
	bool fast = leaf.p[1] == 'f';
	uint32_t n = le16(leaf, 2), step = fast ? 8 : 4;
	assert_true(leaf.p[0] == 'l' && (fast || leaf.p[1] == 'i'));
	assert_false(fast && under_root);
	assert_in_range(n, 1, fast ? BLOCK_FAST : BLOCK_PLAIN);
	assert_true(4 + (uint64_t)n * step <= leaf.len);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = le32(leaf, 4 + (uint64_t)i * step);
		judge_key(j, at);
		if (fast) /* the hint: the first four characters, as they are stored */
			assert_memory_equal(leaf.p + 8 + (size_t)i * 8, record(j, at).p + 76, 4);
	}
}

/* The signature of the root key's list; n keys hang on it. */
static char judge_root(const struct bench *b, uint32_t n)
{
	struct judge j = {.file = b->view->bytes, .parent = le32(b->view->bytes, 36)};
	struct span nk = record(&j, j.parent), list = record(&j, le32(nk, 28));
	assert_int_equal(le32(nk, 20), n);
	bool root = list.p[0] == 'r' && list.p[1] == 'i';
	for (uint32_t i = 0; root && i < le16(list, 2); i++)
		judge_leaf(&j, record(&j, le32(list, 4 + (uint64_t)i * 4)), true);
	if (!root)
		judge_leaf(&j, list, false);
	assert_int_equal(j.n, n);
	return root ? 'r' : (char)list.p[1];
}

static void create(struct bench *b, uint32_t i)
{
	char name[32];
	snprintf(name, sizeof(name), "Key %05u", i);
	create_key(b, name);
}

static void grow(uint32_t minor, uint32_t n, uint32_t step)
{
	struct bench b = bench_new(minor, 1 << 20);
	for (uint32_t i = 0; i < n; i++) {
		create(&b, (uint32_t)((uint64_t)i * step % n));
		if (i == BLOCK_FAST - 1)
			assert_int_equal(judge_root(&b, i + 1), 'f');
		if (i == BLOCK_FAST)
			assert_int_equal(judge_root(&b, i + 1), 'i');
		if (i == BLOCK_PLAIN - 1)
			assert_int_equal(judge_root(&b, i + 1), 'i');
	}
	assert_int_equal(judge_root(&b, n), n > BLOCK_PLAIN ? 'r' : 'i');
	assert_sound(&b);
	for (uint32_t i = 0; i < n; i += 2) {
		char name[32];
		snprintf(name, sizeof(name), "Key %05u", i);
		delete_key(&b, name);
	}
	judge_root(&b, n / 2);
	for (uint32_t i = 0; i < n; i += 2)
		create(&b, i);
	judge_root(&b, n);
	assert_sound(&b);
	bench_close(&b);
}

static void test_growing(void **state)
{
	(void)state;
	grow(3, 1013, 1);
	grow(3, 1013, 1012);
	grow(3, 2600, 1);
	grow(3, 2600, 1009);
	grow(4, 5000, 1);
	grow(3, 5000, 4999);
}

/* Fast leaves that another program has put under a root are not left there by what is edited. */
static void test_fast_under_root(void **state)
{
	(void)state;
	struct bench b = bench_new(3, 1 << 20);
	for (uint32_t i = 0; i < 20; i++)
		create(&b, i);
	struct span copy = bench_copy(&b);
	struct judge j = {.file = copy};
	uint32_t root = le32(copy, 36), lf = le32(record(&j, root), 28);
	set_bytes(&b, "Key 00000", "room", 8, 1); /* a cell that becomes the index root */
	uint32_t cell = le32(record(&(struct judge){.file = b.view->bytes},
				    find_value(b.view, "Key 00000", "room").at),
			     8);
	data_free(copy);
	copy = bench_copy(&b);
	memcpy(bench_record(copy, cell), "ri\1\0", 4);
	put_le32(bench_record(copy, cell) + 4, lf);
	put_le32(bench_record(copy, root) + 28, cell);
	put_le32(bench_record(copy, find_value(b.view, "Key 00000", "room").at) + 4, 0x80000000u);
	bench_reopen(&b, copy);
	assert_int_equal(report_of(b.view).defects, 1);
	assert_non_null(strstr(report_of(b.view).first[0].what, "fast leaf"));
	create(&b, 20);
	assert_int_equal(judge_root(&b, 21), 'r');
	assert_sound(&b);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_fast_under_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
