/* SPDX-License-Identifier: MIT */
/*
 * The verdict in words: one glyph, the answer and its question, a count, and the prose below it.
 * Everything comes from diagnoses; nothing is judged here.
 */
#include "verdict_internal.h"

#include <stdio.h>
#include <string.h>

#include "stop7b/i18n.h"
#include "stop7b/words.h"

#define ID_PORTABLE "portable"
#define NAMED_MAX   6 /* drivers named one by one in the prose */

/* ---- the first line ---- */

static void begin(struct session *s, const struct diagnosis *d, struct verdict_words *v)
{
	struct question_words question;
	const struct target_verdict *t = verdict_target(d);
	question_of_all(d, &s->chosen->install, s->scratch, &question);
	snprintf(v->words, sizeof(v->words), _("%s on %s"), verdict_answer(t), question.full);
	snprintf(v->words_brief, sizeof(v->words_brief), "%s: %s", verdict_answer(t),
		 question.brief);
	target_words(t, d, &v->glyph);
}

static void set_rest(struct verdict_words *v, const char *full, const char *brief)
{
	snprintf(v->rest, sizeof(v->rest), "%s", full);
	snprintf(v->rest_brief, sizeof(v->rest_brief), "%s", brief);
}

/* ---- counts and names of drivers ---- */

static bool is_about_driver(const struct finding *f)
{
	return !finding_is_sentence(f);
}

/* Findings about one driver are one thing in the way. */
static bool is_first_of_subject(const struct diagnosis *d, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_about_driver(&d->findings[j]) &&
		    text_equal(d->findings[j].subject, d->findings[i].subject))
			return false;
	return is_about_driver(&d->findings[i]);
}

struct names {
	char text[PROSE_TEXT / 2];
	size_t n;
};

/* Each driver once, from the severity `from` to the severity `to`. */
static void gather(const struct diagnosis *d, enum severity from, enum severity to,
		   struct names *out)
{
	size_t used = 0;
	*out = (struct names){.n = 0};
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];
		if (f->severity < from || f->severity > to || !is_first_of_subject(d, i))
			continue;
		if (out->n++ < NAMED_MAX && used + strlen(f->subject) + 3 < sizeof(out->text))
			used += (size_t)snprintf(out->text + used, sizeof(out->text) - used, "%s%s",
						 used ? ", " : "", f->subject);
	}
	if (out->n > NAMED_MAX)
		snprintf(out->text + used, sizeof(out->text) - used, _(" and %zu more"),
			 out->n - NAMED_MAX);
}

/* Drivers with a finding that is at least that bad. */
static size_t count_blocked(const struct diagnosis *d, enum severity least)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->findings[i].severity <= least && is_first_of_subject(d, i);
	return n;
}

static bool is_staged_by_f(const struct finding *f)
{
	return f->fixable && f->severity != SEVERITY_NOTE;
}

/* What f stages a fix of: drivers, and things on the way to the loader. */
static size_t count_fixable(const struct diagnosis *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		bool first = is_staged_by_f(&d->findings[i]);
		for (size_t k = 0; first && k < i; k++)
			first = !is_staged_by_f(&d->findings[k]) ||
				!text_equal(d->findings[k].subject, d->findings[i].subject);
		n += first;
	}
	return n;
}

/* "3 of 24" in its three lengths; what is wrong outside the chains is named instead. */
static void counts(struct verdict_words *v, const struct diagnosis *d, enum severity least,
		   const char *full, const char *brief)
{
	size_t n = count_blocked(d, least);
	snprintf(v->rest, sizeof(v->rest), full, n, d->n_critical);
	snprintf(v->rest_brief, sizeof(v->rest_brief), brief, n, d->n_critical);
	snprintf(v->rest_least, sizeof(v->rest_least), _("%zu of %zu"), n, d->n_critical);
}

/* ---- prose ---- */

/* Which of several targets boot: those that portable stands for, or those that were asked for. */
static void groups_prose(struct session *s, struct verdict_words *v)
{
	const struct target_verdict *t = &s->now.targets[0];
	struct diagnosis each = s->now;
	const struct session_question question = {.targets = t->stands_for, .n = t->n_stands_for};
	char line[PROSE_TEXT];
	if (s->now.n_targets == 1 &&
	    (t->n_stands_for == 0 || session_diagnose(s, s->chosen, &s->chosen->install, &question,
						      s->scratch, &each, NULL) < 0))
		return;
	group_words(&each, &s->chosen->install, line, sizeof(line));
	verdict_prose(v, "%s", line);
}

static bool lacks_driver(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->findings[i].rule->absent && d->findings[i].severity == SEVERITY_STOP)
			return true;
	return false;
}

/* What may be done next; it speaks of keys, so it is for the screen alone. */
static void hints(struct session *s, struct verdict_words *v)
{
	size_t n = count_fixable(&s->now);
	bool several = s->now.n_targets > 1 || s->now.targets[0].n_stands_for > 1;
	const char *where = several ? _(" t: where to.") : "";
	if (n == 0)
		verdict_prose(v, "%s%s",
			      lacks_driver(&s->now)
				      ? _("A driver is missing: v asks where its package is.")
				      : _("None of it can be mended here; enter says why."),
			      where);
	else if (n == 1)
		verdict_prose(v, _("f stages the recommended fix, nothing is written yet.%s"),
			      where);
	else
		verdict_prose(
			v,
			ngettext("f stages the %zu recommended fix, nothing is written yet.%s",
				 "f stages the %zu recommended fixes, nothing is written yet.%s",
				 n),
			n, where);
}

static void names_prose(const struct diagnosis *d, struct verdict_words *v)
{
	struct names names;
	gather(d, SEVERITY_STOP, SEVERITY_LIKELY, &names);
	verdict_prose(v, _("In the way: %s."), names.text);
}

/* Why, for whom nothing before the drivers is in the way; the list below names the drivers. */
static void driver_prose(struct session *s, struct verdict_words *v)
{
	if (s->now.n_targets > 1 || s->now.targets[0].n_stands_for > 1)
		groups_prose(s, v);
	else
		names_prose(&s->now, v);
	v->n_facts = v->n_prose;
	hints(s, v);
}

/* What the person would see, and what can be done about it elsewhere. */
static void early_prose(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct finding *f = target_reason(t, &s->now);
	if (s->now.n_targets > 1)
		groups_prose(s, v);
	if (t->release.plain)
		verdict_prose(v, "%s", t->release.shown);
	if (f)
		verdict_prose(v, _("You would see: %s"), _(f->rule->seen));
	v->n_facts = v->n_prose;
	if (f && !f->fixable) /* check says it below, with the finding */
		verdict_prose(v, _("What to do: %s"), f->no_fix.shown);
	hints(s, v);
}

/* ---- the answers ---- */

static void early(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct finding *f = target_reason(t, &s->now);
	if (t->release.plain)
		set_rest(v, t->release.shown, _("does not run there"));
	else if (f)
		set_rest(v, f->found.shown, f->rule->brief ? _(f->rule->brief) : _(f->rule->title));
	early_prose(s, t, v);
}

static void stops(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	if (verdict_is_early(t)) {
		early(s, t, v);
		return;
	}
	counts(v, d, SEVERITY_LIKELY,
	       ngettext("%zu of %zu boot-critical drivers will not load",
			"%zu of %zu boot-critical drivers will not load", d->n_critical),
	       _("%zu of %zu drivers will not load"));
	driver_prose(s, v);
}

static void likely(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	if (verdict_is_early(t)) {
		early(s, t, v);
		return;
	}
	counts(v, d, SEVERITY_LIKELY,
	       ngettext("%zu of %zu boot-critical drivers may not load",
			"%zu of %zu boot-critical drivers may not load", d->n_critical),
	       _("%zu of %zu drivers may not load"));
	driver_prose(s, v);
}

static void not_checked(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	set_rest(v, t->unknown.plain ? t->unknown.shown : "", "");
	for (size_t i = 0; i < d->n_targets; i++)
		if (d->targets[i].verdict == VERDICT_UNKNOWN && d->targets[i].unknown.plain)
			verdict_prose(v, "%s: %s", d->targets[i].id, d->targets[i].unknown.shown);
	v->n_facts = v->n_prose;
}

static void can_load(struct verdict_words *v, const struct diagnosis *d)
{
	size_t good = d->n_critical - count_blocked(d, SEVERITY_LIKELY);
	if (d->n_critical == 0) {
		set_rest(v, _("it has no boot-critical driver to judge"), _("no driver to judge"));
		return;
	}
	snprintf(v->rest, sizeof(v->rest), _("%zu of %zu boot-critical drivers can load"), good,
		 d->n_critical);
	snprintf(v->rest_brief, sizeof(v->rest_brief), _("%zu of %zu can load"), good,
		 d->n_critical);
}

static void boots(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct windows *w = s->chosen;
	const struct diagnosis *d = &s->now;
	(void)t;
	can_load(v, d);
	groups_prose(s, v);
	v->n_facts = v->n_prose;
	verdict_prose(v, "%s",
		      _("If this disk still stops with 0x7B, the cause is something else:"));
	verdict_prose(v, _("ok   Start and StartOverride, ControlSet%03u (Select\\Default = %u)"),
		      w->install.boots_with, w->install.select_default);
	verdict_prose(v, _("ok   every boot-critical driver has its .sys file on P%u"),
		      w->install.partition);
	for (size_t i = 0; i < d->n && v->n_prose < 6; i++)
		verdict_prose(v, "-    %s: %s", d->findings[i].subject, d->findings[i].found.shown);
	for (size_t i = 0; i < w->install.n_notes && v->n_prose < 6; i++)
		verdict_prose(v, "?    %s", w->install.notes[i].shown);
}

/* "Dell Latitude E6430 (id 0) and 1 more" */
static const char *parked_for(struct session *s, const char *first)
{
	const struct diagnosis *d = &s->now;
	const char *others[PROSE_MAX] = {NULL};
	size_t n = 0;
	for (size_t i = 0; i < d->n && n < PROSE_MAX; i++) {
		const char *id = d->findings[i].machine;
		size_t k = 0;
		while (k < n && !text_equal(others[k], id))
			k++;
		if (id && k == n && !text_equal(id, first))
			others[n++] = id;
	}
	const char *words = machine_words(&s->chosen->install, first, s->scratch).shown;
	if (n > 0 && words)
		words = arena_printf(s->scratch, _("%s and %zu more"), words, n);
	return words ? words : first;
}

static void doubt(struct session *s, const struct target_verdict *t, struct verdict_words *v)
{
	const struct diagnosis *d = &s->now;
	const struct finding *f = target_reason(t, d);
	struct names names;
	gather(d, SEVERITY_DOUBT, SEVERITY_DOUBT, &names);
	snprintf(v->rest_least, sizeof(v->rest_least), "%s", _("a doubt"));
	if (f && f->machine) {
		const char *machine = parked_for(s, f->machine);
		snprintf(v->rest, sizeof(v->rest), _("a doubt: parked for %s"), machine);
		snprintf(v->rest_brief, sizeof(v->rest_brief), _("a doubt: parked for id %s"),
			 f->machine);
		verdict_prose(v,
			      ngettext("Parked for %s: %s. Elsewhere it loads.",
				       "Parked for %s: %s. Elsewhere they load.", names.n),
			      machine, names.text);
	} else if (f) {
		snprintf(v->rest, sizeof(v->rest), _("a doubt: %s"), f->found.shown);
		verdict_prose(v, "%s: %s", f->subject, f->why.shown);
	}
	groups_prose(s, v);
	v->n_facts = v->n_prose;
	if (count_fixable(d))
		verdict_prose(v, "%s",
			      _("f takes the parking away. t, then m, asks for that machine."));
}

void verdict_of(struct session *s, struct verdict_words *out)
{
	typedef void say(struct session *, const struct target_verdict *, struct verdict_words *);
	static say *const words[] = {[VERDICT_BOOTS] = boots,
				     [VERDICT_DOUBT] = doubt,
				     [VERDICT_LIKELY_STOPS] = likely,
				     [VERDICT_STOPS] = stops,
				     [VERDICT_UNKNOWN] = not_checked};
	const struct target_verdict *t = verdict_target(&s->now);
	*out = (struct verdict_words){.n_prose = 0};
	begin(s, &s->now, out);
	words[t->verdict](s, t, out);
}
