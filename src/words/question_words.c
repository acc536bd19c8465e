/* SPDX-License-Identifier: MIT */
/*
 * Question and answer in words: which target, on which machine. A verdict whose step comes
 * before the drivers is the same on every machine, so it names the target alone.
 */
#include "verdict_internal.h"

#include <stdio.h>

#include "stop7b/i18n.h"

static bool is(const struct target_verdict *t, const char *id)
{
	return text_equal(t->id, id);
}

/* machine: its words, or NULL where all machines are one */
static const char *all_machines(const char *asked, const char *machine, struct arena *arena)
{
	if (!machine)
		return _("any machine (portable)");
	if (text_equal(asked, MACHINE_NEW))
		return _("any new machine (portable)");
	return arena_printf(arena, _("%s, any controller (portable)"), machine);
}

static const char *last_machine(const char *machine, struct arena *arena)
{
	return machine ? arena_printf(arena, _("%s, where it last ran (last)"), machine)
		       : _("the machine it last ran on (last)");
}

static const char *one_target(const struct target_verdict *t, const char *machine,
			      struct arena *arena)
{
	if (!machine || verdict_is_early(t))
		return arena_printf(arena, "%s (%s)", _(t->title), t->id);
	return arena_printf(arena, "%s (%s), %s", _(t->title), t->id, machine);
}

static const char *brief(const struct target_verdict *t, struct arena *arena)
{
	if (text_equal(t->machine, MACHINE_ANY) || (verdict_is_early(t) && !is(t, "portable")))
		return t->id;
	if (text_equal(t->machine, MACHINE_NEW))
		return arena_printf(arena, _("%s, new"), t->id);
	return text_equal(t->machine, MACHINE_LAST)
		       ? t->id
		       : arena_printf(arena, _("%s, id %s"), t->id, t->machine);
}

void question_words(const struct target_verdict *t, const struct install *inst, struct arena *arena,
		    struct question_words *out)
{
	const char *machine = machine_asked_words(inst, t->machine, arena).shown;
	const char *full = is(t, "portable") ? all_machines(t->machine, machine, arena)
			   : is(t, "last")   ? last_machine(machine, arena)
					     : one_target(t, machine, arena);
	const char *id = brief(t, arena);
	out->full = full ? full : t->id;
	out->brief = id ? id : t->id;
}

/* ---- the answer, and of several targets ---- */

const struct target_verdict *verdict_target(const struct diagnosis *d)
{
	enum verdict worst = verdict_worst(d->targets, d->n_targets);
	size_t i = 0;
	while (i + 1 < d->n_targets && d->targets[i].verdict != worst)
		i++;
	return &d->targets[i];
}

const char *verdict_answer(const struct target_verdict *t)
{
	static const char *const answers[][2] = {
		[VERDICT_BOOTS] = {N_("BOOTS"), N_("BOOTS")},
		[VERDICT_DOUBT] = {N_("BOOTS"), N_("BOOTS")},
		[VERDICT_LIKELY_STOPS] = {N_("LIKELY STOP 0x7B"), N_("LIKELY NOT TO START")},
		[VERDICT_STOPS] = {N_("STOP 0x7B"), N_("WILL NOT START")},
		[VERDICT_UNKNOWN] = {N_("NOT CHECKED"), N_("NOT CHECKED")},
	};
	return _(answers[t->verdict][verdict_is_early(t)]);
}

static size_t count_verdict(const struct diagnosis *d, enum verdict verdict)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_targets; i++)
		n += d->targets[i].verdict == verdict;
	return n;
}

/* "2 of 5 targets, a new machine" */
static const char *some_targets(const struct target_verdict *t, const struct diagnosis *d,
				const struct install *inst, struct arena *arena)
{
	const char *machine = machine_asked_words(inst, t->machine, arena).shown;
	return arena_printf(arena, _("%zu of %zu targets%s%s"), count_verdict(d, t->verdict),
			    d->n_targets, machine ? ", " : "", machine ? machine : "");
}

void question_of_all(const struct diagnosis *d, const struct install *inst, struct arena *arena,
		     struct question_words *out)
{
	const struct target_verdict *t = verdict_target(d);
	question_words(t, inst, arena, out);
	if (d->n_targets == 1)
		return;
	const char *some = some_targets(t, d, inst, arena);
	out->full = some ? some : t->id;
	some = arena_printf(arena, _("%zu of %zu"), count_verdict(d, t->verdict), d->n_targets);
	out->brief = some ? some : t->id;
}
