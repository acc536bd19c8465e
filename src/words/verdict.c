/* SPDX-License-Identifier: MIT */
/*
 * The verdict in words: one glyph, a few capitals, a count, and the prose below it. Everything
 * comes from the session's two diagnoses; nothing is judged here.
 */
#include "stop7b/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"

#define NAMED_MAX 6 /* drivers named one by one in the prose */

static void prose(struct verdict_words *v, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void prose(struct verdict_words *v, const char *fmt, ...)
{
	if (v->n_prose == sizeof(v->prose) / sizeof(v->prose[0]))
		return;
	va_list args;
	va_start(args, fmt);
	vsnprintf(v->prose[v->n_prose++], sizeof(v->prose[0]), fmt, args);
	va_end(args);
}

/* ---- one target ---- */

const char *target_words(const struct target_verdict *t, const struct diagnosis *d, char *glyph)
{
	static const struct {
		char glyph;
		const char *words;
	} table[] = {
		[VERDICT_BOOTS] = {'=', N_("boots")},
		[VERDICT_DOUBT] = {'~', N_("boots, doubt")},
		[VERDICT_LIKELY_STOPS] = {'!', N_("LIKELY 0x7B")},
		[VERDICT_STOPS] = {'X', N_("STOP 0x7B")},
		[VERDICT_UNKNOWN] = {'?', N_("NOT CHECKED")},
	};
	*glyph = table[t->verdict].glyph;
	if (t->release)
		return _("no driver");
	for (size_t i = 0; i < t->n && t->verdict == VERDICT_STOPS; i++)
		if (d->findings[t->findings[i]].severity == SEVERITY_STOP &&
		    !d->findings[t->findings[i]].fixable)
			return _("no driver");
	return _(table[t->verdict].words);
}

/* ---- all targets ---- */

static size_t count_verdict(const struct diagnosis *d, enum verdict verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_targets; i++)
		n += d->targets[i].verdict == verdict;
	return n;
}

static void capitals(struct verdict_words *v, const struct diagnosis *d, enum verdict worst,
		     const char *words)
{
	size_t n = count_verdict(d, worst);
	if (d->n_targets > 1 && worst != VERDICT_BOOTS)
		snprintf(v->words, sizeof(v->words), _("%s on %zu of %zu targets"), words, n,
			 d->n_targets);
	else
		snprintf(v->words, sizeof(v->words), "%s", words);
}

/* "3 of 24" in its three lengths; what is wrong outside the chains is named instead. */
static void counts(struct verdict_words *v, const struct diagnosis *d, const char *full,
		   const char *brief)
{
	if (d->n_blocked == 0 && d->n) {
		snprintf(v->rest, sizeof(v->rest), "%s: %s", d->findings[0].subject,
			 d->findings[0].found);
		snprintf(v->rest_brief, sizeof(v->rest_brief), "%.90s", v->rest);
		snprintf(v->rest_least, sizeof(v->rest_least), "%.40s", d->findings[0].subject);
		return;
	}
	snprintf(v->rest, sizeof(v->rest), full, d->n_blocked, d->n_critical);
	snprintf(v->rest_brief, sizeof(v->rest_brief), brief, d->n_blocked, d->n_critical);
	snprintf(v->rest_least, sizeof(v->rest_least), _("%zu of %zu"), d->n_blocked,
		 d->n_critical);
}

struct names {
	char text[128];
	size_t n, fixable;
};

static void gather_names(const struct diagnosis *d, struct names *out)
{
	size_t used = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		size_t j = 0;
		while (j < i && !text_equal(d->findings[j].subject, f->subject))
			j++;
		if (j < i || f->severity == SEVERITY_NOTE)
			continue;
		out->fixable += f->fixable;
		if (out->n++ < NAMED_MAX && used + strlen(f->subject) + 3 < sizeof(out->text))
			used += (size_t)snprintf(out->text + used, sizeof(out->text) - used, "%s%s",
						 used ? ", " : "", f->subject);
	}
}

static void problem_prose(struct verdict_words *v, const struct diagnosis *d)
{
	struct names names = {.n = 0};
	gather_names(d, &names);
	if (names.n > NAMED_MAX)
		prose(v, _("In the way: %s and %zu more."), names.text, names.n - NAMED_MAX);
	else
		prose(v, _("In the way: %s."), names.text);
	if (names.fixable == 0)
		prose(v, "%s", _("None of it can be mended here; enter says why."));
	else if (names.fixable == 1)
		prose(v, "%s",
		      _("f stages the recommended fix. Nothing is written before you confirm."));
	else
		prose(v,
		      ngettext("f stages the %zu recommended fix. Nothing is written before you "
			       "confirm.",
			       "f stages the %zu recommended fixes. Nothing is written before you "
			       "confirm.",
			       names.fixable),
		      names.fixable);
}

static void good_prose(const struct session *s, struct verdict_words *v)
{
	const struct windows *w = s->chosen;
	const struct diagnosis *d = &s->now;
	prose(v, "%s", _("If this disk still stops with 0x7B, the cause is something else:"));
	prose(v, _("ok   Start and StartOverride, ControlSet%03u (Select\\Default = %u)"),
	      w->install.boots_with, w->install.select_default);
	prose(v, _("ok   every boot-critical driver has its .sys file on P%u"),
	      w->install.partition);
	for (size_t i = 0; i < d->n && v->n_prose < 6; i++)
		prose(v, "!    %s: %s", d->findings[i].subject, d->findings[i].found);
	for (size_t i = 0; i < w->install.n_notes && v->n_prose < 6; i++)
		prose(v, "?    %s", w->install.notes[i]);
}

static void stops(const struct session *s, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	v->glyph = 'X';
	capitals(v, d, VERDICT_STOPS, _("STOP 0x7B EXPECTED"));
	counts(v, d,
	       ngettext("%zu of %zu boot-critical drivers will not load",
			"%zu of %zu boot-critical drivers will not load", d->n_blocked),
	       _("%zu of %zu boot drivers will not load"));
	problem_prose(v, d);
}

static void likely(const struct session *s, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	v->glyph = '!';
	capitals(v, d, VERDICT_LIKELY_STOPS, _("STOP 0x7B LIKELY"));
	counts(v, d,
	       ngettext("%zu of %zu boot-critical drivers may not load",
			"%zu of %zu boot-critical drivers may not load", d->n_blocked),
	       _("%zu of %zu boot drivers may not load"));
	problem_prose(v, d);
}

static void not_checked(const struct session *s, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	v->glyph = '?';
	capitals(v, d, VERDICT_UNKNOWN, _("NOT CHECKED"));
	for (size_t i = 0; i < d->n_targets; i++)
		if (d->targets[i].verdict == VERDICT_UNKNOWN && d->targets[i].unknown)
			prose(v, "%s: %s", d->targets[i].id, d->targets[i].unknown);
}

static void boots(const struct session *s, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	v->glyph = '=';
	capitals(v, d, VERDICT_BOOTS, _("NO DISABLED BOOT DRIVER"));
	snprintf(v->rest, sizeof(v->rest), _("%zu of %zu boot-critical drivers can load"),
		 d->n_critical - d->n_blocked, d->n_critical);
	snprintf(v->rest_brief, sizeof(v->rest_brief), _("%zu of %zu can load"),
		 d->n_critical - d->n_blocked, d->n_critical);
	good_prose(s, v);
}

static void doubt(const struct session *s, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	v->glyph = '~';
	capitals(v, d, VERDICT_DOUBT, _("BOOTS, A DOUBT"));
	counts(v, d,
	       ngettext("%zu of %zu boot-critical drivers is parked for a machine that it knows",
			"%zu of %zu boot-critical drivers are parked for a machine that it knows",
			d->n_blocked),
	       _("%zu of %zu are parked elsewhere"));
	problem_prose(v, d);
}

void verdict_of(const struct session *s, struct verdict_words *out)
{
	static void (*const words[])(const struct session *,
				     struct verdict_words *) = {[VERDICT_BOOTS] = boots,
								[VERDICT_DOUBT] = doubt,
								[VERDICT_LIKELY_STOPS] = likely,
								[VERDICT_STOPS] = stops,
								[VERDICT_UNKNOWN] = not_checked};
	*out = (struct verdict_words){.n_prose = 0};
	words[verdict_worst(s->now.targets, s->now.n_targets)](s, out);
}

void verdict_of_staged(const struct session *s, const struct staged_counts *counts,
		       struct verdict_words *v)
{
	const struct diagnosis *after = &s->after;
	size_t n = counts->values;
	*v = (struct verdict_words){.glyph = '*'};
	bool better = after->n_critical > 0 &&
		      verdict_worst(after->targets, after->n_targets) != VERDICT_UNKNOWN &&
		      after->n_blocked <= s->now.n_blocked;
	snprintf(v->words, sizeof(v->words), "%s",
		 better ? _("FIXES STAGED") : _("CHANGES STAGED"));
	snprintf(v->rest, sizeof(v->rest),
		 _("after apply: %zu of %zu boot-critical drivers blocked"), after->n_blocked,
		 after->n_critical);
	snprintf(v->rest_brief, sizeof(v->rest_brief), _("after apply: %zu of %zu blocked"),
		 after->n_blocked, after->n_critical);
	snprintf(v->rest_least, sizeof(v->rest_least), _("%zu blocked"), after->n_blocked);
	if (counts->bytes)
		prose(v,
		      ngettext("%zu value changes, %zu bytes with bookkeeping. The image is not "
			       "touched yet.",
			       "%zu values change, %zu bytes with bookkeeping. The image is not "
			       "touched yet.",
			       n),
		      n, counts->bytes);
	else
		prose(v,
		      ngettext("%zu value changes. The image is not touched yet.",
			       "%zu values change. The image is not touched yet.", n),
		      n);
	if (s->options.read_only)
		prose(v, "%s", _("-r: nothing can be written.  u takes the last one back."));
	else
		prose(v, "%s",
		      _("a shows every byte and asks before writing.  u takes the last one back."));
}
