/* SPDX-License-Identifier: MIT */
/*
 * Words and data of registry values, one row for each type that people write by name. Texts end
 * in a NUL in the hive and not in words; a list of texts ends in an empty one. What a type's form
 * cannot say is said in hex, so nothing is lost between reading a value and writing it again.
 */
#include "stop7b/reg_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hive_internal.h"

enum { UNIT = 2 }; /* bytes of a UTF-16 unit */

struct words {
	const char *const *items;
	size_t n;
};

struct form {
	const char *word;
	uint32_t type;
	int (*parse)(struct words w, struct arena *arena, struct span *out, struct err *err);
	/* 1 when the words say all, 0 when the data does not fit this form, -1 with err */
	int (*tell)(struct span data, struct arena *arena, char ***words, size_t *n,
		    struct err *err);
};

/* ---- numbers ---- */

static int parse_number(struct words w, uint64_t max, uint64_t *out, struct err *err)
{
	char *end;
	if (w.n != 1)
		return err_set(err, E_USAGE, "one number is wanted, not %zu words", w.n);
	const char *text = w.items[0];
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	errno = 0;
	unsigned long long n = strtoull(text, &end, hex ? 16 : 10); /* 010 is ten */
	if (end == text || *end || *text < '0' || *text > '9' || errno == ERANGE || n > max)
		return err_set(err, E_USAGE, "\"%s\" is not a number that fits", text);
	*out = n;
	return 0;
}

static int parse_dword(struct words w, struct arena *arena, struct span *out, struct err *err)
{
	uint64_t number;
	uint8_t *p = arena_alloc(arena, 4, err);
	if (!p || parse_number(w, UINT32_MAX, &number, err) < 0)
		return -1;
	put_le32(p, (uint32_t)number);
	*out = (struct span){p, 4};
	return 0;
}

static int parse_qword(struct words w, struct arena *arena, struct span *out, struct err *err)
{
	uint64_t number;
	uint8_t *p = arena_alloc(arena, 8, err);
	if (!p || parse_number(w, UINT64_MAX, &number, err) < 0)
		return -1;
	put_le64(p, number);
	*out = (struct span){p, 8};
	return 0;
}

static int one_word(struct arena *arena, char *word, char ***words, size_t *n, struct err *err)
{
	*words = arena_array(arena, 1, sizeof(char *), err);
	if (!*words || !word)
		return err_set(err, E_MEMORY, "no memory for a value");
	(*words)[0] = word;
	*n = 1;
	return 1;
}

static int tell_dword(struct span data, struct arena *arena, char ***words, size_t *n,
		      struct err *err)
{
	if (data.len != 4)
		return 0;
	return one_word(arena, arena_printf(arena, "%u", le32(data, 0)), words, n, err);
}

static int tell_qword(struct span data, struct arena *arena, char ***words, size_t *n,
		      struct err *err)
{
	if (data.len != 8)
		return 0;
	char *word = arena_printf(arena, "%llu", (unsigned long long)le64(data, 0));
	return one_word(arena, word, words, n, err);
}

/* ---- texts ---- */

static int parse_text(struct words w, struct arena *arena, struct span *out, struct err *err)
{
	if (w.n != 1)
		return err_set(err, E_USAGE, "one text is wanted, not %zu words", w.n);
	if (text_to_utf16le(arena, w.items[0], out, err) < 0)
		return -1;
	out->len += UNIT;
	return 0;
}

static int parse_texts(struct words w, struct arena *arena, struct span *out, struct err *err)
{
	size_t room = UNIT, len = 0;
	for (size_t i = 0; i < w.n; i++)
		room += UNIT * (strlen(w.items[i]) + 1);
	uint8_t *p = arena_alloc(arena, room, err);
	if (!p)
		return -1;
	for (size_t i = 0; i < w.n; i++) {
		struct span text;
		if (!w.items[i][0])
			return err_set(err, E_USAGE, "an empty string would end the list");
		if (text_to_utf16le(arena, w.items[i], &text, err) < 0)
			return -1;
		memcpy(p + len, text.p, text.len + UNIT);
		len += text.len + UNIT;
	}
	put_le16(p + len, 0);
	*out = (struct span){p, len + UNIT};
	return 0;
}

/* The text of UTF-16 without NULs; NULL when showing it would not give it back. */
static char *plain_text(struct span s, struct arena *arena)
{
	struct span again;
	char *text = text_utf16le(arena, s);
	if (!text || text_to_utf16le(arena, text, &again, NULL) < 0 || again.len != s.len ||
	    (s.len > 0 && memcmp(again.p, s.p, s.len) != 0))
		return NULL;
	return text;
}

static int tell_text(struct span data, struct arena *arena, char ***words, size_t *n,
		     struct err *err)
{
	if (data.len < UNIT || data.len % UNIT != 0 || le16(data, data.len - UNIT) != 0)
		return 0;
	char *text = plain_text(span_sub(data, 0, data.len - UNIT), arena);
	return text ? one_word(arena, text, words, n, err) : 0;
}

static size_t string_len(struct span s)
{
	size_t len = 0;
	while (len + UNIT <= s.len && le16(s, len) != 0)
		len += UNIT;
	return len;
}

static int tell_texts(struct span data, struct arena *arena, char ***words, size_t *n,
		      struct err *err)
{
	size_t cap = 0;
	if (data.len < UNIT || data.len % UNIT != 0 || le16(data, data.len - UNIT) != 0)
		return 0;
	for (size_t at = 0; at < data.len; at += UNIT)
		cap += le16(data, at) == 0;
	*words = arena_array(arena, cap, sizeof(char *), err);
	if (!*words)
		return -1;
	*n = 0;
	struct span left = span_sub(data, 0, data.len - UNIT); /* the empty string at the end */
	while (left.len > 0) {
		size_t len = string_len(left);
		char *text = len > 0 && len < left.len ? plain_text(span_sub(left, 0, len), arena)
						       : NULL;
		if (!text)
			return 0;
		(*words)[(*n)++] = text;
		left = span_sub(left, len + UNIT, left.len - len - UNIT);
	}
	return 1;
}

/* ---- anything ---- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;
	return at ? (int)(at - digits) : -1;
}

static int parse_pairs(const char *word, uint8_t **to, struct err *err)
{
	for (const char *c = word; *c;) {
		if (*c == ' ') {
			c++;
			continue;
		}
		int high = hex_digit(c[0]), low = high < 0 ? -1 : hex_digit(c[1]);
		if (low < 0)
			return err_set(err, E_USAGE, "\"%s\" is not pairs of hex digits", word);
		*(*to)++ = (uint8_t)(high << 4 | low);
		c += 2;
	}
	return 0;
}

static int parse_hex(struct words w, struct arena *arena, struct span *out, struct err *err)
{
	size_t room = 1;
	for (size_t i = 0; i < w.n; i++)
		room += strlen(w.items[i]) / 2;
	uint8_t *p = arena_alloc(arena, room, err), *end = p;
	if (!p)
		return -1;
	for (size_t i = 0; i < w.n; i++)
		if (parse_pairs(w.items[i], &end, err) < 0)
			return -1;
	*out = (struct span){p, (size_t)(end - p)};
	return 0;
}

static int tell_hex(struct span data, struct arena *arena, char ***words, size_t *n,
		    struct err *err)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, 3 * data.len + 1, err), *p = text;
	if (!text)
		return -1;
	for (size_t i = 0; i < data.len; i++) {
		if (i > 0)
			*p++ = ' ';
		*p++ = digits[data.p[i] >> 4];
		*p++ = digits[data.p[i] & 15];
	}
	*p = '\0';
	return one_word(arena, text, words, n, err);
}

/* ---- the forms ---- */

static const struct form forms[] = {
	{"dword", REG_DWORD, parse_dword, tell_dword},
	{"qword", REG_QWORD, parse_qword, tell_qword},
	{"sz", REG_SZ, parse_text, tell_text},
	{"expand-sz", REG_EXPAND_SZ, parse_text, tell_text},
	{"multi-sz", REG_MULTI_SZ, parse_texts, tell_texts},
	{"binary", REG_BINARY, parse_hex, tell_hex},
	{"none", REG_NONE, parse_hex, tell_hex},
};
#define N_FORMS (sizeof(forms) / sizeof(forms[0]))
#define HEX     (N_FORMS - 1)

static const struct form *form_of(uint32_t type)
{
	for (size_t i = 0; i < N_FORMS; i++)
		if (forms[i].type == type)
			return &forms[i];
	return &forms[HEX];
}

int reg_type_parse(const char *word, uint32_t *type, struct err *err)
{
	for (size_t i = 0; i < N_FORMS; i++) {
		if (strcmp(forms[i].word, word) != 0)
			continue;
		*type = forms[i].type;
		return 0;
	}
	return err_set(
		err, E_USAGE,
		"the type is dword, qword, sz, expand-sz, multi-sz, binary or none, not \"%s\"",
		word);
}

int reg_data_parse(uint32_t type, const char *const *words, size_t n, struct arena *arena,
		   struct span *out, struct err *err)
{
	return form_of(type)->parse((struct words){words, n}, arena, out, err);
}

int reg_data_words(struct value v, struct arena *arena, char ***words, size_t *n, bool *as_hex,
		   struct err *err)
{
	struct span data;
	const struct form *f = form_of(v.type);
	if (value_data(v, arena, &data, err) < 0)
		return -1;
	int rc = f->tell(data, arena, words, n, err);
	*as_hex = rc == 0 || f->tell == tell_hex;
	if (rc == 0)
		rc = tell_hex(data, arena, words, n, err);
	return rc < 0 ? -1 : 0;
}
