/* SPDX-License-Identifier: MIT */
/*
 * Which part of an .inf file is for this Windows: decorations of [Manufacturer] and of install
 * sections, and the models that the chosen ones list.
 *
 * A decoration is NT[architecture][.major[.minor[.product[.suite[.build]]]]] and names the oldest
 * Windows that it is for; a build counts only where major and minor are the same. Of those that fit
 * the newest counts, even if its section is empty: that is how a file says "not for this one".
 * Without an architecture only x86 is meant.
 * Source: "INF Manufacturer Section", Microsoft Learn.
 */
#include "inf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define DECORATION_NUMBERS  5u /* major, minor, product type, suite mask, build */
#define PRODUCT_WORKSTATION 1u

static const struct {
	const char *name, *decoration;
} architectures[] = {
	{"x86", "x86"},
	{"x64", "amd64"},
	{"arm64", "arm64"},
};

const char *inf_architecture(const char *architecture)
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++)
		if (architecture && text_equal(architectures[i].name, architecture))
			return architectures[i].decoration;
	return NULL;
}

/* ---- one decoration ---- */

enum { MAJOR, MINOR, PRODUCT, SUITE, BUILD };

struct decoration {
	bool for_architecture, named; /* it is for this one, and says so */
	uint32_t numbers[DECORATION_NUMBERS];
};

/* Numbers between dots, each of which may be missing. */
static bool read_numbers(const char *p, struct decoration *out)
{
	for (size_t i = 0; *p == '.'; i++) {
		char digits[12];
		size_t len = strcspn(++p, ".");
		if (i == DECORATION_NUMBERS || len >= sizeof(digits))
			return false;
		memcpy(digits, p, len);
		digits[len] = '\0';
		if (len && !inf_number(digits, &out->numbers[i]))
			return false;
		p += len;
	}
	return *p == '\0';
}

static bool read_decoration(const char *text, const char *architecture, struct decoration *out)
{
	*out = (struct decoration){0};
	if (strncasecmp(text, "NT", 2) != 0)
		return false;
	size_t len = strcspn(text += 2, ".");
	const char *own = inf_architecture(architecture);
	out->named = len > 0;
	out->for_architecture = len ? own && strlen(own) == len && !strncasecmp(text, own, len)
				    : text_equal(architecture, "x86");
	return read_numbers(text + len, out);
}

static bool version_fits(const uint32_t *numbers, const struct inf_windows *w)
{
	if (numbers[MAJOR] != w->major)
		return numbers[MAJOR] < w->major;
	if (numbers[MINOR] != w->minor)
		return numbers[MINOR] < w->minor;
	return numbers[BUILD] == 0 || w->build == 0 || numbers[BUILD] <= w->build;
}

static bool product_fits(uint32_t product, const struct inf_windows *w)
{
	return product == 0 || !w->product_known || (product != PRODUCT_WORKSTATION) == w->server;
}

bool inf_decoration(const char *decoration, const struct inf_windows *w, uint64_t *rank)
{
	struct decoration d;
	if (!read_decoration(decoration, w->architecture, &d) || !d.for_architecture ||
	    !version_fits(d.numbers, w) || !product_fits(d.numbers[PRODUCT], w))
		return false;
	bool same = d.numbers[MAJOR] == w->major && d.numbers[MINOR] == w->minor;
	uint64_t build = same ? d.numbers[BUILD] & 0xffffff : 0;
	*rank = (uint64_t)(d.numbers[MAJOR] & 0xff) << 56 |
		(uint64_t)(d.numbers[MINOR] & 0xff) << 48 | build << 16 |
		(d.numbers[PRODUCT] ? 4u : 0) | (d.numbers[SUITE] ? 2u : 0) | d.named;
	return true;
}

/* ---- [Manufacturer] ---- */

struct models {
	const struct inf *inf;
	const struct inf_windows *w;
	struct arena *arena;
	struct inf_model *items;
	size_t n, cap;
	const char *other; /* a decoration that does not fit, of this processor if there is one */
	bool other_is_own;
};

static void keep_other(struct models *m, const char *text)
{
	struct decoration d;
	bool own = read_decoration(text, m->w->architecture, &d) && d.for_architecture;
	if (m->other && m->other_is_own && !own)
		return;
	m->other = text;
	m->other_is_own = own;
}

/* The decoration of a line of [Manufacturer] that fits best; NULL when none does. */
static const char *best_decoration(struct models *m, const struct inf_line *line)
{
	const char *best = NULL;
	uint64_t rank, best_rank = 0;
	for (size_t i = 1; i < line->n; i++) {
		if (!inf_decoration(line->fields[i], m->w, &rank))
			keep_other(m, line->fields[i]);
		else if (!best || rank > best_rank) {
			best = line->fields[i];
			best_rank = rank;
		}
	}
	return best;
}

/* The section of models that counts for a line of [Manufacturer]; NULL when none does. */
static const struct inf_section *section_of(struct models *m, const struct inf_line *line,
					    struct err *err)
{
	const char *best = best_decoration(m, line);
	const char *name = *inf_field(line, 0) || !line->key ? inf_field(line, 0) : line->key;
	if (!best)
		return text_equal(m->w->architecture, "x86") ? inf_section(m->inf, name) : NULL;
	const char *full = arena_printf(m->arena, "%s.%s", name, best);
	if (!full)
		no_memory(err);
	return inf_section(m->inf, full);
}

static int add_model(struct models *m, const struct inf_line *line, struct err *err)
{
	if (!line->key || line->n < 2)
		return 0;
	if (m->n == INF_MODELS_MAX)
		return err_set(err, E_UNSUPPORTED, "more than %u models", INF_MODELS_MAX);
	m->items = list_grow(m->arena, m->items, m->n, &m->cap, sizeof(*m->items), err);
	if (!m->items)
		return -1;
	m->items[m->n++] = (struct inf_model){.description = line->key,
					      .install = line->fields[0],
					      .ids = line->fields + 1,
					      .n = line->n - 1,
					      .number = line->number};
	return 0;
}

static struct said nothing_offered(const struct models *m, size_t manufacturers)
{
	if (!manufacturers)
		return said_make(m->arena, "it lists no manufacturer: it installs no device");
	if (!m->other)
		return said_make(m->arena, "it lists no device for this Windows");
	const char *shown = text_utf8(m->arena, m->other);
	return said_make(m->arena, "it is not for this Windows (its sections are for %s)",
			 shown ? shown : "?");
}

int inf_models(const struct inf *inf, const struct inf_windows *w, struct arena *arena,
	       struct inf_model **out, size_t *n, struct said *why, struct err *err)
{
	struct models m = {.inf = inf, .w = w, .arena = arena};
	const struct inf_section *manufacturers = inf_section(inf, "Manufacturer");
	size_t count = manufacturers ? manufacturers->n : 0;
	for (size_t i = 0; i < count; i++) {
		struct err failed = {0};
		const struct inf_section *s = section_of(&m, &manufacturers->lines[i], &failed);
		if (failed.code != E_OK)
			return err_pass(err, &failed);
		for (size_t k = 0; s && k < s->n; k++)
			if (add_model(&m, &s->lines[k], err) < 0)
				return -1;
	}
	*out = m.items;
	*n = m.n;
	*why = m.n ? (struct said){0} : nothing_offered(&m, count);
	return 0;
}

/* ---- install sections ---- */

const struct inf_section *inf_decorated(const struct inf *inf, const char *name,
					const struct inf_windows *w, struct arena *arena,
					struct err *err)
{
	const char *own = inf_architecture(w->architecture);
	const char *names[] = {own ? arena_printf(arena, "%s.NT%s", name, own) : name,
			       arena_printf(arena, "%s.NT", name), name};
	const struct inf_section *found = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !found; i++) {
		if (!names[i])
			return err_null(err, E_MEMORY, "no memory for a section's name");
		found = inf_section(inf, names[i]);
	}
	return found;
}
