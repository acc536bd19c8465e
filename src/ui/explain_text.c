/* SPDX-License-Identifier: MIT */
/*
 * A rule of the diagnosis laid out for reading, the same on the screen and on standard output.
 */
#include "stop7b/explain.h"

#include "stop7b/i18n.h"
#include "src/screen/view.h"

#define NAME_X 3

void explain_put_fact(struct sheet *s, const char *name, const char *text)
{
	int y = s->n;
	if (!text || !text[0])
		return;
	sheet_wrap(s, EXPLAIN_VALUE_X, ROLE_PLAIN, text);
	if (s->n > y)
		grid_put(s->grid, NAME_X, y, ROLE_PLAIN, name);
}

void explain_put(struct sheet *s, const struct explanation *e)
{
	sheet_putf(s, 1, ROLE_KEY, "%s  %s", e->id, _(e->title));
	sheet_put(s, 0, ROLE_PLAIN, "");
	explain_put_fact(s, _("What it is"), _(e->means));
	explain_put_fact(s, _("Effect"), _(e->stops));
	explain_put_fact(s, e->checkable ? _("Seen by") : _("Unseen"), _(e->seen));
	explain_put_fact(s, e->checkable ? _("Fix") : _("To do"), _(e->fix));
	explain_put_fact(s, _("Source"), _(e->source));
}
