/* SPDX-License-Identifier: MIT */
/*
 * Numbers, sizes, times and sentences that the screen and the commands share. Only the place of a
 * sentence differs between them, so what was promised on the screen is found again in a script's
 * log.
 */
#include "stop7b/words.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/session_regback.h"

#define GAP_MAX 32u /* unchanged bytes inside a stretch */

/* ---- numbers and names ---- */

const char *number_words(uint64_t n, char buf[NUMBER_TEXT])
{
	char digits[NUMBER_TEXT];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *p = buf;
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return buf;
}

const char *size_words(uint64_t bytes, char buf[NUMBER_TEXT])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t unit = 0;
	uint64_t whole = bytes, rest = 0;
	for (; whole >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++) {
		rest = whole % 1024;
		whole /= 1024;
	}
	if (rest * 10 / 1024)
		snprintf(buf, NUMBER_TEXT, "%llu.%llu %s", (unsigned long long)whole,
			 (unsigned long long)(rest * 10 / 1024), units[unit]);
	else
		snprintf(buf, NUMBER_TEXT, "%llu %s", (unsigned long long)whole, units[unit]);
	return buf;
}

const char *minute_words(uint64_t filetime, char buf[TIME_TEXT])
{
	filetime_text(filetime, buf);
	if (strlen(buf) < 16)
		return "";
	buf[10] = ' ';
	buf[16] = '\0';
	return buf;
}

const char *hive_words(const struct windows *w)
{
	if (!w->system->recovery.was_dirty)
		return _("clean");
	return w->system->recovery.recovered ? _("recovered from its log")
					     : _("not closed cleanly");
}

size_t recovery_words(const struct hive_file *f, const char *lines[RECOVERY_LINES],
		      struct arena *arena)
{
	const struct hive_recovery *rec = &f->recovery;
	size_t n = 0;
	if (!rec->was_dirty || !rec->recovered)
		return 0;
	lines[n++] = arena_printf(arena, "%s    %s", _("HIVE RECOVERED"), rec->words.shown);
	for (size_t i = 0; i < rec->n_notes; i++)
		lines[n++] = rec->notes[i].shown;
	return lines[0] ? n : 0;
}

const char *install_words(const struct install *inst, struct arena *arena)
{
	static const struct {
		const char *id, *words;
	} widths[] = {{"x86", N_("32-bit")}, {"x64", N_("64-bit")}, {"arm64", N_("ARM64")}};
	const char *width = "";
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (inst->architecture && strcmp(inst->architecture, widths[i].id) == 0)
			width = _(widths[i].words);
	return arena_printf(arena, "%s%s%s, %s", inst->version ? inst->version : "Windows",
			    *width ? ", " : "", width, inst->root ? inst->root : "");
}

const char *last_part(const char *path)
{
	const char *last = path;
	for (const char *p = path; *p; p++)
		if ((*p == '/' || *p == '\\') && p[1])
			last = p + 1;
	return last;
}

/* ---- the review ---- */

static void new_blocks_words(const struct review *r, char buf[COPIED_WORDS])
{
	const struct patch *p = &r->patch;
	unsigned long long grows = p->file_growth;
	if (r->parent)
		snprintf(
			buf, COPIED_WORDS,
			ngettext("%zu block copied up from %s (%zu sectors); the image file grows "
				 "by %llu bytes.",
				 "%zu blocks copied up from %s (%zu sectors); the image file grows "
				 "by %llu bytes.",
				 p->new_blocks),
			p->new_blocks, r->parent, p->copied, grows);
	else
		snprintf(
			buf, COPIED_WORDS,
			ngettext("%zu block that was all zeros gets a place; the image file grows "
				 "by %llu bytes.",
				 "%zu blocks that were all zeros get a place; the image file grows "
				 "by %llu bytes.",
				 p->new_blocks),
			p->new_blocks, grows);
}

bool copied_words(const struct review *r, char buf[COPIED_WORDS])
{
	const struct patch *p = &r->patch;
	buf[0] = '\0';
	if (p->new_blocks > 0)
		new_blocks_words(r, buf);
	else if (p->copied > 0 && r->parent)
		snprintf(buf, COPIED_WORDS,
			 ngettext("%zu sector copied up from %s into a block that the image has.",
				  "%zu sectors copied up from %s into blocks that the image has.",
				  p->copied),
			 p->copied, r->parent);
	return buf[0] != '\0';
}

bool review_changes(const struct review *r, size_t hive)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->values[i].hive == hive)
			return true;
	return false;
}

const char added_words[] = N_(
	"At its first start there Windows finishes installing the device. The rest of the package "
	"is not installed: there, pnputil /add-driver with its .inf and /install does that.");

size_t review_lines(const struct review_value *v, struct review_line out[2])
{
	size_t n = 0;
	bool is_key = v->op == HIVE_CREATE_KEY || v->op == HIVE_DELETE_KEY;
	struct review_line line = {.is_key = is_key,
				   .name = is_key       ? ""
					   : v->element ? v->element
							: v->name};
	if (v->was_there) {
		out[n] = line;
		out[n].sign = '-';
		out[n].type = v->was_type;
		out[n++].words = v->was.shown;
	}
	if (v->was_there || v->is_there) {
		out[n] = line;
		out[n].sign = '+';
		out[n].type = v->type;
		out[n].gone = !v->is_there;
		out[n++].words = v->is_there ? v->becomes.shown : _("deleted");
	}
	return n;
}

static bool belongs(const struct changed_stretch *s, const struct patch_range *r)
{
	bool header = r->hive_at < HIVE_BASE; /* four fields that people look for */
	if (r->file_at < s->end || strcmp(r->what.plain, s->what.plain) != 0)
		return false;
	if (r->file_at == s->end)
		return r->value == s->value;
	return !header && !s->value && !r->value && r->file_at - s->end <= GAP_MAX;
}

bool next_stretch(const struct patch *p, size_t *i, struct changed_stretch *out)
{
	if (*i >= p->n)
		return false;
	const struct patch_range *r = &p->ranges[(*i)++];
	*out = (struct changed_stretch){r->file_at, r->file_at + r->len, r->changed, 1, r->what,
					r->value};
	for (; *i < p->n && belongs(out, &p->ranges[*i]); ++*i) {
		r = &p->ranges[*i];
		out->places += r->file_at > out->end;
		out->end = r->file_at + r->len;
		out->bytes += r->changed;
	}
	return true;
}

struct said regback_words(const struct regback *c, struct arena *arena)
{
	char size[NUMBER_TEXT], time[TIME_TEXT];
	if (!c->path)
		return c->why_not;
	size_words(c->size, size);
	minute_words(c->modified, time);
	if (c->why_not.plain)
		return said_make(arena, N_("%s, %s of %s, cannot take its place: %s"), c->path,
				 size, time, said_arg(c->why_not, arena));
	return said_make(arena, N_("%s, %s of %s, is sound and fits: stop7b aid regback"), c->path,
			 size, time);
}

static bool has_partition(const struct session *s, unsigned number)
{
	for (size_t i = 0; i < s->table.n; i++)
		if (s->table.items[i].number == number)
			return true;
	return false;
}

void why_no_windows(const struct session *s, struct err *err)
{
	if (s->options.partition && !has_partition(s, s->options.partition)) {
		err_set(err, E_NOTFOUND, "there is no partition %u", s->options.partition);
		return;
	}
	for (size_t i = 0; i < s->n_windows; i++)
		if (!s->windows[i].readable) {
			*err = s->windows[i].error;
			return;
		}
	for (size_t i = 0; s->volumes && i < s->table.n; i++)
		if (s->volumes[i].error.code == E_GUARD ||
		    s->volumes[i].error.code == E_UNSUPPORTED ||
		    s->volumes[i].error.code == E_CORRUPT) {
			*err = s->volumes[i].error;
			return;
		}
	err_set(err, E_NOWINDOWS,
		s->table.n == 1 ? N_("no Windows found on %zu partition")
				: N_("no Windows found on %zu partitions"),
		s->table.n);
}
