/* SPDX-License-Identifier: MIT */
/*
 * The verdict with what is staged, and how much of a verdict fits into a window.
 */
#include "verdict_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "stop7b/columns.h"
#include "stop7b/i18n.h"

void verdict_prose(struct verdict_words *v, const char *fmt, ...)
{
	if (v->n_prose == PROSE_MAX)
		return;
	va_list args;
	va_start(args, fmt);
	vsnprintf(v->prose[v->n_prose++], PROSE_TEXT, fmt, args);
	va_end(args);
}

static unsigned rank(const struct diagnosis *d)
{
	static const unsigned ranks[] = {[VERDICT_BOOTS] = 0,
					 [VERDICT_DOUBT] = 1,
					 [VERDICT_LIKELY_STOPS] = 2,
					 [VERDICT_STOPS] = 3,
					 [VERDICT_UNKNOWN] = 4};
	return ranks[verdict_worst(d->targets, d->n_targets)];
}

static void after_words(struct session *s, struct verdict_words *v)
{
	struct question_words question;
	const struct diagnosis *after = &s->after;
	question_of_all(after, &s->chosen->install, s->scratch, &question);
	snprintf(v->rest, sizeof(v->rest), _("after apply: %s on %s"),
		 verdict_answer(verdict_target(after)), question.full);
	snprintf(v->rest_brief, sizeof(v->rest_brief), _("after apply: %s"),
		 verdict_answer(verdict_target(after)));
	snprintf(v->rest_least, sizeof(v->rest_least), "%.40s",
		 verdict_answer(verdict_target(after)));
}

void verdict_of_staged(struct session *s, const struct staged_counts *counts,
		       struct verdict_words *v)
{
	size_t n = counts->values;
	bool better = s->after.n_critical > 0 && rank(&s->after) <= rank(&s->now) &&
		      s->after.n_blocked <= s->now.n_blocked;
	*v = (struct verdict_words){.glyph = '*'};
	snprintf(v->words, sizeof(v->words), "%s",
		 better ? _("FIXES STAGED") : _("CHANGES STAGED"));
	snprintf(v->words_brief, sizeof(v->words_brief), "%.60s", v->words);
	after_words(s, v);
	if (counts->bytes)
		verdict_prose(
			v,
			ngettext("%zu value changes, %zu bytes with bookkeeping. The image is not "
				 "touched yet.",
				 "%zu values change, %zu bytes with bookkeeping. The image is not "
				 "touched yet.",
				 n),
			n, counts->bytes);
	else
		verdict_prose(v,
			      ngettext("%zu value changes. The image is not touched yet.",
				       "%zu values change. The image is not touched yet.", n),
			      n);
	if (s->options.read_only)
		verdict_prose(v, "%s",
			      _("-r: nothing can be written.  u takes the last one back."));
	else
		verdict_prose(v, "%s",
			      _("a shows every byte and asks before writing.  u takes the last one "
				"back."));
}

/* ---- in a window ---- */

void verdict_fit(const struct verdict_words *v, int width, int gap, const char **words,
		 const char **rest)
{
	const char *const tries[][2] = {
		{v->words, v->rest},       {v->words, v->rest_brief},
		{v->words_brief, v->rest}, {v->words_brief, v->rest_brief},
		{v->words, v->rest_least}, {v->words_brief, v->rest_least},
	};
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		*words = tries[i][0];
		*rest = tries[i][1];
		if (**rest && text_width(*words) + gap + text_width(*rest) <= width)
			return;
	}
	*words = text_width(v->words) <= width ? v->words : v->words_brief;
	*rest = "";
}
