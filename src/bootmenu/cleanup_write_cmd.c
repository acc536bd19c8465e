/* SPDX-License-Identifier: MIT */
/*
 * The plan as a .cmd text. What bcdedit prints is never expanded with percent signs, only through
 * loop variables, which cmd does not read a second time: '&', '^', '!', quotes and parentheses in
 * a description or path stay ordinary characters. An id is the second word of the line below the
 * dashes, so no translated word is looked at. Values are compared between quotes with '%' doubled;
 * one that is not printable ASCII, holds a quote, or a percent sign that a loop would take for its
 * variable, is not compared, and a remark says so.
 *
 * Stages: arguments, what is there, checks per entry, show, export, delete per entry, verify.
 */
#include "cleanup_cmd_internal.h"

#include <string.h>

#define REMARK_MAX 1000 /* bytes; cmd takes lines of 8191 */

static const char usage_lines[] =
	"rem Run it as administrator on the machine that owns this boot store:\n"
	"rem   without an argument  it shows what it would do and changes nothing\n"
	"rem   /go                  saves the store first, then does it; stops at the first "
	"surprise\n"
	"rem   /undo                puts the saved store back, all of it\n"
	"rem Running it twice is harmless.\n";

/* ---- header ---- */

static void put_remark(struct growing *t, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	growing_format(t, "rem %s: ", label);
	growing_put(t, cleanup_remark(arena_printf(t->arena, "%.*s", REMARK_MAX, text), t->arena));
	growing_put(t, "\n");
}

static void put_first_line(struct growing *t, const struct cleanup_plan *plan)
{
	if (plan->problem) {
		growing_put(t, "@");
		put_remark(t, "THIS STORE WAS NOT READ WHOLE", plan->problem);
	}
	growing_format(t, "@rem %s, %s: %s\n", plan->tool, plan->when,
		       plan->add ? "makes a boot entry for a virtual disk"
				 : "takes entries out of a boot menu");
}

static void put_block_remarks(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	growing_format(t, "rem\nrem %zu. %s\n", i + 1, b->guid);
	put_remark(t, "  description", b->description);
	put_remark(t, "  device", b->device);
	put_remark(t, "  Windows on", b->osdevice);
	put_remark(t, "  why", b->matched);
	if (b->by_hand)
		put_remark(t, "  chosen", "by hand");
	if (b->dead)
		put_remark(t, "  dead", "its virtual disk is not there any more");
	for (size_t k = 0; k < b->n_related; k++)
		growing_format(t, "rem   %s %s: %s\n", b->related[k].what, b->related[k].guid,
			       b->related[k].fate);
	for (size_t k = 0; k < b->n_warnings; k++)
		put_remark(t, "  note", b->warnings[k]);
	for (size_t k = 0; k < b->n_facts; k++) {
		if (!cmd_is_comparable(b->facts[k].value))
			put_remark(t, "  not compared here, look yourself", b->facts[k].name);
	}
}

static void put_refusals(struct growing *t, const struct cleanup_plan *plan)
{
	for (size_t i = 0; i < plan->n_refusals; i++) {
		const struct cleanup_refusal *r = &plan->refusals[i];
		put_remark(t, "Not in the plan",
			   arena_printf(t->arena, "%s %s: %s", r->guid, r->description, r->why));
	}
}

void cmd_put_header(struct growing *t, const struct cleanup_plan *plan)
{
	put_first_line(t, plan);
	growing_put(t, "@echo off\n");
	put_remark(t, "Store", plan->store_name);
	put_remark(t, "Image", plan->image);
	put_remark(t, "Disk on the host", plan->vhd);
	if (plan->add)
		return;
	growing_put(t, usage_lines);
	if (cmd_takes_id(plan))
		growing_put(t,
			    "rem The identifier of the entry comes first; without it the entries "
			    "are listed.\n");
	for (size_t i = 0; i < plan->n; i++)
		put_block_remarks(t, plan, i);
	growing_put(t, "rem\n");
	put_refusals(t, plan);
	for (size_t i = 0; i < plan->n_notes; i++)
		put_remark(t, "Note", plan->notes[i]);
}

/* ---- checks per entry ---- */

bool cmd_is_comparable(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 || (unsigned char)*s > 0x7e || *s == '"')
			return false;
		if (*s == '%' && s[1] && strchr("abcde~", s[1]))
			return false;
	}
	return true;
}

/* A virtual disk: behind the brackets, where `on` names the volume in them, or NULL for any. */
static void put_vhd(struct growing *t, const struct cleanup_fact *f, const char *on,
		    const char *value, const char *action)
{
	growing_format(t,
		       "  if \"%%%%a\"==\"%s\" for /f \"tokens=1,2* delims=[]\" %%%%c in "
		       "(\"%%%%b\") do if /i ",
		       f->name);
	growing_format(t, "\"%%%%c[%s]%%%%e\"==\"vhd=[%s]", on ? "%%d" : "", on ? on : "");
	growing_put(t, cleanup_doubled(value, t->arena));
	growing_format(t, "\" %s\n", action);
}

static void put_vhds(struct growing *t, const struct cleanup_fact *f, const char *on,
		     const char *action)
{
	put_vhd(t, f, on, f->value, action);
	if (f->also)
		put_vhd(t, f, on, f->also, action);
}

/* The whole line: no bracket and no path, for bcdedit does not find the volume. */
static void put_unknown(struct growing *t, const struct cleanup_fact *f, const char *action)
{
	growing_format(t, "  if \"%%%%a %%%%b\"==\"%s unknown\" %s\n", f->name, action);
}

void cmd_put_fact(struct growing *t, const struct cleanup_plan *plan, const struct cleanup_fact *f,
		  const char *action)
{
	if (!cmd_is_comparable(f->value))
		return;
	if (f->vhd && plan->search) {
		const char drive[] = {plan->vhd[0], ':', '\0'};
		put_vhds(t, f, drive, action);
		put_vhds(t, f, "locate", action);
	} else if (f->vhd) {
		put_vhds(t, f, NULL, action);
	} else {
		growing_format(t, "  if /i \"%%%%a %%%%b\"==\"%s ", f->name);
		growing_put(t, cleanup_doubled(f->value, t->arena));
		growing_format(t, "\" %s\n", action);
	}
	if (f->or_unknown)
		put_unknown(t, f, action);
}

/* As the text names the entry. */
static const char *id_of(const struct cleanup_plan *plan, const struct cleanup_block *b)
{
	return plan->search ? "%ID%" : b->guid;
}

static void put_reading(struct growing *t, const struct cleanup_plan *plan,
			const struct cleanup_block *b)
{
	const char *id = id_of(plan, b);
	growing_put(t, "set \"SEEN=\"\nset \"NEXT=\"\n");
	for (size_t k = 0; k < b->n_facts; k++)
		growing_format(t, "set \"FACT%zu=\"\n", k);
	growing_format(t, "for /f \"tokens=1*\" %%%%a in ('%%BCD%% %%STORE%% /enum %s /v') do (\n",
		       id);
	growing_format(t,
		       "  if defined NEXT if not defined SEEN if /i \"%%%%b\"==\"%s\" set "
		       "\"SEEN=1\"\n",
		       id);
	growing_put(t, CMD_DASHES);
	for (size_t k = 0; k < b->n_facts; k++)
		cmd_put_fact(t, plan, &b->facts[k], arena_printf(t->arena, "set \"FACT%zu=1\"", k));
	if (plan->search)
		growing_put(t, "  if \"%%a\"==\"resumeobject\" set \"RESUME=%%b\"\n");
	growing_put(t, ")\n");
}

static void put_demand(struct growing *t, const char *id, const char *what)
{
	growing_format(t, "set \"WHAT=%s: its %s is not what the plan saw\"\n", id, what);
}

static void put_demands(struct growing *t, const struct cleanup_block *b, const char *id)
{
	put_demand(t, id, "kind");
	growing_format(t, "if not defined S7B_%s_%s goto differs\n", b->kind, id);
	for (size_t k = 0; k < b->n_facts; k++) {
		if (!cmd_is_comparable(b->facts[k].value))
			continue;
		put_demand(t, id, b->facts[k].name);
		growing_format(t, "if not defined FACT%zu goto differs\n", k);
	}
}

static void put_roles(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const char *id = id_of(plan, &plan->blocks[i]);
	if (!plan->store_on_host) {
		growing_format(t,
			       "set \"WHAT=%s: it is the Windows that is running now; boot another "
			       "one first\"\n",
			       id);
		growing_format(t, "call :first {current} %s\nif defined SAME goto differs\n", id);
	}
	growing_format(t, "call :first {default} %s\n", id);
	if (plan->blocks[i].was_default) {
		growing_format(t, "if defined SAME set \"DEFAULT%zu=1\"\n", i);
		return;
	}
	growing_format(t, "set \"WHAT=%s: it %s\"\n", id,
		       plan->search ? "is the default entry; make another one the default first"
				    : "has become the default entry");
	growing_put(t, "if defined SAME goto differs\n");
}

static void put_check(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	growing_format(t, "\nrem ---- check entry %zu\nset \"HERE%zu=\"\nset \"DEFAULT%zu=\"\n",
		       i + 1, i, i);
	put_reading(t, plan, b);
	growing_format(t, "if not defined SEEN goto checked%zu\n", i);
	put_demands(t, b, id_of(plan, b));
	put_roles(t, plan, i);
	growing_format(t, "set \"HERE%zu=1\"\nset \"WORK=1\"\n:checked%zu\n", i, i);
}

/* ---- what is there ---- */

/* The running Windows becomes the default, if it is one that the plan knows. */
static void put_others(struct growing *t, const struct cleanup_plan *plan)
{
	if (plan->search) {
		growing_put(t, "if not defined OTHER goto lastone\n");
		return;
	}
	growing_put(t, "set \"OTHER=\"\n");
	for (size_t i = 0; i < plan->n_others; i++)
		growing_format(t,
			       "if not defined OTHER if defined S7B_osloader_%s set \"OTHER=%s\"\n",
			       plan->others[i], plan->others[i]);
	growing_put(t, "if not defined OTHER goto lastone\nset \"NEWDEFAULT=%OTHER%\"\n");
	for (size_t i = 0; i < plan->n_others && !plan->store_on_host; i++)
		growing_format(t,
			       "call :first {current} %s\n"
			       "if defined SAME set \"NEWDEFAULT={current}\"\n",
			       plan->others[i]);
}

/* ---- show, delete, verify ---- */

static bool is_look(const struct cleanup_command *c)
{
	return strcmp(c->words[0], "/enum") == 0;
}

static bool is_default(const struct cleanup_command *c)
{
	return strcmp(c->words[0], "/default") == 0;
}

static void put_words(struct growing *t, const struct cleanup_command *c, const char *id)
{
	growing_format(t, "%s %s", c->words[0], is_default(c) ? "%NEWDEFAULT%" : id);
	if (c->n > 2)
		growing_format(t, " %s", c->words[2]);
	growing_put(t, "\n");
}

static void put_show(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	growing_format(t, "if not defined HERE%zu goto shown%zu\n", i, i);
	growing_format(t, "\"%%BCD%%\" %%STORE%% /enum %s /v\necho.\n", id_of(plan, b));
	for (size_t k = 0; k < b->n_commands; k++) {
		if (is_look(&b->commands[k]))
			continue;
		if (is_default(&b->commands[k]))
			growing_format(t, "if defined DEFAULT%zu ", i);
		growing_put(t, "echo To do: bcdedit %STORE% ");
		put_words(t, &b->commands[k], id_of(plan, b));
	}
	growing_format(t, ":shown%zu\n", i);
}

static void put_step(struct growing *t, const struct cleanup_command *c, const char *id, size_t i)
{
	if (is_default(c))
		growing_format(t, "if not defined DEFAULT%zu goto chosen%zu\n", i, i);
	growing_put(t, "\"%BCD%\" %STORE% ");
	put_words(t, c, id);
	growing_put(t, "if errorlevel 1 goto failed\n");
	if (is_default(c))
		growing_format(t, ":chosen%zu\n", i);
}

/* What may be missing afterwards. */
static void put_meant(struct growing *t, const struct cleanup_plan *plan,
		      const struct cleanup_block *b)
{
	growing_format(t, "set \"S7B_all_%s=\"\n", id_of(plan, b));
	if (plan->search)
		growing_put(t, "if defined RESUME set \"S7B_all_%RESUME%=\"\n");
	for (size_t k = 0; k < b->n_related; k++) {
		if (strncmp(b->related[k].fate, "goes", 4) == 0)
			growing_format(t, "set \"S7B_all_%s=\"\n", b->related[k].guid);
	}
}

static void put_delete(struct growing *t, const struct cleanup_plan *plan, size_t i)
{
	const struct cleanup_block *b = &plan->blocks[i];
	const char *id = id_of(plan, b);
	growing_format(t, "\nrem ---- delete entry %zu\nif not defined HERE%zu goto deleted%zu\n",
		       i + 1, i, i);
	for (size_t k = 0; k < b->n_commands; k++) {
		if (!is_look(&b->commands[k]))
			put_step(t, &b->commands[k], id, i);
	}
	growing_format(t, "call :first %s %s\nif defined SEEN goto failed\n", id, id);
	put_meant(t, plan, b);
	growing_format(t, ":deleted%zu\n", i);
}

int cleanup_write_cmd(const struct cleanup_plan *plan, struct arena *arena, char **out,
		      struct err *err)
{
	struct growing t = {.arena = arena};
	if (cmd_check_paths(plan, err) != 0)
		return -1;
	cmd_put_header(&t, plan);
	if (plan->add) {
		cmd_put_add(&t, plan);
		return cleanup_finish_crlf(&t, out, err);
	}
	cmd_put_start(&t, plan);
	growing_put(&t, cmd_listing);
	if (plan->search)
		cmd_put_search(&t, plan);
	for (size_t i = 0; i < plan->n; i++)
		put_check(&t, plan, i);
	growing_put(&t, "if not defined WORK goto nothing\n");
	put_others(&t, plan);
	for (size_t i = 0; i < plan->n; i++)
		put_show(&t, plan, i);
	growing_put(&t, cmd_save);
	for (size_t i = 0; i < plan->n; i++)
		put_delete(&t, plan, i);
	cmd_put_end(&t, plan);
	return cleanup_finish_crlf(&t, out, err);
}
