/* SPDX-License-Identifier: MIT */
/*
 * From the facts of the boot path to findings: the rule's row gives the step, the words and how
 * bad it is for a machine that starts this disk itself.
 */
#include "judge_internal.h"

static struct finding finding_of(const struct bootpath_fact *fact)
{
	size_t n;
	const struct rule *row = &rules_of_boot_path(&n)[fact->rule];
	bool softened = fact->doubtful && row->severity == SEVERITY_STOP;
	return (struct finding){
		.rule = row,
		.severity = softened ? SEVERITY_LIKELY : row->severity,
		.step = row->step,
		.subject = fact->subject,
		.key = fact->key,
		.value = fact->value,
		.found = fact->found,
		.needed = fact->needed,
		.needed_start = START_ABSENT,
		.fix_words = said_of(fact->fix_words ? fact->fix_words : ""),
		.fixable = fact->fix_words != NULL,
		.why = said_of(row->stops),
		.no_fix = fact->fix_words    ? said_of(NULL)
			  : fact->cure.plain ? fact->cure
					     : said_of(row->fix),
		.edits = fact->edits,
		.n_edits = fact->n_edits,
	};
}

bool bootpath_note_firmware(enum firmware made_for, struct finding *out)
{
	const bool uefi = made_for == FIRMWARE_UEFI;
	const struct bootpath_fact fact = {
		.rule = BOOTPATH_FIRMWARE_FREE,
		.subject = "disk",
		.key = "partition table",
		.value = "firmware",
		.found = said_of(
			uefi ? N_("the disk is made for UEFI: the machine must be set to it")
			     : N_("the disk is made for BIOS: the machine must be set to it")),
		.needed = said_as_is(uefi ? "UEFI" : "BIOS"),
	};
	if (made_for == FIRMWARE_ANY)
		return false;
	*out = finding_of(&fact);
	return true;
}

bool bootpath_shuts(const struct finding *f)
{
	size_t n;
	return f->severity == SEVERITY_STOP && !f->fixable &&
	       f->rule != &rules_of_boot_path(&n)[BOOTPATH_NO_STORE];
}

int bootpath_judge(const struct bootpath_request *request, struct arena *arena,
		   struct bootpath_judgement *out, struct err *err)
{
	struct bootpath_fact *facts;
	*out = (struct bootpath_judgement){.made_for = bootpath_made_for(request)};
	if (bootpath_check(request, arena, &facts, &out->n, err) < 0)
		return -1;
	out->findings = arena_array(arena, out->n, sizeof(*out->findings), err);
	if (!out->findings)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		out->findings[i] = finding_of(&facts[i]);
	return 0;
}
