/* SPDX-License-Identifier: MIT */
/*
 * What a verdict answers, in words: which target, on which machine. A verdict whose step comes
 * before the drivers is the same on every machine, so it names the target alone.
 */
#include "stop7b/verdict.h"

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
	const char *machine = machine_asked_words(inst, t->machine, arena);
	const char *full = is(t, "portable") ? all_machines(t->machine, machine, arena)
			   : is(t, "last")   ? last_machine(machine, arena)
					     : one_target(t, machine, arena);
	const char *id = brief(t, arena);
	out->full = full ? full : t->id;
	out->brief = id ? id : t->id;
}
