/* SPDX-License-Identifier: MIT */
/*
 * Notes about the installation itself: what a person should know before moving or mending it, and
 * what often goes with a stop without being its cause. No verdict rests on them.
 *
 *   H3   Select is not what a healthy Windows leaves behind
 *   F12  setup or sysprep has work left
 *   F13  a program that runs before Windows is not there
 *   U1   updates are half done
 *   F4   a filter of another maker that loads
 *
 * Source: doc/FORMATS/root-causes.md, rows of the same names.
 */
#include "judge_internal.h"

#include <string.h>
#include <strings.h>

/* What every Windows runs; without its file the disk is just not checked. */
#define DEFAULT_PROGRAM "autocheck autochk *"
#define STATE_DONE      7u /* GeneralizationState of a Windows that is set up */

/* ---- H3 ---- */

int select_unusual(const struct judge *j, const struct question *at, struct finding *out,
		   struct err *err)
{
	(void)err;
	(void)at;
	const struct install *inst = j->inst;
	bool good_is_there = inst->select_last_good == 0 ||
			     install_set(inst, inst->select_last_good) != NULL;
	bool differs = inst->select_default != inst->select_current;
	if (inst->n_sets == 0 || (!differs && inst->select_failed == 0 && good_is_there))
		return 0;
	out->severity = SEVERITY_NOTE;
	out->subject = "Select";
	out->key = "Select";
	out->value = differs ? "Default" : inst->select_failed ? "Failed" : "LastKnownGood";
	out->found = said_make(j->arena, "Default %u, Current %u, Failed %u", inst->select_default,
			       inst->select_current, inst->select_failed);
	out->needed = said_of("Default and Current the same, Failed 0");
	out->why = said_of(
		differs ? N_("The set that boots is not the one that ran last; both are shown.")
			: N_("Select remembers a set that failed, or one that is not there."));
	out->no_fix = said_of(
		"fixes edit the set that boots and Current; Select itself is left alone");
	return 1;
}

/* ---- F12 ---- */

/* Programs of Windows' own first run; anything else was put there by a tool. */
static bool is_first_run(const struct install *inst)
{
	static const char *const own[] = {"windeploy", "oobe", "setup"};
	bool found = inst->setup == SETUP_SPECIALIZE || inst->setup == SETUP_OOBE;
	const char *name = inst->setup_command ? inst->setup_command : "";
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		found |= strncasecmp(name, own[i], strlen(own[i])) == 0;
	return found;
}

static bool is_generalizing(const struct install *inst)
{
	return inst->generalization != 0 && inst->generalization != STATE_DONE;
}

static struct said setup_found(const struct judge *j)
{
	const struct install *inst = j->inst;
	bool gone = inst->setup_program.state == FILE_MISSING;
	const char *command = inst->setup_command ? inst->setup_command
						  : said_word(N_("absent"), j->arena);
	if (inst->setup_type != 0 && gone)
		return said_make(j->arena, "SetupType %u, CmdLine %s: not on this disk",
				 inst->setup_type, command);
	if (inst->setup_type != 0)
		return said_make(j->arena, "SetupType %u, CmdLine %s", inst->setup_type, command);
	return said_of(inst->setup != SETUP_DONE ? setup_words(inst->setup)
						 : N_("sysprep has not finished"));
}

static struct said setup_why(const struct install *inst)
{
	if (inst->setup_program.state == FILE_MISSING)
		return said_of(
			"The next boots run a program that is not there: they come to no logon.");
	if (inst->setup_type != 0 && !is_first_run(inst))
		return said_of("The next boots run a program that is not Windows' own first run.");
	return said_of("Devices are detected anew, but boot drivers are needed to get that far.");
}

int setup_pending(const struct judge *j, const struct question *at, struct finding *out,
		  struct err *err)
{
	(void)err;
	(void)at;
	const struct install *inst = j->inst;
	bool own = is_first_run(inst) || is_generalizing(inst) || inst->setup_type == 0;
	if (inst->setup == SETUP_DONE && !is_generalizing(inst))
		return 0;
	out->severity = SEVERITY_NOTE;
	out->subject = "Setup";
	out->key = "Setup";
	out->value = inst->setup != SETUP_DONE ? "SetupType" : "GeneralizationState";
	out->found = setup_found(j);
	out->needed = said_of(own ? N_("a Windows that is set up") : N_("SetupType 0"));
	out->why = setup_why(inst);
	out->no_fix = said_of(
		own ? N_("the next boot goes on with it; a generalized image is left alone")
		    : N_("SetupType=0 ends it; CmdLine may stay"));
	return 1;
}

/* ---- U1 ---- */

static bool runs_setup_program(const struct control_set *set)
{
	for (size_t i = 0; i < set->n_programs; i++) {
		if (text_equal(set->programs[i].value, "SetupExecute"))
			return true;
	}
	return false;
}

int half_serviced(const struct judge *j, const struct question *at, struct finding *out,
		  struct err *err)
{
	(void)at;
	bool pending = j->inst->pending_xml.state == FILE_PRESENT;
	bool setup = runs_setup_program(j->set);
	(void)err;
	if (!pending && !setup)
		return 0;
	out->severity = SEVERITY_NOTE;
	out->subject = "servicing";
	out->key = setup ? arena_printf(j->arena, "%s\\Control\\Session Manager", j->set->key)
			 : NULL;
	out->value = setup ? "SetupExecute" : NULL;
	out->found = said_of(!pending ? "SetupExecute"
			     : setup  ? N_("pending.xml and SetupExecute")
				      : "pending.xml");
	out->needed = said_of("no servicing left to do");
	out->why = said_of(
		"Updates wait to be finished at boot; half-done ones are a known cause of 0x7B.");
	out->no_fix = said_of(
		"rename pending.xml and clear SetupExecute by hand, only if nothing else helps");
	return 1;
}

/* ---- notes about each of many ---- */

/* F13 */
int program_missing(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	const struct boot_program *p = at->program;
	bool gone = p->file.state == FILE_MISSING || p->file.state == FILE_EMPTY;
	if (!gone || text_equal(p->command, DEFAULT_PROGRAM))
		return 0;
	out->severity = SEVERITY_NOTE;
	out->subject = p->command;
	out->key = arena_printf(j->arena, "%s\\Control\\Session Manager", j->set->key);
	out->value = p->value;
	out->found = said_of("program missing");
	out->needed = said_of("the program, or its entry gone");
	out->why = said_make(j->arena, "%s names a program that is not in System32.", p->value);
	out->no_fix = said_of(
		"it is skipped at boot; take the entry out by hand if it is not wanted");
	return out->key ? 1 : no_memory(err);
}

/* F4: of the classes that are on the way of every boot; drivers of guest tools are R10's. */
int stranger_filter(const struct judge *j, const struct question *at, struct finding *out,
		    struct err *err)
{
	(void)err;
	const struct class_filter *f = at->filter;
	const struct service *s = set_service(j->set, f->service);
	if (f->boot_flags || catalogue_leftover(f->service) || catalogue_driver(f->service) ||
	    catalogue_filter_is_harmless(f->service) || !is_driver(s) ||
	    filter_is_dangling(j, j->set, f))
		return 0;
	out->severity = SEVERITY_NOTE;
	out->subject = s->name;
	out->key = f->key;
	out->value = f->value;
	out->found = said_of("not Windows' own");
	out->needed = said_of("nothing, as long as it loads");
	out->why = said_make(j->arena, "%s of %s names %s, which is no part of Windows.", f->value,
			     f->class_name, s->name);
	out->no_fix = said_of("it loads; take its name out by hand if its product is gone");
	return 1;
}
