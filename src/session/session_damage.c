/* SPDX-License-Identifier: MIT */
/*
 * Is an edited hive sound? It is checked whole against the hive that it was made from: an edit may
 * not leave damage that was not there, and a hive that has damage is only changed inside values
 * that are there. What Windows itself leaves behind is no damage (hive_check.c).
 */
#include "session_internal.h"

#include "stop7b/hive_check.h"

struct said damage_words(const struct hive_file *f, const struct hive_report *report,
			 struct arena *arena)
{
	const char *first = said_word(report->first[0].what, arena);
	if (report->defects == 1)
		return said_make(arena, "%s is damaged (1 defect, the first: %s, cell 0x%x)",
				 f->name, first, report->first[0].at);
	return said_make(arena, "%s is damaged (%zu defects, the first: %s, cell 0x%x)", f->name,
			 report->defects, first, report->first[0].at);
}

int damage_refuses(const struct hive_file *f, const struct hive_report *before, struct arena *arena,
		   struct err *err)
{
	struct said words = damage_words(f, before, arena);
	if (!words.plain)
		return no_memory(err);
	return err_set(err, E_GUARD,
		       "%s, so only values that are there can be changed, inside the bytes they "
		       "have",
		       SAID_ARG(words));
}

/* Old damage is told, and keeps every edit out that would need to know what belongs to whom. */
static int judge_damage(const struct hive_file *f, bool structural,
			const struct hive_report *before, struct arena *arena, struct said *warning,
			struct err *err)
{
	if (before->defects == 0)
		return 0;
	if (structural) {
		damage_refuses(f, before, arena, err);
		return err_at(err, "hive-damaged");
	}
	struct said words = damage_words(f, before, arena);
	*warning = said_make(arena, "%s; this stays as it is", said_arg(words, arena));
	return warning->plain ? 0 : no_memory(err);
}

/*
 * Bytes of values that are there neither mend a hive nor hide its damage: one that is sound after them
 * was sound before.
 */
static int compare_reports(const struct hive_file *f, bool structural, struct arena *work,
			   struct arena *arena, struct said *warning, struct err *err)
{
	struct hive_report before = f->report ? *f->report : (struct hive_report){0}, after;
	struct err why = {0};
	if (hive_check(hive_edit_view(f->edit), work, &after, err) < 0)
		return -1;
	if (!structural && after.defects == 0)
		return 0;
	if ((!f->report && hive_check(&f->hive, work, &before, err) < 0) ||
	    judge_damage(f, structural, &before, arena, warning, err) < 0)
		return -1;
	if (hive_check_no_worse(&before, &after, &why) == 0)
		return 0;
	return err_set(err, why.code, "hive-damaged: %s would be damaged: %s", f->name,
		       ERR_ARG(&why));
}

int damage_check(const struct hive_file *f, bool structural, struct arena *arena,
		 struct said *warning, struct err *err)
{
	struct arena *work = arena_new();
	int rc = work ? compare_reports(f, structural, work, arena, warning, err)
		      : err_set(err, E_MEMORY, "no memory to check the hive");
	arena_free(work);
	return rc;
}
