/* SPDX-License-Identifier: MIT */
/*
 * From the facts of the boot path to findings and to one step of a rehearsal: the rule's row gives
 * the words, the table here what the first of them means for the step that reads the store.
 */
#include "judge_internal.h"

static const char no_fix[] = "stop7b changes registry values of Windows and nothing else on a disk";

static struct finding finding_of(const struct bootpath_fact *fact)
{
	size_t n;
	const struct rule *row = &rules_of_boot_path(&n)[fact->rule];
	return (struct finding){
		.rule = row,
		.severity = SEVERITY_NOTE,
		.subject = fact->subject,
		.key = fact->key,
		.value = fact->value,
		.found = fact->found,
		.needed = fact->needed,
		.fix_words = "",
		.why = row->stops,
		.no_fix = no_fix,
	};
}

/* What a rule says about the step that reads the store; rules that are not listed say nothing. */
static const struct {
	enum bootpath_rule rule;
	enum rehearsal_state state;
	const char *words;
} steps[] = {
	{BOOTPATH_NO_STORE, REHEARSAL_UNKNOWN, "no boot store on this disk"},
	{BOOTPATH_STORE_DAMAGED, REHEARSAL_UNKNOWN, "the boot store is damaged"},
	{BOOTPATH_NO_ENTRY, REHEARSAL_LIKELY, "no entry for this Windows"},
	{BOOTPATH_OTHER_DISK, REHEARSAL_LIKELY, "its entry names another disk"},
	{BOOTPATH_DEVICES_DIFFER, REHEARSAL_LIKELY, "its entry names two partitions"},
	{BOOTPATH_LOADER_KIND, REHEARSAL_LIKELY, "its loader is for other firmware"},
	{BOOTPATH_LOADER_MISSING, REHEARSAL_LIKELY, "its loader is missing"},
	{BOOTPATH_SYSTEM_ROOT, REHEARSAL_LIKELY, "its entry names another folder"},
	{BOOTPATH_MANAGER_MISSING, REHEARSAL_LIKELY, "the boot manager is missing"},
	{BOOTPATH_MANAGER_ENTRY, REHEARSAL_LIKELY, "the boot manager's entry is wrong"},
	{BOOTPATH_ACTIVE, REHEARSAL_LIKELY, "the active partition is wrong"},
	{BOOTPATH_FIRMWARE, REHEARSAL_LIKELY, "the disk is for other firmware"},
	{BOOTPATH_NO_ESP, REHEARSAL_LIKELY, "no EFI system partition"},
	{BOOTPATH_MBR_CODE, REHEARSAL_LIKELY, "the MBR has no boot code"},
	{BOOTPATH_BOOT_SECTOR, REHEARSAL_LIKELY, "the boot sector starts nothing"},
	{BOOTPATH_HIDDEN_SECTORS, REHEARSAL_LIKELY, "the boot sector has a wrong start"},
	{BOOTPATH_OTHER_MODE, REHEARSAL_OK, "entry found, but not for an ordinary start"},
};

static bool is_noticed(const struct bootpath_fact *facts, size_t n, enum bootpath_rule rule)
{
	for (size_t i = 0; i < n; i++)
		if (facts[i].rule == rule)
			return true;
	return false;
}

static struct bootpath_step step_of(const struct bootpath_request *request,
				    const struct bootpath_fact *facts, size_t n)
{
	size_t n_rules;
	const struct rule *rules = rules_of_boot_path(&n_rules);
	if (request->native && request->n_host_stores == 0)
		return (struct bootpath_step){REHEARSAL_UNKNOWN, "the host's boot store", NULL};
	if (request->table->scheme == SCHEME_NONE)
		return (struct bootpath_step){REHEARSAL_UNKNOWN, "a volume without its disk", NULL};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (is_noticed(facts, n, steps[i].rule))
			return (struct bootpath_step){steps[i].state, steps[i].words,
						      rules[steps[i].rule].stops};
	if (request->install->release != 0 && request->install->release < WIN_VISTA)
		return (struct bootpath_step){REHEARSAL_OK, "NTLDR found", NULL};
	return (struct bootpath_step){REHEARSAL_OK, "entry found, path right", NULL};
}

int bootpath_judge(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_judgement *out, struct err *err)
{
	struct bootpath_fact *facts;
	*out = (struct bootpath_judgement){.n = 0};
	if (bootpath_check(request, arena, &facts, &out->n, err) < 0)
		return -1;
	out->findings = arena_array(arena, out->n, sizeof(*out->findings), err);
	if (!out->findings)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		out->findings[i] = finding_of(&facts[i]);
	out->step = step_of(request, facts, out->n);
	return 0;
}
