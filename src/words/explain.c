/* SPDX-License-Identifier: MIT */
/*
 * Rules, targets and words, each as named facts.
 */
#include "explain_internal.h"

#include "stop7b/catalogue.h"
#include "stop7b/i18n.h"

static void put(struct explained *out, const char *name, const char *text)
{
	if (text && *text && out->n < EXPLAIN_FACTS)
		out->facts[out->n++] = (struct explain_fact){name, _(text)};
}

void explain_rule(const struct rule *rule, struct explained *out)
{
	*out = (struct explained){.id = rule->id, .title = _(rule->title)};
	put(out, _("What it is"), rule->means);
	put(out, _("Effect"), rule->stops);
	put(out, rule->looks_at ? _("Seen by") : _("Unseen"), rule->seen);
	put(out, rule->looks_at ? _("Fix") : _("To do"), rule->fix);
	put(out, _("Source"), rule->source);
}

static void explain_term(const struct explain_term *term, struct explained *out)
{
	*out = (struct explained){.id = term->id, .title = _(term->title)};
	put(out, _("What it is"), term->means);
	put(out, _("Effect"), term->effect);
	put(out, _("To do"), term->to_do);
}

/* "PCI\CC_010601, ...": what Windows must know. NULL without memory. */
static const char *ids_of(const struct target *t, struct arena *arena)
{
	const char *text = t->ids[0];
	for (size_t i = 1; text && t->ids[i]; i++)
		text = arena_printf(arena, "%s, %s", text, t->ids[i]);
	return text;
}

/* The drivers of its controller, without the stack that every target has. */
static const char *drivers_of(const struct target *t, struct arena *arena)
{
	const char *text = "";
	for (const struct link *l = t->links; text && l->service; l++)
		text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", l->service);
	return text;
}

static const char *firmware_of(const struct target *t)
{
	static const char *const words[] = {
		[FIRMWARE_ANY] = N_("BIOS or UEFI, as the disk is made"),
		[FIRMWARE_BIOS] = N_("BIOS only"),
		[FIRMWARE_UEFI] = N_("UEFI only"),
	};
	return words[t->firmware];
}

static bool explain_target(const struct target *t, struct arena *arena, struct explained *out)
{
	const char *ids = ids_of(t, arena), *drivers = drivers_of(t, arena);
	if (!ids || !drivers)
		return false;
	*out = (struct explained){.id = t->id, .title = _(t->title)};
	put(out, _("What it is"), t->words);
	put(out, _("Firmware"), firmware_of(t));
	put(out, _("Device"), ids);
	put(out, _("Drivers"), drivers);
	put(out, _("Unseen"), t->unseen);
	return true;
}

bool explain_word(const char *word, struct arena *arena, struct explained *out)
{
	const struct rule *rule = rules_named(word);
	const struct target *target = catalogue_target(word);
	const struct explain_term *term = explain_term_named(word);
	if (rule)
		explain_rule(rule, out);
	if (rule || target)
		return rule || explain_target(target, arena, out);
	if (term)
		explain_term(term, out);
	return term != NULL;
}

const char *explain_choice(size_t i)
{
	size_t n;
	const struct target *targets = catalogue_targets(&n);
	const struct rule *rule = rules_get(i);
	if (rule)
		return rule->id;
	i -= rules_count();
	if (i < n)
		return targets[i].id;
	const struct explain_term *term = explain_term_get(i - n);
	return term ? term->id : NULL;
}

bool explain_listed(size_t i, enum term_kind *kind, const char **id, const char **title)
{
	const struct explain_term *term = explain_term_get(i);
	if (!term)
		return false;
	*kind = term->kind;
	*id = term->id;
	*title = _(term->title);
	return true;
}
