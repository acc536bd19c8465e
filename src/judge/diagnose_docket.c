/* SPDX-License-Identifier: MIT */
/*
 * The docket of a diagnosis: the findings of all targets, each once, and what each target adds up
 * to.
 *
 * The list of findings is shared: a service that is in the way of three targets is one row, with
 * the worst severity that any of them gives it, and each target keeps the indices of its own. A
 * tally holds, beside them, the first step of each severity; tally_conclude() makes the verdict of that.
 * What is asked, and of what, is not known here: the rules answer, the docket writes it down.
 */
#include "diagnose_internal.h"

int docket_add_name(struct arena *arena, const char ***names, size_t *n, size_t *cap,
		    const char *name, struct err *err)
{
	for (size_t i = 0; i < *n; i++) {
		if (text_equal((*names)[i], name))
			return 0;
	}
	*names = list_grow(arena, *names, *n, cap, sizeof(**names), err);
	if (!*names)
		return -1;
	(*names)[(*n)++] = name;
	return 0;
}

static int add_index(struct docket *d, struct tally *t, size_t at, struct err *err)
{
	for (size_t i = 0; i < t->v->n; i++) {
		if (t->v->findings[i] == at)
			return 0;
	}
	t->v->findings = list_grow(d->j.arena, t->v->findings, t->v->n, &t->cap_findings,
				   sizeof(*t->v->findings), err);
	if (!t->v->findings)
		return -1;
	t->v->findings[t->v->n++] = at;
	return 0;
}

/* A filter may stand in several lists, and each list is a finding of its own. */
static bool is_same_place(const struct finding *a, const struct finding *b)
{
	return text_equal(a->key, b->key) && text_equal(a->value, b->value);
}

/* When the evidence was last written, where the model knows it. */
static uint64_t written_of(const struct docket *d, const struct finding *f)
{
	const struct service *s = set_service(d->j.set, f->subject);
	if (f->written || !s || !f->key)
		return f->written;
	if (text_equal(f->key, s->key))
		return s->written;
	return f->rule->look == start_overridden ? s->overrides_written : 0;
}

/* The repair of a finding; one target may want it where another is not reached. */
static void take_repair(struct finding *to, const struct finding *from)
{
	to->fixable = from->fixable;
	to->edits = from->edits;
	to->n_edits = from->n_edits;
	to->fix_words = from->fix_words;
	to->no_fix = from->no_fix;
}

static void merge(struct docket *d, struct finding *known, const struct finding *f)
{
	const struct finding was = *known;
	if (f->severity < known->severity) {
		*known = *f;
		known->written = written_of(d, f);
	}
	if (!known->fixable && (f->fixable || was.fixable))
		take_repair(known, f->fixable ? f : &was);
}

/* Where the finding stands in the shared list; a known one keeps its place and the worse word. */
static int add_finding(struct docket *d, const struct finding *f, size_t *at, struct err *err)
{
	struct diagnosis *out = d->out;
	for (*at = 0; *at < out->n; ++*at) {
		struct finding *known = &out->findings[*at];
		if (known->rule == f->rule && text_equal(known->subject, f->subject) &&
		    (!f->rule->by_place || is_same_place(known, f))) {
			merge(d, known, f);
			return 0;
		}
	}
	out->findings = list_grow(d->j.arena, out->findings, out->n, &d->cap_findings, sizeof(*f),
				  err);
	if (!out->findings)
		return -1;
	out->findings[out->n] = *f;
	out->findings[out->n].written = written_of(d, f);
	out->n++;
	return 0;
}

/* For a machine that does not get as far as its drivers nothing is repaired. */
static struct finding as_seen_from(const struct tally *t, const struct finding *f)
{
	const struct finding none = {
		.fix_words = said_of(""),
		.no_fix = said_of("the boot ends before its drivers are read: mend that first"),
	};
	struct finding seen = *f;
	if (t->shut && f->fixable && f->rule->looks_at != OF_BOOT_PATH)
		take_repair(&seen, &none);
	return seen;
}

int docket_enter(struct docket *d, struct tally *t, const struct finding *f, struct err *err)
{
	const struct finding seen = as_seen_from(t, f);
	size_t at;
	if (add_finding(d, &seen, &at, err) < 0)
		return -1;
	if (f->step < t->steps[f->severity])
		t->steps[f->severity] = f->step;
	return f->severity == SEVERITY_NOTE ? 0 : add_index(d, t, at, err);
}

void tally_lose(struct target_verdict *v, struct said why, enum boot_step step)
{
	if (v->unknown.plain)
		return;
	v->unknown = why;
	v->unknown_at = step;
}

int docket_ask(struct docket *d, struct tally *t, enum looks_at what, const struct question *at,
	       struct err *err)
{
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct rule *rule = d->rules[i];
		struct finding f;
		int found = rule->looks_at & what ? rule_ask(rule, &d->j, at, &f, err) : 0;
		if (found < 0 || (found > 0 && docket_enter(d, t, &f, err) < 0))
			return -1;
	}
	return 0;
}

/* ---- the verdict ---- */

void tally_begin(struct tally *t, struct target_verdict *v)
{
	*t = (struct tally){.v = v};
	for (size_t s = 0; s < SEVERITIES; s++)
		t->steps[s] = BOOT_STEPS;
}

void tally_conclude(const struct tally *t)
{
	struct target_verdict *v = t->v;
	static const enum verdict words[] = {[SEVERITY_STOP] = VERDICT_STOPS,
					     [SEVERITY_LIKELY] = VERDICT_LIKELY_STOPS,
					     [SEVERITY_DOUBT] = VERDICT_DOUBT};
	enum severity worst = SEVERITY_STOP;
	while (worst < SEVERITY_NOTE && t->steps[worst] == BOOT_STEPS)
		worst++;
	v->verdict = worst < SEVERITY_NOTE ? words[worst] : VERDICT_BOOTS;
	v->step = worst < SEVERITY_NOTE ? t->steps[worst] : BOOT_STEPS;
	if (v->release.plain) {
		v->verdict = VERDICT_STOPS;
		v->step = STEP_RELEASE;
	} else if (v->unknown.plain && worst != SEVERITY_STOP) {
		v->verdict = VERDICT_UNKNOWN;
		v->step = v->unknown_at;
	}
	if (v->verdict != VERDICT_UNKNOWN)
		v->unknown = said_of(NULL);
}

/* ---- after all targets ---- */

int docket_sort(struct docket *d, struct err *err)
{
	struct diagnosis *out = d->out;
	struct finding *sorted = arena_array(d->j.arena, out->n, sizeof(*sorted), err);
	size_t *moved = arena_array(d->j.arena, out->n, sizeof(*moved), err);
	size_t n = 0;
	if (!sorted || !moved)
		return -1;
	for (enum severity s = SEVERITY_STOP; s <= SEVERITY_NOTE; s++) {
		for (size_t i = 0; i < out->n; i++) {
			if (out->findings[i].severity != s)
				continue;
			moved[i] = n;
			sorted[n++] = out->findings[i];
		}
	}
	out->findings = sorted;
	for (size_t t = 0; t < out->n_targets; t++) {
		for (size_t i = 0; i < out->targets[t].n; i++)
			out->targets[t].findings[i] = moved[out->targets[t].findings[i]];
	}
	return 0;
}

int docket_count_blocked(struct docket *d, struct err *err)
{
	struct diagnosis *out = d->out;
	const char **blocked = NULL;
	size_t cap = 0;
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *f = &out->findings[i];
		if (f->severity == SEVERITY_NOTE || f->rule->looks_at == OF_BOOT_PATH)
			continue;
		if (docket_add_name(d->j.arena, &out->critical, &out->n_critical, &d->cap_critical,
				    f->subject, err) < 0 ||
		    docket_add_name(d->j.arena, &blocked, &out->n_blocked, &cap, f->subject, err) <
			    0)
			return -1;
	}
	return 0;
}
