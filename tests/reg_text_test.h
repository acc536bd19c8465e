/* SPDX-License-Identifier: MIT */
/*
 * Shared by the tests of registry texts: changes as lines of text, and a hive written into memory.
 */
#ifndef REG_TEXT_TEST_H
#define REG_TEXT_TEST_H

#include "hive_fixture.h"
#include "test.h"

#include "stop7b/reg_text.h"

#define V5 "Windows Registry Editor Version 5.00\r\n"

/* ---- text, growing ---- */

struct text {
	char *p;
	size_t n, cap;
};

static inline void text_add(struct text *t, const void *p, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		t->cap = 2 * (t->n + n + 1);
		t->p = realloc(t->p, t->cap);
		assert_non_null(t->p);
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

static inline void text_put(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

static inline void text_hex(struct text *t, struct span data)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < data.len; i++)
		text_add(t, (char[]){digits[data.p[i] >> 4], digits[data.p[i] & 15]}, 2);
}

static inline void text_entry(struct text *t, char op, const char *key, const char *name,
			      uint32_t type, struct span data)
{
	char words[64];
	snprintf(words, sizeof(words), "%c", op);
	text_put(t, words);
	text_put(t, key);
	if (op == '=' || op == '!') {
		text_put(t, "|");
		text_put(t, name);
	}
	if (op == '=') {
		snprintf(words, sizeof(words), "|%x|", type);
		text_put(t, words);
		text_hex(t, data);
	}
	text_put(t, "\n");
}

/* Changes as lines: +key, -key, =key|name|type|data, !key|name. */
static inline void text_changes(struct text *t, const struct reg_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_entry(t, "+-=!"[c[i].op], c[i].key, c[i].name, c[i].type, c[i].data);
}

static inline struct text read_bytes(struct span bytes)
{
	struct text t = {0};
	struct err err = {0};
	struct arena *arena = arena_new();
	struct reg_change *changes;
	size_t n;
	if (reg_text_read(bytes, arena, &changes, &n, &err))
		fail_msg("%s", err.text);
	text_put(&t, "");
	text_changes(&t, changes, n);
	arena_free(arena);
	return t;
}

static inline struct span as_span(const char *s)
{
	return (struct span){(const uint8_t *)s, strlen(s)};
}

/* ---- written ---- */

static inline int into_text(void *ctx, struct span bytes, struct err *err)
{
	(void)err;
	text_add(ctx, bytes.p, bytes.len);
	return 0;
}

static inline struct text written(struct key k, const char *prefix, int left_out)
{
	struct text t = {0};
	struct err err = {0};
	struct arena *arena = arena_new();
	assert_int_equal(reg_text_write(k, prefix, arena, into_text, &t, &err), left_out);
	assert_int_equal(err.code, E_OK);
	arena_free(arena);
	return t;
}

/* The same text in bytes; every unit must be below 256. */
static inline struct text narrowed(const struct text *t)
{
	struct text out = {0};
	assert_memory_equal(t->p, "\xff\xfe", 2);
	for (size_t i = 2; i < t->n; i += 2) {
		assert_int_equal(t->p[i + 1], 0);
		text_add(&out, t->p + i, 1);
	}
	return out;
}

#endif
