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

int rule_ask(const struct rule *rule, const struct judge *j, const struct question *at,
	     struct finding *out, struct err *err)
{
	const char *subject = at->service ? at->service->name : at->link ? at->link->service : NULL;
	*out = (struct finding){
		.rule = rule, .subject = subject, .fix_words = "", .control_set = j->set->number};
	return rule->look(j, at, out, err);
}

int judge_no_memory(struct err *err)
{
	return err_set(err, E_MEMORY, "no memory for the findings");
}
