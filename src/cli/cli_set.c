/* SPDX-License-Identifier: MIT */
/*
 * set: values and keys of a hive by hand, one value given in words or many changes in a registry
 * text. It takes the same way as fix: review, and a write only with --yes.
 *
 * A registry text says where some program had the hive mounted. Without --hive it is the SYSTEM
 * hive that is changed, so its keys must say SYSTEM there, or nothing.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/reg_data.h"
#include "stop7b/reg_text.h"

static struct session *open_session(struct cli *cli, const char *path, int *status)
{
	struct session *s = cli->hive ? cli_open(cli, path, status)
				      : cli_open_windows(cli, path, status);
	if (s && cli->yes)
		*status = cli_refuse_interrupted(cli, s);
	return s;
}

/* Edits in an arena of their own, which is freed as soon as they are staged. */
struct wanted {
	struct arena *arena;
	const char *subject; /* NULL: the first edit's */
	struct edit *edits;
	size_t n;
};

static int stage(struct cli *cli, struct session *s, const struct wanted *w)
{
	struct err err = {0};
	if (session_stage_edits(s, w->subject, w->edits, w->n, &err) >= 0)
		return 0;
	err_at(&err, "%s", s->name);
	return cli_fail(cli, &err);
}

static int stage_and_change(struct cli *cli, struct wanted *w, const char *path)
{
	int status = 0;
	struct session *s = open_session(cli, path, &status);
	if (s && status == 0)
		status = stage(cli, s, w);
	arena_free(w->arena);
	if (!s)
		return status;
	if (status == 0)
		status = cli_change(cli, s, "stop7b.set/1", false);
	session_close(s);
	return status;
}

/* ---- one value ---- */

static int set_value(struct cli *cli)
{
	struct err err = {0};
	struct edit edit = {
		.key = cli_key(cli->words[1]), .name = cli->words[2], .hive = cli->hive};
	if (reg_type_parse(cli->words[3], &edit.type, &err) < 0 ||
	    reg_data_parse(edit.type, cli->words + 4, cli->n - 4, cli->arena, &edit.data, &err) < 0)
		return cli_fail(cli, &err);
	struct wanted w = {.edits = &edit, .n = 1};
	return stage_and_change(cli, &w, cli->words[0]);
}

/* ---- a registry text ---- */

static const enum hive_op ops[] = {
	[REG_OP_CREATE_KEY] = HIVE_CREATE_KEY,
	[REG_OP_DELETE_KEY] = HIVE_DELETE_KEY,
	[REG_OP_SET] = HIVE_SET,
	[REG_OP_DELETE_VALUE] = HIVE_DELETE_VALUE,
};

/* "SYSTEM" of "HKEY_LOCAL_MACHINE\SYSTEM\Setup": is the key in the hive that is meant? */
static bool in_system(const char *key)
{
	static const char name[] = "SYSTEM";
	const char *at = strchr(key, '\\');
	if (strncasecmp(key, "HKEY_", 5) != 0)
		return true;
	return at && strncasecmp(at + 1, name, sizeof(name) - 1) == 0 &&
	       (at[sizeof(name)] == '\\' || !at[sizeof(name)]);
}

static int take_change(const struct cli *cli, const struct reg_change *change, struct edit *out,
		       struct err *err)
{
	const char *key = reg_text_strip_root(change->key);
	if (!key)
		return err_set(err, E_USAGE, "line %u: %s is no key of a hive", change->line,
			       change->key);
	if (!cli->hive && !in_system(change->key))
		return err_set(
			err, E_USAGE,
			"line %u: %s is not in the SYSTEM hive; name the hive with --hive N:\\PATH",
			change->line, change->key);
	*out = (struct edit){
		.key = key,
		.name = change->name,
		.type = change->type,
		.data = change->data,
		.op = ops[change->op],
		.may_be_absent = true, /* as Windows' own editor has it: a text can be run twice */
		.hive = cli->hive,
	};
	return 0;
}

/* The text itself is not kept: it may be large. */
static int read_changes(const struct cli *cli, struct arena *to, struct reg_change **changes,
			size_t *n, struct err *err)
{
	struct span text;
	struct arena *arena = arena_new();
	if (!arena)
		return no_memory(err);
	int rc = cli_read_file(arena, cli->file, REG_TEXT_FILE_MAX, &text, err);
	if (rc == 0)
		rc = reg_text_read(text, to, changes, n, err);
	arena_free(arena);
	return rc;
}

static int take_changes(const struct cli *cli, struct wanted *w, struct err *err)
{
	struct reg_change *changes;
	if (read_changes(cli, w->arena, &changes, &w->n, err) < 0)
		return -1;
	w->edits = arena_array(w->arena, w->n, sizeof(*w->edits), err);
	if (!w->edits)
		return -1;
	for (size_t i = 0; i < w->n; i++)
		if (take_change(cli, &changes[i], &w->edits[i], err) < 0)
			return -1;
	return 0;
}

static int set_file(struct cli *cli)
{
	struct err err = {0};
	const char *name = text_utf8(cli->arena, last_part(cli->file));
	struct wanted w = {.arena = arena_new(), .subject = name};
	if (!name || !w.arena || take_changes(cli, &w, &err) < 0) {
		arena_free(w.arena);
		err_at(&err, "%s", name ? name : "file");
		if (err.code == E_CORRUPT || err.code == E_FORMAT)
			err.code = E_USAGE; /* the text is wrong, no disk is */
		return cli_fail(cli, &err);
	}
	return stage_and_change(cli, &w, cli->words[0]);
}

int run_set(struct cli *cli)
{
	return cli->file ? set_file(cli) : set_value(cli);
}
