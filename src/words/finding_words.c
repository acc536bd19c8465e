/* SPDX-License-Identifier: MIT */
/*
 * A finding in words: its glyph, whether it is a sentence of its own, and what its repair writes.
 */
#include "stop7b/words.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"

char finding_glyph(enum severity severity)
{
	static const char glyphs[] = {[SEVERITY_STOP] = 'X',
				      [SEVERITY_LIKELY] = '!',
				      [SEVERITY_DOUBT] = '~',
				      [SEVERITY_NOTE] = '-'};
	return glyphs[severity];
}

bool finding_is_sentence(const struct finding *f)
{
	return f->rule->looks_at == OF_BOOT_PATH;
}

/* ---- the repair ---- */

static bool is_number(const struct edit *e)
{
	return e->op == HIVE_SET && e->type == REG_DWORD && e->data.len == 4;
}

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), n = strlen(tail);
	return len >= n && text_equal(text + len - n, tail);
}

/* Of several control sets the same value counts once. */
static bool is_repeated(const struct finding *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (text_equal(f->edits[k].name, f->edits[i].name))
			return true;
	return false;
}

struct repair {
	const struct edit *start, *override; /* the first of each; NULL: none */
	size_t n_overrides;
	bool other;
};

static struct repair repair_of(const struct finding *f)
{
	struct repair r = {NULL};
	for (size_t i = 0; i < f->n_edits; i++) {
		const struct edit *e = &f->edits[i];
		bool override = is_number(e) && ends_with(e->key, "\\StartOverride");
		bool start = is_number(e) && !override && text_equal(e->name, "Start");
		r.other |= !override && !start;
		r.start = start && !r.start ? e : r.start;
		r.override = override && !r.override ? e : r.override;
		r.n_overrides += override && !is_repeated(f, i);
	}
	return r;
}

static size_t put_override(const struct repair *r, char *buf, size_t cap)
{
	unsigned value = le32(r->override->data, 0);
	if (r->n_overrides == 1)
		return (size_t)snprintf(buf, cap, "StartOverride\\%s = %u", r->override->name,
					value);
	return (size_t)snprintf(buf, cap, _("StartOverride = %u for %zu ids"), value,
				r->n_overrides);
}

const char *finding_repair(const struct finding *f, char buf[REPAIR_TEXT])
{
	const struct repair r = repair_of(f);
	size_t used = 0;
	if (r.other || f->n_edits == 0)
		return f->fix_words.shown;
	if (r.start)
		used = (size_t)snprintf(buf, REPAIR_TEXT, "Start = %u%s", le32(r.start->data, 0),
					r.override ? ", " : "");
	if (r.override && used < REPAIR_TEXT)
		put_override(&r, buf + used, REPAIR_TEXT - used);
	return buf;
}
