/* SPDX-License-Identifier: MIT */
/*
 * All rules in one order, and how one of them is asked. The rows stand in files by what they are
 * about; which of them speaks about a thing is decided by the rule alone, so the order of rows is
 * only the order in which they are listed.
 */
#include "judge_internal.h"

typedef const struct rule *section(size_t *n);

static section *const sections[] = {rules_of_drivers, rules_of_windows, rules_of_boot_path,
				    rules_unseen};
#define N_SECTIONS (sizeof(sections) / sizeof(sections[0]))

size_t rules_count(void)
{
	size_t all = 0, n;
	for (size_t s = 0; s < N_SECTIONS; s++) {
		sections[s](&n);
		all += n;
	}
	return all;
}

const struct rule *rules_get(size_t i)
{
	for (size_t s = 0, n; s < N_SECTIONS; i -= n, s++) {
		const struct rule *rows = sections[s](&n);
		if (i < n)
			return &rows[i];
	}
	return NULL;
}

const struct rule *rules_named(const char *id)
{
	const struct rule *rule;
	for (size_t i = 0; (rule = rules_get(i)); i++)
		if (text_equal(rule->id, id))
			return rule;
	return NULL;
}

const char *boot_step_name(enum boot_step step)
{
	static const char *const names[BOOT_STEPS] = {
		[STEP_RELEASE] = "release",
		[STEP_FIRMWARE] = "firmware",
		[STEP_BOOT_STORE] = "boot-store",
		[STEP_LOADER] = "loader",
		[STEP_HIVE] = "hive",
		[STEP_DRIVERS] = "drivers",
		[STEP_BUS] = "bus",
		[STEP_CONTROLLER] = "controller",
		[STEP_DISK] = "disk",
		[STEP_VOLUMES] = "volume",
		[STEP_FILTERS] = "filters",
		[STEP_FILE_SYSTEM] = "file-system",
	};
	return step < BOOT_STEPS ? names[step] : NULL;
}

/* A driver counts where its device should start, unless the loader stops at it. */
static enum boot_step step_of(const struct rule *rule, const struct judge *j,
			      const struct question *at, const struct finding *f)
{
	const char *machine = at->chain ? at->chain->machine : NULL;
	if (at->service && f->severity == SEVERITY_STOP && stops_the_loader(at->service, machine))
		return STEP_DRIVERS;
	if (at->link || rule->step == STEP_OF_SUBJECT)
		return step_of_service(j->set, f->subject);
	return rule->step;
}

int rule_ask(const struct rule *rule, const struct judge *j, const struct question *at,
	     struct finding *out, struct err *err)
{
	const char *subject = at->service ? at->service->name : at->link ? at->link->service : NULL;
	*out = (struct finding){.rule = rule,
				.subject = subject,
				.fix_words = said_as_is(""),
				.needed_start = START_ABSENT,
				.control_set = j->set->number};
	int found = rule->look(j, at, out, err);
	if (found <= 0)
		return found;
	if (!out->found.plain || !out->needed.plain || !out->why.plain || !out->fix_words.plain)
		return no_memory(err);
	out->step = step_of(rule, j, at, out);
	return found;
}
