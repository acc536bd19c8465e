/* SPDX-License-Identifier: MIT */
/*
 * A rule of the diagnosis laid out for reading, the same on the screen and on standard output.
 */
#include "stop7b/words.h"

#include "stop7b/i18n.h"

size_t explain_facts(const struct rule *e, struct explain_fact out[EXPLAIN_FACTS])
{
	const struct explain_fact all[EXPLAIN_FACTS] = {
		{_("What it is"), e->means},
		{_("Effect"), e->stops},
		{e->looks_at ? _("Seen by") : _("Unseen"), e->seen},
		{e->looks_at ? _("Fix") : _("To do"), e->fix},
		{_("Source"), e->source},
	};
	size_t n = 0;
	for (size_t i = 0; i < EXPLAIN_FACTS; i++)
		if (all[i].text && all[i].text[0])
			out[n++] = (struct explain_fact){all[i].name, _(all[i].text)};
	return n;
}
