/* SPDX-License-Identifier: MIT */
/*
 * A small hive without any defect, for the tests of the whole-hive check, and how a report is
 * compared with what is expected.
 */
#ifndef HIVE_CHECK_TEST_H
#define HIVE_CHECK_TEST_H

#include "hive_fixture.h"

#include "stop7b/hive_check.h"

#define SECOND_BIN (TINY_BIN - 4096) /* holds one free cell */
#define CLASS_LEN  14u
#define HASH_SEED  0u

/*
 * ROOT\{alpha{inner}, Beta, delta, N..., zeta}: an index root over a hash leaf (alpha, Beta) and
 * an index leaf (delta, N..., zeta); inner in a fast leaf. All security is sk_one but zeta's.
 * alpha has a class name and values of all sorts.
 */
struct sound {
	struct tiny t;
	uint32_t alpha, beta, delta, wide, zeta, inner;
	uint32_t ri, lh, li, lf, class;
	uint32_t sk_one, sk_two;
	uint32_t values, text, twin, big, db, segments, segment, number, empty, more;
};

static inline uint32_t security(struct tiny *t, uint32_t users)
{
	uint32_t at = tiny_cell(t, 20 + 20);
	uint8_t *sk = tiny_at(t, at);
	memcpy(sk, "sk", 2);
	put_le32(sk + 4, at);
	put_le32(sk + 8, at);
	put_le32(sk + 12, users);
	put_le32(sk + 16, 20);
	return at;
}

static inline void link_ring(struct tiny *t, uint32_t a, uint32_t b)
{
	put_le32(tiny_at(t, a) + 4, b);
	put_le32(tiny_at(t, a) + 8, b);
	put_le32(tiny_at(t, b) + 4, a);
	put_le32(tiny_at(t, b) + 8, a);
}

/* Parent, security, and bounds that are high enough for all that is made here. */
static inline uint32_t sound_key(struct sound *s, const char *name, size_t len, unsigned flags,
				 uint32_t parent)
{
	uint32_t at = tiny_key(&s->t, name, len, flags);
	uint8_t *nk = tiny_at(&s->t, at);
	put_le32(nk + 16, parent);
	put_le32(nk + 44, s->sk_one);
	put_le32(nk + 52, 10);
	put_le32(nk + 56, CLASS_LEN);
	put_le32(nk + 60, 8);
	return at;
}

static inline uint32_t sound_ascii(struct sound *s, const char *name, uint32_t parent)
{
	return sound_key(s, name, strlen(name), 0x20, parent);
}

/* Of an ASCII name, letter by letter. */
static inline uint32_t ascii_hash(const char *name)
{
	uint32_t hash = HASH_SEED;
	for (; *name; name++)
		hash = 37 * hash + (uint32_t)(*name >= 'a' && *name <= 'z' ? *name - 32 : *name);
	return hash;
}

static inline void sound_values(struct sound *s)
{
	struct tiny *t = &s->t;
	s->text = tiny_text(t, "Tex1", REG_SZ, "words", 6);
	s->twin = tiny_text(t, "Tex2", REG_SZ, "words", 6);
	s->big = tiny_big(t, "Big");
	s->db = t->db;
	s->segments = le32((struct span){tiny_at(t, s->db), 8}, 4);
	s->segment = le32((struct span){tiny_at(t, s->segments), 12}, 8); /* the last one */
	s->number = tiny_dword(t, "Odd", 1);
	s->empty = tiny_vk(t, "", REG_SZ, 0x80000000u, 0);
	uint32_t values[] = {s->text, s->big, s->twin, s->number, s->empty};
	s->values = tiny_values(t, s->alpha, values, COUNT(values));
	s->more = tiny_dword(t, "More", 2);
	tiny_values(t, s->delta, &s->more, 1);
	put_le32(tiny_at(t, s->alpha) + 64, 50000);
}

static inline void sound_lists(struct sound *s)
{
	struct tiny *t = &s->t;
	s->lh = tiny_list(t, "lh", (uint32_t[]){s->alpha, s->beta}, 2);
	put_le32(tiny_at(t, s->lh) + 8, ascii_hash("alpha"));
	put_le32(tiny_at(t, s->lh) + 16, ascii_hash("Beta"));
	s->li = tiny_list(t, "li", (uint32_t[]){s->delta, s->wide, s->zeta}, 3);
	s->ri = tiny_list(t, "ri", (uint32_t[]){s->lh, s->li}, 2);
	s->lf = tiny_list(t, "lf", &s->inner, 1);
	memcpy(tiny_at(t, s->lf) + 8, "inne", 4);
	tiny_subkeys(t, t->root, s->ri, 5);
	tiny_subkeys(t, s->alpha, s->lf, 1);
}

/* The rest of the first bin is one free cell, and so is the second bin. */
static inline void sound_bins(struct tiny *t)
{
	uint8_t *bin = t->p + 4096 + SECOND_BIN;
	tiny_base(t);
	put_le32(t->p + 4096 + 8, SECOND_BIN);
	put_le32(t->p + 4096 + t->next, SECOND_BIN - t->next);
	memcpy(bin, "hbin", 4);
	put_le32(bin + 4, SECOND_BIN);
	put_le32(bin + 8, 4096);
	put_le32(bin + 32, 4096 - 32);
}

static inline struct sound sound_new(void)
{
	struct sound s = {.t = {.p = calloc(1, TINY_SIZE), .next = 32}};
	uint8_t class[CLASS_LEN];
	assert_non_null(s.t.p);
	s.sk_one = security(&s.t, 6);
	s.sk_two = security(&s.t, 1);
	link_ring(&s.t, s.sk_one, s.sk_two);
	s.t.root = sound_ascii(&s, "ROOT", TINY_NONE);
	s.alpha = sound_ascii(&s, "alpha", s.t.root);
	s.beta = sound_ascii(&s, "Beta", s.t.root);
	s.delta = sound_ascii(&s, "delta", s.t.root);
	s.wide = sound_key(&s, "N\0\x14\x04", 4, 0, s.t.root);
	s.zeta = sound_ascii(&s, "zeta", s.t.root);
	s.inner = sound_ascii(&s, "inner", s.alpha);
	put_le32(tiny_at(&s.t, s.zeta) + 44, s.sk_two);
	s.class = tiny_bytes(&s.t, class, tiny_utf16("A class", 7, class));
	put_le32(tiny_at(&s.t, s.alpha) + 48, s.class);
	put_le16(tiny_at(&s.t, s.alpha) + 74, CLASS_LEN);
	sound_values(&s);
	sound_lists(&s);
	sound_bins(&s.t);
	return s;
}

static inline struct hive_report report_of(struct span bytes)
{
	struct hive h;
	struct hive_report r;
	struct err err = {0};
	struct arena *arena = arena_new();
	if (hive_open(&h, bytes, &err) || hive_check(&h, arena, &r, &err))
		fail_msg("%s", err.text);
	arena_free(arena);
	return r;
}

static inline struct hive_report check_sound(const struct sound *s)
{
	return report_of(tiny_span(&s->t));
}

/* A number to put into a record; cell 0: into the base block, where there is no cell. */
struct patch_of {
	uint32_t cell, at, size, value;
};
struct expected {
	const char *what; /* part of the sentence */
	uint32_t at;
};

static inline void apply(struct sound *s, const struct patch_of *p)
{
	uint8_t *field = p->cell ? tiny_at(&s->t, p->cell) + (int32_t)p->at : s->t.p + p->at;
	if (p->size == 1)
		*field = (uint8_t)p->value;
	else if (p->size == 2)
		put_le16(field, (uint16_t)p->value);
	else
		put_le32(field, p->value);
}

static inline void assert_expected(const struct hive_report *r, const struct expected *e,
				   size_t most, size_t index)
{
	size_t n = 0;
	for (; n < most && e[n].what; n++)
		if (n >= r->defects || !strstr(r->first[n].what, e[n].what) ||
		    r->first[n].at != e[n].at)
			fail_msg("case %zu: 0x%x: %s instead of 0x%x: %s", index, r->first[n].at,
				 n < r->defects ? r->first[n].what : "nothing", e[n].at, e[n].what);
	if (r->defects != n)
		fail_msg("case %zu: also 0x%x: %s", index, r->first[n].at, r->first[n].what);
}

#endif
