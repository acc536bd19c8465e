/* SPDX-License-Identifier: MIT */
/*
 * The whole-hive check on a small sound hive and on damage of every kind: each case changes a few
 * numbers and must be answered by exactly the defects it names, in this order and with these
 * places. Then what is only counted, the comparison of two reports, and random bytes. Real hives
 * are in test_hive_check_real.c.
 */
#include "hive_check_test.h"

static void test_sound(void **state)
{
	(void)state;
	struct sound s = sound_new();
	struct hive_report r = check_sound(&s);
	assert_int_equal(r.defects, 0);
	assert_int_equal(r.keys, 7);
	assert_int_equal(r.values, 6);
	assert_int_equal(r.bins, 2);
	/* 7 keys, 2 security, 1 class, 4 lists, 2 value lists, 6 values, 2 texts, 5 of big data */
	assert_int_equal(r.cells_used, 29);
	assert_int_equal(r.cells_free, 2);
	assert_int_equal(r.bytes_free, SECOND_BIN - s.t.next + 4096 - 32);
	assert_int_equal(r.cells_lost, 0);
	assert_int_equal(r.free_pairs, 0);
	assert_int_equal(r.low_bounds, 0);
	tiny_free(&s.t);
}

/* ---- damage ---- */

struct damage {
	struct patch_of patches[5];
	struct expected expected[4];
};

/* Damage the sound hive in every way of the table; add up what was found. */
static void run(const struct damage *cases, size_t n, struct hive_report *sum)
{
	for (size_t i = 0; i < n; i++) {
		struct sound s = sound_new();
		for (size_t k = 0; k < COUNT(cases[i].patches) && cases[i].patches[k].size; k++)
			apply(&s, &cases[i].patches[k]);
		struct hive_report r = check_sound(&s);
		assert_expected(&r, cases[i].expected, COUNT(cases[i].expected), i);
		for (size_t k = 0; k < HIVE_DEFECT_KINDS; k++)
			sum->of_kind[k] += r.of_kind[k];
		tiny_free(&s.t);
	}
}

#define HEAD ((uint32_t)-4) /* where a cell's own size is, seen from its record */

/* clang-format off */
static void damage_cells(const struct sound *w, struct hive_report *sum)
{
	const uint32_t rest = w->t.next, len = SECOND_BIN - rest, base = 4096;
	const struct damage cases[] = {
		{{{0, base + SECOND_BIN, 1, 'x'}}, {{"header of the bin", SECOND_BIN}}},
		{{{0, base + SECOND_BIN + 4, 4, 0}}, {{"header of the bin", SECOND_BIN}}},
		{{{0, base + SECOND_BIN + 8, 4, 8192}}, {{"header of the bin", SECOND_BIN}}},
		{{{0, base + SECOND_BIN + 8, 4, 0}}, {{"header of the bin", SECOND_BIN}}},
		{{{0, base + SECOND_BIN + 8, 4, 4100}}, {{"header of the bin", SECOND_BIN}}},
		{{{rest, HEAD, 4, len + 8}}, {{"size of the cell", rest}}},
		{{{rest, HEAD, 4, 0u - len - 8}}, {{"size of the cell", rest}}},
		{{{rest, HEAD, 4, len - 8}, {SECOND_BIN - 8, HEAD, 4, 0}},
		 {{"size of the cell", SECOND_BIN - 8}}},
		{{{rest, HEAD, 4, len - 4}}, {{"size of the cell", rest}}},
		{{{w->alpha, 48, 4, w->class + 8}}, {{"no cell begins", w->alpha}}},
		{{{w->alpha, 48, 4, w->class + 4}}, {{"no cell begins", w->alpha}}},
		{{{w->alpha, 48, 4, TINY_BIN}}, {{"no cell begins", w->alpha}}},
		{{{w->alpha, 48, 4, TINY_NONE}}, {{"no cell begins", w->alpha}}},
		{{{w->alpha, 48, 4, 0}}, {{"no cell begins", w->alpha}}},
		{{{w->class, HEAD, 4, 24}}, {{"it is free", w->class}}},
		{{{w->alpha, 48, 4, w->segments}, {w->alpha, 74, 2, 8}},
		 {{"same cell", w->segments}}},
		{{{w->text, 8, 4, w->alpha}}, {{"same cell", w->alpha}}},
		{{{w->delta, 44, 4, w->class}},
		 {{"same cell", w->class}, {"number of users", w->sk_one}}},
	};
	run(cases, COUNT(cases), sum);
}

static void damage_keys(const struct sound *w, struct hive_report *sum)
{
	const struct damage cases[] = {
		{{{w->delta, 0, 1, 'x'}, {w->sk_one, 12, 4, 5}}, {{"whole key record", w->delta}}},
		{{{w->delta, 72, 2, 900}, {w->sk_one, 12, 4, 5}}, {{"whole key record", w->delta}}},
		{{{w->inner, HEAD, 4, 0u - 72}, {w->inner, 68, 4, 0u - 16}, {w->sk_one, 12, 4, 5}},
		 {{"whole key record", w->inner}}},
		{{{w->delta, 76 + 4, 1, '\\'}}, {{"possible name", w->delta}}},
		{{{w->wide, 72, 2, 3}}, {{"possible name", w->wide}}},
		{{{w->alpha, 72, 2, 0}, {w->lh, 8, 4, 0}}, {{"possible name", w->alpha}}},
		{{{w->delta, 16, 4, w->alpha}}, {{"as its parent", w->delta}}},
		{{{w->alpha, 74, 2, 100}, {w->t.root, 56, 4, 100}},
		 {{"class name is longer", w->alpha}}},
		{{{w->alpha, 74, 2, 20}, {w->t.root, 56, 4, 20}}, {{NULL, 0}}},
		{{{w->alpha, 74, 2, 21}, {w->t.root, 56, 4, 21}},
		 {{"class name is longer", w->alpha}}},
		{{{w->alpha, 20, 4, 0}, {w->sk_one, 12, 4, 5}}, {{"refers to one", w->alpha}}},
		{{{w->beta, 40, 4, w->values}}, {{"refers to one", w->beta}}},
	};
	run(cases, COUNT(cases), sum);
}

static void damage_lists(const struct sound *w, struct hive_report *sum)
{
	const struct damage cases[] = {
		{{{w->lf, 0, 2, 0x7878}, {w->sk_one, 12, 4, 5}},
		 {{"not hold a subkey list", w->lf}, {"another number of subkeys", w->alpha}}},
		{{{w->lf, 0, 2, 0x786c}, {w->sk_one, 12, 4, 5}},
		 {{"not hold a subkey list", w->lf}, {"another number of subkeys", w->alpha}}},
		{{{w->lh, 2, 2, 3}}, {{"longer than its cell", w->lh}}},
		{{{w->li, 2, 2, 900}},
		 {{"longer than its cell", w->li}, {"no cell begins", w->t.root},
					{"another number of subkeys", w->t.root}}},
		{{{w->lf, 2, 2, 0}, {w->sk_one, 12, 4, 5}},
		 {{"is empty", w->lf}, {"another number of subkeys", w->alpha}}},
		{{{w->ri, 2, 2, 0}, {w->sk_one, 12, 4, 1}},
		 {{"is empty", w->ri}, {"another number of subkeys", w->t.root},
		  {"number of users", w->sk_two}}},
		{{{w->lh, 0, 2, 0x6972}, {w->t.root, 20, 4, 3}, {w->sk_one, 12, 4, 3}},
		 {{"inside an index root", w->lh}}},
		{{{0, 24, 4, 4}}, {{"this version", w->lh}}},
		{{{w->lh, 0, 2, 0x666c}, {w->lh, 8, 4, 0x68706c61}, {w->lh, 16, 4, 0x61746542}},
		 {{NULL, 0}}},
		{{{0, 24, 4, 4}, {w->lh, 0, 2, 0x666c}, {w->lh, 8, 4, 0x68706c61},
		  {w->lh, 16, 4, 0x61746542}},
		 {{"fast leaf under", w->lh}}},
		{{{w->t.root, 20, 4, 6}}, {{"another number of subkeys", w->t.root}}},
		{{{w->t.root, 20, 4, 4}}, {{"another number of subkeys", w->t.root}}},
		{{{w->delta, 76, 1, 'a'}}, {{"order of names", w->delta}}},
		{{{w->delta, 76, 1, 'O'}}, {{"order of names", w->wide}}},
		{{{w->delta, 76, 4, 0x61746562}, {w->delta, 72, 2, 4}},
		 {{"order of names", w->delta}}},
		{{{w->delta, 76, 4, 0x61746562}, {w->delta, 72, 2, 3}},
		 {{"order of names", w->delta}}},
		{{{w->lh, 8, 4, 1}}, {{"hash of the name", w->alpha}}},
		{{{w->lf, 11, 1, 'E'}}, {{"hint to the name", w->inner}}},
		{{{w->lf, 8, 4, 0}}, {{"hint to the name", w->inner}}},
	};
	run(cases, COUNT(cases), sum);
}

static void damage_values(const struct sound *w, struct hive_report *sum)
{
	const struct damage cases[] = {
		{{{w->alpha, 36, 4, 6}}, {{"value list", w->alpha}}},
		{{{w->text, 0, 1, 'x'}}, {{"whole value record", w->text}}},
		{{{w->text, 2, 2, 900}}, {{"whole value record", w->text}}},
		{{{w->number, 16, 2, 0}}, {{"name of the value", w->number}}},
		{{{w->twin, 23, 1, '1'}}, {{"same name", w->twin}}},
		{{{w->twin, 20, 4, 0x31584554}}, {{"same name", w->twin}}},
		{{{w->number, 4, 4, 0x80000005}}, {{"more data in its record", w->number}}},
		{{{w->text, 4, 4, 13}}, {{"longer than its cell", w->text}}},
		{{{w->text, 4, 4, 16344}}, {{"longer than its cell", w->text}}},
		{{{w->text, 4, 4, 16345}}, {{"big data record", w->text}}},
		{{{w->db, 0, 1, 'x'}}, {{"big data record", w->big}}},
		{{{w->db, 2, 2, 2}}, {{"number of segments", w->big}}},
		{{{w->db, 2, 2, 4}}, {{"number of segments", w->big}}},
		{{{w->big, 4, 4, 2 * 16344}, {w->db, 2, 2, 2}}, {{NULL, 0}}},
		{{{w->big, 4, 4, 49033}, {w->db, 2, 2, 4}},
		 {{"number of segments", w->big}, {"segment of big data", w->segment}}},
		{{{w->big, 4, 4, TINY_BIG + 4}}, {{NULL, 0}}},
		{{{w->big, 4, 4, TINY_BIG + 8}},
		 {{"segment of big data", w->segment}}},
		{{{0, 24, 4, 3}}, {{"this version", w->lh}, {"longer than its cell", w->big}}},
	};
	run(cases, COUNT(cases), sum);
}

static void damage_security(const struct sound *w, struct hive_report *sum)
{
	const struct damage cases[] = {
		{{{w->sk_two, 0, 1, 'x'}}, {{"ring", w->sk_one}, {"security record", w->sk_two}}},
		{{{w->sk_one, 0, 1, 'x'}},
		 {{"security record", w->sk_one}, {"not in the ring", w->sk_two}}},
		{{{w->sk_two, 16, 4, 21}, {w->sk_one, 4, 4, w->sk_one}, {w->sk_one, 8, 4, w->sk_one}},
		 {{"security record", w->sk_two}}},
		{{{w->sk_two, 8, 4, w->sk_two}},
		 {{"ring", w->sk_one}, {"not in the ring", w->sk_two}}},
		{{{w->sk_two, 4, 4, w->sk_two}}, {{"ring", w->sk_two}}},
		{{{w->sk_one, 4, 4, w->class}},
		 {{"ring", w->sk_one}, {"not in the ring", w->sk_two}}},
		{{{w->sk_one, 4, 4, TINY_NONE}},
		 {{"ring", w->sk_one}, {"not in the ring", w->sk_two}}},
		{{{w->sk_one, 4, 4, w->sk_one}, {w->sk_one, 8, 4, w->sk_one}},
		 {{"not in the ring", w->sk_two}}},
		{{{w->sk_one, 12, 4, 7}}, {{"number of users", w->sk_one}}},
		{{{w->sk_two, 12, 4, 0}}, {{"number of users", w->sk_two}}},
		{{{w->zeta, 44, 4, w->sk_one}, {w->sk_one, 12, 4, 7}, {w->sk_two, 12, 4, 0}},
		 {{NULL, 0}}},
		{{{w->zeta, 44, 4, w->sk_one}, {w->sk_one, 12, 4, 7}},
		 {{"number of users", w->sk_two}}},
		{{{w->zeta, 44, 4, TINY_NONE}, {w->sk_two, 12, 4, 0}},
		 {{"no cell begins", w->zeta}}},
	};
	run(cases, COUNT(cases), sum);
}
/* clang-format on */

/* What looks like a security record inside other data, with the links that it needs. */
static uint32_t forged(struct sound *s, uint32_t at)
{
	uint8_t *sk = tiny_at(&s->t, at);
	memcpy(sk, "sk", 2);
	if (at != s->segment)
		put_le32(sk - 4, 0u - 32);
	put_le32(sk + 4, s->sk_one);
	put_le32(sk + 8, s->sk_one);
	put_le32(sk + 12, 0);
	put_le32(sk + 16, 0);
	return at;
}

static void damage_forged(void)
{
	struct sound s = sound_new();
	put_le32(tiny_at(&s.t, s.sk_one) + 4, forged(&s, s.segment + 32));
	struct hive_report r = check_sound(&s);
	assert_expected(&r, (struct expected[]){{"ring", s.sk_one}, {"not in the ring", s.sk_two}},
			2, 0);
	tiny_free(&s.t);
	s = sound_new();
	put_le32(tiny_at(&s.t, s.sk_one) + 4, forged(&s, s.segment));
	put_le32(tiny_at(&s.t, s.sk_one) + 8, s.segment);
	r = check_sound(&s);
	assert_expected(
		&r, (struct expected[]){{"same cell", s.segment}, {"not in the ring", s.sk_two}}, 2,
		0);
	tiny_free(&s.t);
	s = sound_new();
	put_le32(tiny_at(&s.t, s.t.root) + 44, forged(&s, s.segment + 32));
	r = check_sound(&s);
	assert_true(r.defects > 0);
	assert_string_equal(r.first[0].what, "the record refers to a place where no cell begins");
	assert_int_equal(r.first[0].at, s.t.root);
	assert_null(strstr(r.first[1].what, "ring of security"));
	tiny_free(&s.t);
}

/* Keys inside each other; the root is the first. */
static struct tiny nested(uint32_t depth, uint32_t *last)
{
	struct sound s = {.t = {.p = calloc(1, TINY_SIZE), .next = 32}};
	assert_non_null(s.t.p);
	s.sk_one = security(&s.t, depth + 1);
	uint32_t key = s.t.root = sound_ascii(&s, "k", TINY_NONE);
	for (uint32_t i = 0; i < depth; i++) {
		uint32_t sub = sound_ascii(&s, "k", key);
		tiny_subkeys(&s.t, key, tiny_list(&s.t, "li", &sub, 1), 1);
		key = sub;
	}
	*last = key;
	sound_bins(&s.t);
	return s.t;
}

static void damage_depth(struct hive_report *sum)
{
	for (uint32_t more = 0; more < 3; more++) {
		uint32_t last;
		struct tiny t = nested(HIVE_DEPTH_MAX + more, &last);
		struct hive_report r = report_of(tiny_span(&t));
		assert_int_equal(r.keys, HIVE_DEPTH_MAX + more + 1);
		assert_int_equal(r.defects, more > 0);
		if (more == 1)
			assert_expected(&r, &(struct expected){"nested too deep", last}, 1, 0);
		for (size_t k = 0; k < HIVE_DEFECT_KINDS; k++)
			sum->of_kind[k] += r.of_kind[k];
		tiny_free(&t);
	}
}

static void test_damage(void **state)
{
	(void)state;
	struct sound w = sound_new();
	struct hive_report sum = {0};
	damage_cells(&w, &sum);
	damage_keys(&w, &sum);
	damage_lists(&w, &sum);
	damage_values(&w, &sum);
	damage_security(&w, &sum);
	damage_forged();
	damage_depth(&sum);
	for (size_t k = 0; k < HIVE_DEFECT_KINDS; k++)
		if (sum.of_kind[k] == 0)
			fail_msg("kind %zu was never seen", k);
	tiny_free(&w.t);
}

/* ---- what is only counted, and comparing ---- */

static void test_counters(void **state)
{
	(void)state;
	struct sound s = sound_new();
	put_le32(s.t.p + 4096 + s.t.next, 16);
	put_le32(s.t.p + 4096 + s.t.next + 16, SECOND_BIN - s.t.next - 16);
	put_le32(tiny_at(&s.t, s.alpha) + 48, TINY_NONE);
	put_le16(tiny_at(&s.t, s.alpha) + 74, 0);
	put_le32(tiny_at(&s.t, s.t.root) + 52, 9);
	struct hive_report r = check_sound(&s);
	assert_int_equal(r.defects, 0);
	assert_int_equal(r.free_pairs,
			 1); /* the first bin's last and the second's first are none */
	assert_int_equal(r.cells_lost, 1);
	assert_int_equal(r.low_bounds, 1);
	/* the upper half of the field is another one since Windows XP SP3 */
	put_le32(tiny_at(&s.t, s.t.root) + 52, 0x10009);
	assert_int_equal(check_sound(&s).low_bounds, 1);
	tiny_free(&s.t);
}

/* Fields that Windows itself leaves too low: counted, a key once, and no damage. */
static void test_low_bounds(void **state)
{
	(void)state;
	struct sound w = sound_new();
	const struct {
		struct patch_of patches[4];
		uint32_t low;
	} cases[] = {
		{{{w.t.root, 56, 4, CLASS_LEN - 1}}, 1},
		{{{w.t.root, 56, 4, 0}, {w.t.root, 52, 4, 0}}, 1},
		{{{w.alpha, 60, 4, 7}}, 1},
		{{{w.alpha, 60, 4, 0}, {w.alpha, 64, 4, 0}}, 1},
		{{{w.alpha, 64, 4, TINY_BIG - 1}}, 1},
		{{{w.alpha, 64, 4, TINY_BIG}}, 0},
		{{{w.delta, 64, 4, 3}}, 1},
		{{{w.delta, 64, 4, 3}, {w.alpha, 60, 4, 7}, {w.alpha, 52, 2, 9}}, 2},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sound s = sound_new();
		for (size_t k = 0; k < COUNT(cases[i].patches) && cases[i].patches[k].size; k++)
			apply(&s, &cases[i].patches[k]);
		struct hive_report r = check_sound(&s);
		assert_int_equal(r.defects, 0);
		assert_int_equal(r.low_bounds, cases[i].low);
		tiny_free(&s.t);
	}
	tiny_free(&w.t);
}

static void test_lost(void **state)
{
	(void)state;
	struct sound w = sound_new();
	const struct {
		struct patch_of patches[4];
		uint32_t lost;
	} cases[] = {
		{{{w.db, 2, 2, 2}}, 1},
		{{{w.db, 2, 2, 1}}, 2},
		{{{w.alpha, 36, 4, 4}}, 1},
		{{{w.alpha, 36, 4, 1}}, 10},
		/* nobody uses the second security record, and it is not lost */
		{{{w.zeta, 44, 4, w.sk_one}, {w.sk_one, 12, 4, 7}, {w.sk_two, 12, 4, 0}}, 0},
		{{{w.text, 4, 4, 0}}, 1},
		{{{w.lf, 0, 1, 'x'}}, 1},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sound s = sound_new();
		for (size_t k = 0; k < COUNT(cases[i].patches) && cases[i].patches[k].size; k++)
			apply(&s, &cases[i].patches[k]);
		assert_int_equal(check_sound(&s).cells_lost, cases[i].lost);
		tiny_free(&s.t);
	}
	w.t.p[4096 + SECOND_BIN] = 'x';
	struct hive_report r = check_sound(&w);
	assert_int_equal(r.bins, 1);
	assert_int_equal(r.cells_free, 1);
	put_le32(w.t.p + 4096 + 8, SECOND_BIN - 8);
	r = check_sound(&w);
	assert_expected(&(struct hive_report){.defects = 1, .first = {r.first[0]}},
			&(struct expected){"header of the bin", 0}, 1, 0);
	tiny_free(&w.t);
}

static void test_handle_keys(void **state)
{
	(void)state;
	struct sound s = sound_new();
	put_le16(tiny_at(&s.t, s.beta) + 2, 0x20 | 0x40);
	put_le32(tiny_at(&s.t, s.beta) + 36, 0x80000002);
	assert_int_equal(check_sound(&s).defects, 0);
	tiny_free(&s.t);
}

static void assert_worse(const struct hive_report *a, const struct hive_report *b, const char *text)
{
	struct err err = {0};
	assert_int_equal(hive_check_no_worse(a, b, &err), -1);
	assert_int_equal(err.code, E_GUARD);
	if (!strstr(err.text, text))
		fail_msg("%s", err.text);
	assert_int_equal(hive_check_no_worse(b, a, NULL), 0);
}

static void test_no_worse(void **state)
{
	(void)state;
	char place[64];
	struct sound s = sound_new();
	struct hive_report sound = check_sound(&s), one, two, moved, few, more;
	put_le32(tiny_at(&s.t, s.lh) + 8, 1);
	one = check_sound(&s);
	put_le32(tiny_at(&s.t, s.lh) + 16, 1);
	two = check_sound(&s);
	put_le32(tiny_at(&s.t, s.lh) + 8, ascii_hash("alpha"));
	moved = check_sound(&s);
	assert_int_equal(hive_check_no_worse(&sound, &sound, NULL), 0);
	assert_int_equal(hive_check_no_worse(&two, &two, NULL), 0);
	assert_int_equal(hive_check_no_worse(&one, &moved, NULL), 0);
	snprintf(place, sizeof(place), "0x%x: the hash of the name", s.alpha);
	assert_worse(&sound, &one, place);
	snprintf(place, sizeof(place), "0x%x: the hash of the name", s.beta);
	assert_worse(&one, &two, place);
	for (size_t i = 0; i < 3; i++) {
		few = more = sound;
		*(uint32_t *[]){&few.cells_lost, &few.free_pairs, &few.low_bounds}[i] = 1;
		*(uint32_t *[]){&more.cells_lost, &more.free_pairs, &more.low_bounds}[i] = 3;
		assert_worse(&few, &more,
			     (const char *[]){"2 more cells that nothing leads to",
					      "2 more free cells", "2 more bounds"}[i]);
	}
	tiny_free(&s.t);
}

/* More defects than a report names: all are counted, and one more is still worse. */
static void test_many(void **state)
{
	(void)state;
	enum { KEYS = 200 };
	struct sound s = {.t = {.p = calloc(1, TINY_SIZE), .next = 32}};
	uint32_t keys[KEYS];
	assert_non_null(s.t.p);
	s.sk_one = security(&s.t, KEYS + 1);
	s.t.root = sound_ascii(&s, "ROOT", TINY_NONE);
	for (size_t i = 0; i < KEYS; i++) {
		char name[8];
		snprintf(name, sizeof(name), "%03zu", i);
		keys[i] = sound_ascii(&s, name, s.t.root + 8);
	}
	tiny_subkeys(&s.t, s.t.root, tiny_list(&s.t, "li", keys, KEYS), KEYS);
	sound_bins(&s.t);
	struct hive_report all = check_sound(&s), fewer;
	assert_int_equal(all.defects, KEYS);
	assert_int_equal(all.first[HIVE_DEFECTS_MAX - 1].at, keys[HIVE_DEFECTS_MAX - 1]);
	put_le32(tiny_at(&s.t, keys[KEYS - 1]) + 16, s.t.root);
	fewer = check_sound(&s);
	assert_worse(&fewer, &all, "damage the hive: the key does not name the key above");
	tiny_free(&s.t);
}

/* ---- random bytes ---- */

static uint32_t draw(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 8;
}

static void test_random(void **state)
{
	(void)state;
	enum { ROUNDS = 3000 };
	uint32_t random = 11, opened = 0, damaged = 0;
	struct sound s = sound_new();
	uint8_t *copy = malloc(TINY_SIZE);
	assert_non_null(copy);
	for (size_t n = 0; n < ROUNDS; n++) {
		struct hive h;
		struct hive_report r;
		memcpy(copy, s.t.p, TINY_SIZE);
		for (uint32_t k = draw(&random) % 8; k-- > 0;) {
			/* everything but the big data lies in front of its segments or behind */
			uint32_t at = 4096 + draw(&random) % s.t.next / 8 * 8 + draw(&random) % 8;
			copy[at] = (uint8_t)(draw(&random) % 2 ? draw(&random) : 0xff);
		}
		if (hive_open(&h, (struct span){copy, TINY_SIZE}, NULL))
			continue;
		struct arena *arena = arena_new();
		assert_int_equal(hive_check(&h, arena, &r, NULL), 0);
		assert_true(r.keys <= hive_keys_max(&h) && r.values <= hive_values_max(&h));
		opened++;
		damaged += r.defects > 0;
		arena_free(arena);
	}
	assert_true(opened > ROUNDS / 2);
	assert_true(damaged > ROUNDS / 50);
	free(copy);
	tiny_free(&s.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),    cmocka_unit_test(test_damage),
		cmocka_unit_test(test_counters), cmocka_unit_test(test_low_bounds),
		cmocka_unit_test(test_lost),     cmocka_unit_test(test_handle_keys),
		cmocka_unit_test(test_no_worse), cmocka_unit_test(test_many),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
