/* SPDX-License-Identifier: MIT */
/*
 * Values of elements: bytes of a registry value to numbers, ids, devices, and the text that
 * bcdedit prints.
 *
 * Bits 27 to 24 of an element's id say what its value is, and with it the registry type. A value of
 * another type, or of an impossible length, is not interpreted: it is shown in hex with the
 * reason, as far as HEX_MAX. Data is taken from the hive against a budget, so that a hive whose
 * cells are used many times over cannot ask for more memory than it has bytes.
 */
#include "bcd_internal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX_MAX 64u /* bytes shown of a value that is not understood */

struct reader {
	struct bcd_element *e;
	struct value v;
	const struct bcd_name *name;
	struct arena *arena;
	struct err *err;
};

/* Note what is wrong. 0, or -1 without memory. */
static int __attribute__((format(printf, 2, 3))) wrong(struct reader *r, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->e->problem = arena_strdup(r->arena, text);
	r->e->damaged = true;
	return r->e->problem ? 0 : no_memory(r->err);
}

/* The same for an error of a lower layer. */
static int wrong_by(struct reader *r, const struct err *e)
{
	if (e->code == E_MEMORY || wrong(r, "%s", e->text) != 0)
		return no_memory(r->err);
	r->e->damaged = e->code != E_UNSUPPORTED;
	return 0;
}

/* ---- text ---- */

static const char *hex_text(struct span raw, struct arena *arena)
{
	size_t n = raw.len < HEX_MAX ? raw.len : HEX_MAX;
	char hex[2 * HEX_MAX + 1] = "";
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", raw.p[i]);
	return arena_printf(arena, "%s%s", hex, n < raw.len ? "..." : "");
}

/* Strings with single spaces between. */
static const char *join(const char *const *items, size_t n, struct arena *arena)
{
	size_t len = 1;
	for (size_t i = 0; i < n; i++)
		len += strlen(items[i]) + 1;
	char *text = arena_alloc(arena, len, NULL), *p = text;
	for (size_t i = 0; i < n && p; i++) {
		if (i > 0)
			*p++ = ' ';
		p = stpcpy(p, items[i]);
	}
	return text;
}

static const char *integer_text(const struct bcd_name *name, uint64_t v, struct arena *arena)
{
	enum bcd_style style = name ? name->style : BCD_HEX;
	for (uint64_t i = 0; style == BCD_WORDS && name->words[i]; i++) {
		if (i == v)
			return name->words[i];
	}
	return arena_printf(arena, style == BCD_HEX ? "0x%llx" : "%llu", (unsigned long long)v);
}

/* ---- one function for each format ---- */

static int read_device(struct reader *r)
{
	struct bcd_device *device = arena_alloc(r->arena, sizeof(*device), r->err);
	struct err e = {0};
	if (!device)
		return -1;
	if (bcd_device_decode(r->e->raw, r->arena, device, &e) != 0)
		return wrong_by(r, &e);
	r->e->device = device;
	r->e->text = bcd_device_text(device, r->arena);
	return r->e->text ? 0 : no_memory(r->err);
}

static int read_string(struct reader *r)
{
	if (r->e->raw.len % 2)
		return wrong(r, "text of %zu bytes", r->e->raw.len);
	r->e->string = text_utf16le(r->arena, r->e->raw);
	r->e->text = r->e->string;
	return r->e->text ? 0 : no_memory(r->err);
}

bool bcd_is_guid(const char *text)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
	if (strlen(text) != BCD_GUID_LEN)
		return false;
	for (size_t i = 0; i < BCD_GUID_LEN; i++) {
		bool fits = form[i] == 'x' ? isxdigit((unsigned char)text[i]) != 0
					   : text[i] == form[i];
		if (!fits)
			return false;
	}
	return true;
}

/* Take n texts as ids, in lower case. */
static int take_guids(struct reader *r, char **texts, size_t n)
{
	const char **guids = arena_array(r->arena, n, sizeof(*guids), r->err);
	if (!guids)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!bcd_is_guid(texts[i]))
			return wrong(r, "\"%.64s\" is not an object's id", texts[i]);
		for (char *p = texts[i]; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		guids[i] = texts[i];
	}
	r->e->guids = guids;
	r->e->n = n;
	r->e->text = join(guids, n, r->arena);
	return r->e->text ? 0 : no_memory(r->err);
}

static int read_guid(struct reader *r)
{
	char *text = text_utf16le(r->arena, r->e->raw);
	return text ? take_guids(r, &text, 1) : no_memory(r->err);
}

static int read_guids(struct reader *r)
{
	char **texts;
	size_t n;
	struct err e = {0};
	if (value_texts(r->v, r->arena, &texts, &n, &e) != 0)
		return wrong_by(r, &e);
	return take_guids(r, texts, n);
}

static uint64_t little_endian(struct span s)
{
	uint64_t v = 0;
	for (size_t i = s.len; i-- > 0;)
		v = v << 8 | s.p[i];
	return v;
}

/* Take the value as n numbers of equal length. */
static int take_integers(struct reader *r, size_t n)
{
	struct span raw = r->e->raw;
	uint64_t *v = arena_array(r->arena, n, sizeof(*v), r->err);
	const char **texts = arena_array(r->arena, n, sizeof(*texts), r->err);
	if (!v || !texts)
		return -1;
	for (size_t i = 0; i < n; i++) {
		v[i] = little_endian(span_sub(raw, i * (raw.len / n), raw.len / n));
		texts[i] = integer_text(r->name, v[i], r->arena);
		if (!texts[i])
			return no_memory(r->err);
	}
	r->e->integers = v;
	r->e->n = n;
	r->e->text = join(texts, n, r->arena);
	return r->e->text ? 0 : no_memory(r->err);
}

/* bcdedit writes eight bytes; other programs write as many as the number needs. */
static int read_integer(struct reader *r)
{
	size_t len = r->e->raw.len;
	return len < 1 || len > 8 ? wrong(r, "a number of %zu bytes", len) : take_integers(r, 1);
}

static int read_integers(struct reader *r)
{
	size_t len = r->e->raw.len;
	/* One number may be short here too. */
	if (len > 0 && len < 8)
		return take_integers(r, 1);
	return len % 8 ? wrong(r, "numbers of 8 bytes in %zu bytes", len)
		       : take_integers(r, len / 8);
}

static int read_boolean(struct reader *r)
{
	if (r->e->raw.len < 1 || r->e->raw.len > 8)
		return wrong(r, "yes or no in %zu bytes", r->e->raw.len);
	if (take_integers(r, 1) != 0)
		return -1;
	r->e->text = r->e->integers[0] ? "Yes" : "No";
	return 0;
}

static int read_binary(struct reader *r)
{
	r->e->text = hex_text(r->e->raw, r->arena);
	return r->e->text ? 0 : no_memory(r->err);
}

static const struct format {
	uint32_t type; /* of the registry value */
	int (*read)(struct reader *r);
} formats[] = {
	[BCD_FORMAT_DEVICE] = {REG_BINARY, read_device},
	[BCD_FORMAT_STRING] = {REG_SZ, read_string},
	[BCD_FORMAT_GUID] = {REG_SZ, read_guid},
	[BCD_FORMAT_GUIDS] = {REG_MULTI_SZ, read_guids},
	[BCD_FORMAT_INTEGER] = {REG_BINARY, read_integer},
	[BCD_FORMAT_BOOLEAN] = {REG_BINARY, read_boolean},
	[BCD_FORMAT_INTEGERS] = {REG_BINARY, read_integers},
	[BCD_FORMAT_BINARY] = {REG_BINARY, read_binary},
};

static int read_typed(struct reader *r)
{
	const char *found = reg_type_name(r->v.type);
	size_t i = r->e->format;
	struct err e = {0};
	if (i >= sizeof(formats) / sizeof(formats[0]) || !formats[i].read) {
		err_set(&e, E_UNSUPPORTED, "values of format %zu are not known", i);
		return wrong_by(r, &e);
	}
	if (r->v.type != formats[i].type)
		return wrong(r, "%s where %s belongs", found ? found : "an unknown type",
			     reg_type_name(formats[i].type));
	return formats[i].read(r);
}

/* Fetch the bytes, within the budget. */
static int read_raw(struct reader *r, uint64_t *budget)
{
	struct err e = {0};
	if (r->v.size > *budget)
		return wrong(r, "%u bytes; the hive does not hold that many", r->v.size);
	if (value_data(r->v, r->arena, &r->e->raw, &e) != 0)
		return wrong_by(r, &e);
	*budget -= r->e->raw.len;
	return 0;
}

int bcd_value_read(struct bcd_element *e, struct value v, const struct bcd_name *name,
		   uint64_t *budget, struct arena *arena, struct err *err)
{
	struct reader r = {e, v, name, arena, err};
	e->format = (enum bcd_format)(e->id >> 24 & 0xf);
	e->name = name ? name->name : NULL;
	if (read_raw(&r, budget) != 0 || (!e->problem && read_typed(&r) != 0))
		return -1;
	if (!e->problem)
		return 0;
	e->text = hex_text(e->raw, arena);
	return e->text ? 0 : no_memory(r.err);
}
