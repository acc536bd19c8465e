/* SPDX-License-Identifier: MIT */
/*
 * One target's verdict in a word, and the finding that gives it.
 */
#include "stop7b/verdict.h"

#include <stdio.h>

#include "stop7b/i18n.h"
#include "stop7b/words.h"

bool verdict_is_early(const struct target_verdict *t)
{
	return !verdict_is_good(t->verdict) && t->step < STEP_DRIVERS;
}

static enum verdict verdict_of_severity(enum severity s)
{
	static const enum verdict verdicts[] = {[SEVERITY_STOP] = VERDICT_STOPS,
						[SEVERITY_LIKELY] = VERDICT_LIKELY_STOPS,
						[SEVERITY_DOUBT] = VERDICT_DOUBT,
						[SEVERITY_NOTE] = VERDICT_BOOTS};
	return verdicts[s];
}

/* In a list that several targets share the severity may be another one's; the step is its own. */
const struct finding *target_reason(const struct target_verdict *t, const struct diagnosis *d)
{
	const struct finding *at_step = NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct finding *f = &d->findings[t->findings[i]];
		if (f->step != t->step)
			continue;
		if (verdict_of_severity(f->severity) == t->verdict)
			return f;
		at_step = at_step ? at_step : f;
	}
	return at_step;
}

static bool is_needed(const struct target_verdict *t, const char *service)
{
	for (size_t i = 0; i < t->n_services; i++)
		if (text_equal(t->services[i], service))
			return true;
	return false;
}

/* A driver that it needs is not on the disk, so nothing here can mend it. */
static bool lacks_driver(const struct target_verdict *t, const struct diagnosis *d)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct finding *f = &d->findings[t->findings[i]];
		if (f->rule->absent && !f->fixable && f->severity == SEVERITY_STOP &&
		    is_needed(t, f->subject))
			return true;
	}
	return false;
}

const char *target_words(const struct target_verdict *t, const struct diagnosis *d, char *glyph)
{
	static const struct {
		char glyph;
		const char *words, *early;
	} table[] = {
		[VERDICT_BOOTS] = {'=', N_("boots"), N_("boots")},
		[VERDICT_DOUBT] = {'~', N_("boots, doubt"), N_("boots, doubt")},
		[VERDICT_LIKELY_STOPS] = {'!', N_("LIKELY 0x7B"), N_("MAY NOT START")},
		[VERDICT_STOPS] = {'X', N_("STOP 0x7B"), N_("WILL NOT START")},
		[VERDICT_UNKNOWN] = {'?', N_("NOT CHECKED"), N_("NOT CHECKED")},
	};
	*glyph = table[t->verdict].glyph;
	if (t->release.plain)
		return _("does not run there");
	if (verdict_is_early(t))
		return _(table[t->verdict].early);
	return t->verdict == VERDICT_STOPS && lacks_driver(t, d) ? _("no driver")
								 : _(table[t->verdict].words);
}

const struct finding *target_in_way(const struct diagnosis *d, const struct target_verdict *t)
{
	const struct finding *f = target_reason(t, d);
	return f || t->n == 0 ? f : &d->findings[t->findings[0]];
}

void target_why(const struct diagnosis *d, const struct target_verdict *t, char *buf, size_t cap)
{
	const struct finding *f = target_in_way(d, t);
	buf[0] = '\0';
	if (t->release.plain)
		snprintf(buf, cap, "%s", t->release.shown);
	else if (t->verdict == VERDICT_UNKNOWN && t->unknown.plain)
		snprintf(buf, cap, "%s", t->unknown.shown);
	else if (f && finding_is_sentence(f))
		snprintf(buf, cap, "%s", f->rule->brief ? _(f->rule->brief) : f->found.shown);
	else if (f && t->n > 1)
		snprintf(buf, cap, _("%s %s, and %zu more"), f->subject, f->found.shown, t->n - 1);
	else if (f)
		snprintf(buf, cap, "%s %s", f->subject, f->found.shown);
}

const char *verdict_brief(enum verdict v)
{
	static const char *const words[VERDICTS] = {
		[VERDICT_BOOTS] = N_("boots"),
		[VERDICT_DOUBT] = N_("boots, doubt"),
		[VERDICT_LIKELY_STOPS] = N_("likely stops"),
		[VERDICT_STOPS] = N_("stops"),
		[VERDICT_UNKNOWN] = N_("not known"),
	};
	return _(words[v]);
}
