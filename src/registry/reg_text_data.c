/* SPDX-License-Identifier: MIT */
/*
 * The data of a value in a registry text: "text", dword:, hex: and hex(n):, each to the bytes that
 * a hive stores.
 *
 * A text in quotes may go over several lines, because Windows' own editor writes it so. Hex is
 * read twice, to count the bytes and to store them, so memory grows with what is there.
 */
#include "reg_text_internal.h"

#include "stop7b/i18n.h"

#define DWORD_DIGITS 8u
#define BYTE_DIGITS  2u
#define HEX_BASE     16u
#define ASCII_END    0x80u

static int digit(int32_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Up to most digits; fewer than one, or more, is an error. */
static int read_number(struct reg_reader *r, unsigned most, uint32_t *out)
{
	unsigned n = 0;
	*out = 0;
	for (; n < most && digit(reg_peek(r)) >= 0; n++)
		*out = *out * HEX_BASE + (uint32_t)digit(reg_take(r));
	if (n == 0 || digit(reg_peek(r)) >= 0)
		return reg_fail(r, n == 0 ? "a number is missing"
					  : N_("a number has too many digits"));
	return 0;
}

/* ---- quoted text ---- */

/* The next unit of a quoted text into *c; 1, 0 at the closing quote, or -1 with err. */
static int next_quoted(struct reg_reader *r, int32_t *c)
{
	*c = reg_take(r);
	if (*c == '"')
		return 0;
	if (*c == '\\') {
		*c = reg_take(r);
		if (*c != '\\' && *c != '"')
			return reg_fail(r, "in a text, \\ stands only in \\\\ and \\\"");
	}
	if (*c == REG_TEXT_END)
		return reg_fail(r, "a text has no closing quote");
	return *c == 0 ? reg_fail(r, "a NUL stands in a text") : 1;
}

/* Skip a quoted text; *begin stands behind its opening quote then, *n are its units. */
static int count_quoted(struct reg_reader *r, struct reg_reader *begin, size_t *n)
{
	int32_t c = reg_take(r); /* the opening quote */
	*begin = *r;
	*n = 0;
	int more;
	while ((more = next_quoted(r, &c)) > 0)
		++*n;
	return more;
}

int reg_read_quoted(struct reg_reader *r, struct units *out)
{
	struct reg_reader text;
	size_t n;
	int32_t c;
	if (count_quoted(r, &text, &n) < 0)
		return -1;
	uint16_t *p = arena_array(r->arena, n, sizeof(*p), r->err);
	if (!p)
		return -1;
	for (size_t i = 0; next_quoted(&text, &c) > 0; i++)
		p[i] = (uint16_t)c;
	*out = (struct units){p, n};
	return 0;
}

static int too_long(const struct reg_reader *r)
{
	return err_set(r->err, E_MEMORY, "line %u: more than %u bytes of data", r->line,
		       REG_TEXT_DATA_MAX);
}

/* The text and a NUL, as bytes. */
static int read_text(struct reg_reader *r, struct span *out)
{
	struct reg_reader text;
	size_t n;
	int32_t c;
	if (count_quoted(r, &text, &n) < 0)
		return -1;
	size_t len = (n + 1) * REG_TEXT_UNIT;
	if (len > REG_TEXT_DATA_MAX)
		return too_long(r);
	uint8_t *p = arena_alloc(r->arena, len, r->err);
	if (!p)
		return -1;
	for (size_t i = 0; next_quoted(&text, &c) > 0; i++)
		put_le16(p + i * REG_TEXT_UNIT, (uint16_t)c);
	*out = (struct span){p, len};
	return 0;
}

/* ---- numbers and bytes ---- */

static int read_dword(struct reg_reader *r, struct span *out)
{
	uint32_t number;
	uint8_t *p = arena_alloc(r->arena, sizeof(number), r->err);
	if (!p || read_number(r, DWORD_DIGITS, &number))
		return -1;
	put_le32(p, number);
	*out = (struct span){p, sizeof(number)};
	return 0;
}

/* Blanks, and a backslash with the end of the line behind it. */
static int skip_continuation(struct reg_reader *r)
{
	reg_skip_blanks(r);
	while (reg_peek(r) == '\\') {
		reg_take(r);
		reg_skip_blanks(r);
		if (reg_take(r) != '\n')
			return reg_fail(r, "\\ is not at the end of the line");
		reg_skip_blanks(r);
	}
	return 0;
}

/* Bytes separated by commas, into p when it is not NULL; their number in *n. */
static int read_bytes(struct reg_reader *r, uint8_t *p, size_t *n)
{
	uint32_t byte;
	*n = 0;
	if (skip_continuation(r))
		return -1;
	if (digit(reg_peek(r)) < 0)
		return 0;
	for (;;) {
		if (read_number(r, BYTE_DIGITS, &byte))
			return -1;
		if (p)
			p[*n] = (uint8_t)byte;
		++*n;
		if (skip_continuation(r))
			return -1;
		if (reg_peek(r) != ',')
			return 0;
		reg_take(r);
		if (skip_continuation(r))
			return -1;
	}
}

static int read_hex(struct reg_reader *r, struct span *out)
{
	struct reg_reader begin = *r;
	size_t n;
	if (read_bytes(r, NULL, &n))
		return -1;
	if (n > REG_TEXT_DATA_MAX)
		return too_long(r);
	uint8_t *p = arena_alloc(r->arena, n, r->err);
	if (!p)
		return -1;
	*r = begin;
	*out = (struct span){p, n};
	return read_bytes(r, p, &n);
}

/* REGEDIT4 keeps the bytes of a code page where a hive has UTF-16. */
static int widen(struct reg_reader *r, uint32_t type, struct span *data)
{
	if (!r->ansi || (type != REG_SZ && type != REG_EXPAND_SZ && type != REG_MULTI_SZ))
		return 0;
	uint8_t *p = arena_array(r->arena, data->len, REG_TEXT_UNIT, r->err);
	if (!p)
		return -1;
	for (size_t i = 0; i < data->len; i++) {
		if (data->p[i] >= ASCII_END)
			return err_set(r->err, E_UNSUPPORTED,
				       "line %u: REGEDIT4 with another character than ASCII",
				       r->line);
		put_le16(p + i * REG_TEXT_UNIT, data->p[i]);
	}
	*data = (struct span){p, data->len * REG_TEXT_UNIT};
	return 0;
}

static int read_typed(struct reg_reader *r, uint32_t *type, struct span *out)
{
	if (read_number(r, DWORD_DIGITS, type))
		return -1;
	if (!reg_accept(r, "):"))
		return reg_fail(r, "hex(TYPE): is not complete");
	return read_hex(r, out) || widen(r, *type, out) ? -1 : 0;
}

int reg_read_data(struct reg_reader *r, uint32_t *type, struct span *out)
{
	*type = REG_SZ;
	if (reg_peek(r) == '"')
		return read_text(r, out);
	*type = REG_DWORD;
	if (reg_accept(r, "dword:"))
		return read_dword(r, out);
	*type = REG_BINARY;
	if (reg_accept(r, "hex:"))
		return read_hex(r, out);
	if (reg_accept(r, "hex("))
		return read_typed(r, type, out);
	return reg_fail(r, "the data is neither a text nor dword: nor hex:");
}
