/* SPDX-License-Identifier: MIT */
/*
 * ls, cat and reg: looking inside an image without judging it.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/columns.h"
#include "stop7b/reg_text.h"
#include "stop7b/value_words.h"

#define COPY_STEP (1024u * 1024) /* bytes copied at once by cat */

/* ---- ls ---- */

static void print_partition(const struct cli *cli, struct session *s, size_t i)
{
	const struct partition *p = &s->table.items[i];
	const struct volume *v = &s->volumes[i];
	const char *label = session_label(v) ? session_label(v) : p->name;
	label = label && *label ? label : "-";
	char start[NUMBER_TEXT], size[NUMBER_TEXT];
	fprintf(cli->out, "%3u  %-24s %-10s %-*s %14s %12s%s\n", p->number, p->type,
		filesystem_name(p->filesystem), text_field(label, 16), label,
		number_words(p->start, start), size_words(p->size, size),
		p->active ? _("  active") : "");
	if (p->problem.plain)
		fprintf(cli->out, "     !  %s\n", p->problem.shown);
	else if (v->error.code != E_OK && v->error.code != E_FORMAT)
		fprintf(cli->out, "     !  %s\n", v->error.shown);
	for (size_t w = 0; w < s->n_windows; w++)
		if (s->windows[w].partition == p)
			fprintf(cli->out, "     =  %s\n",
				s->windows[w].readable
					? install_words(&s->windows[w].install, cli->arena)
					: s->windows[w].place.root);
}

#define HEAD(text, columns) text_field(text, columns), (text)

static int list_partitions(struct cli *cli, struct session *s)
{
	if (cli->json) {
		cli_json(cli,
			 json_pack("{s:s, s:s, s:o, s:o}", "schema", "stop7b.ls/1", "scheme",
				   scheme_name(s->table.scheme), "disk_id",
				   json_text(s->table.disk_id), "partitions", json_partitions(s)));
		return 0;
	}
	fprintf(cli->out, "%3s  %-*s %-*s %-*s %*s %*s\n", "#", HEAD(_("Type"), 24),
		HEAD(_("File system"), 10), HEAD(_("Label"), 16), HEAD(_("Start"), 14),
		HEAD(_("Size"), 12));
	for (size_t i = 0; i < s->table.n; i++)
		print_partition(cli, s, i);
	for (size_t i = 0; i < s->table.n_notes; i++)
		fprintf(cli->out, " !  %s\n", s->table.notes[i].shown);
	return 0;
}

static json_t *json_entry(const struct ntfs_entry *e)
{
	char when[TIME_TEXT];
	filetime_text(e->modified, when);
	return json_pack("{s:s, s:b, s:o, s:o, s:b}", "name", e->name, "directory", e->directory,
			 "size", e->directory ? json_null() : json_integer((json_int_t)e->size),
			 "modified", when[0] ? json_string(when) : json_null(), "reparse",
			 e->reparse);
}

static void print_entry(const struct cli *cli, const struct ntfs_entry *e)
{
	char when[TIME_TEXT], size[NUMBER_TEXT];
	filetime_text(e->modified, when);
	fprintf(cli->out, "%16s  %-20s  %s%s\n", e->directory ? "-" : number_words(e->size, size),
		when, e->name, e->directory ? "\\" : "");
}

static int list_entries(struct cli *cli, struct session_file *f, struct err *err)
{
	struct ntfs_entry self, *list = &self;
	size_t n = 1;
	json_t *entries = json_array();
	if (session_file_stat(f, cli->arena, &self, err) < 0 ||
	    (self.directory && session_file_list(f, cli->arena, &list, &n, err) < 0)) {
		json_decref(entries);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (cli->json)
			json_array_append_new(entries, json_entry(&list[i]));
		else
			print_entry(cli, &list[i]);
	}
	if (cli->json)
		cli_json(cli, json_pack("{s:s, s:O}", "schema", "stop7b.ls/1", "entries", entries));
	json_decref(entries);
	return 0;
}

static struct session_file *open_place(struct session *s, const char *place, struct err *err)
{
	unsigned partition;
	const char *path;
	if (cli_place(place, &partition, &path, err) < 0)
		return NULL;
	struct session_file *f = session_file_open(s, partition, path, err);
	if (!f)
		err_at(err, "%s", place);
	return f;
}

static int list_directory(struct cli *cli, struct session *s, const char *place)
{
	struct err err = {0};
	struct session_file *f = open_place(s, place, &err);
	int status = 0;
	if (!f || list_entries(cli, f, &err) < 0)
		status = cli_fail(cli, &err);
	session_file_close(f);
	return status;
}

int run_ls(struct cli *cli)
{
	int status = 0;
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	status = cli->n == 1 ? list_partitions(cli, s) : list_directory(cli, s, cli->words[1]);
	session_close(s);
	return status;
}

/* ---- cat ---- */

static int copy_out(struct cli *cli, struct session_file *f, struct err *err)
{
	struct ntfs_entry self;
	uint64_t size = session_file_size(f);
	uint8_t *buf = arena_alloc(cli->arena, COPY_STEP, err);
	if (session_file_stat(f, cli->arena, &self, err) < 0)
		return -1;
	if (self.directory)
		return err_set(err, E_NOTFOUND, "%s is a directory, not a file", cli->words[1]);
	for (uint64_t at = 0; buf && at < size;) {
		size_t n = size - at < COPY_STEP ? (size_t)(size - at) : COPY_STEP;
		if (session_file_read(f, at, buf, n, err) < 0)
			return -1;
		if (fwrite(buf, 1, n, cli->out) != n)
			return err_set(err, E_WRITE, "the output cannot be written");
		at += n;
	}
	return buf ? 0 : -1;
}

int run_cat(struct cli *cli)
{
	int status = 0;
	struct err err = {0};
	struct session *s = cli_open(cli, cli->words[0], &status);
	if (!s)
		return status;
	struct session_file *f = open_place(s, cli->words[1], &err);
	if (!f || copy_out(cli, f, &err) < 0)
		status = cli_fail(cli, &err);
	session_file_close(f);
	session_close(s);
	return status;
}

/* ---- reg ---- */

static const char *data_words(struct value v, struct arena *arena)
{
	static const struct value_form whole = {
		.quote = "\"", .between = ", ", .texts = SIZE_MAX, .bytes = SIZE_MAX};
	struct err err = {0};
	uint32_t number;
	if (value_u32(v, &number, NULL) == 0)
		return arena_printf(arena, "%u (0x%x)", number, number);
	const char *words = value_words(v, &whole, arena, &err);
	return words ? words : arena_printf(arena, "(%s)", err.shown);
}

static const char *type_words(uint32_t type, struct arena *arena)
{
	const char *name = reg_type_name(type);
	return name ? name : arena_printf(arena, "0x%x", type);
}

static json_t *json_reg_value(struct value v, struct arena *arena)
{
	uint32_t number;
	bool is_number = value_u32(v, &number, NULL) == 0;
	return json_pack("{s:o, s:o, s:i, s:o, s:o}", "name", json_text(value_name(v, arena)),
			 "type", json_text(type_words(v.type, arena)), "size", (int)v.size, "data",
			 is_number ? json_integer(number) : json_text(data_words(v, arena)),
			 "hive_offset", json_integer((json_int_t)value_at(v)));
}

static int show_key(struct cli *cli, const struct hive_file *f, struct key k)
{
	struct key sub;
	struct value v;
	json_t *keys = json_array(), *values = json_array();
	struct key_iter ki = key_subkeys(k);
	struct value_iter vi = key_values(k);
	while (key_next(&ki, &sub)) {
		char *name = key_name(sub, cli->arena);
		json_array_append_new(keys, json_text(name));
		if (!cli->json)
			fprintf(cli->out, "%s\\\n", name ? name : "");
	}
	while (value_next(&vi, &v)) {
		json_array_append_new(values, json_reg_value(v, cli->arena));
		if (!cli->json) {
			const char *name = value_name(v, cli->arena),
				   *data = data_words(v, cli->arena);
			fprintf(cli->out, "%-20s %-14s %s\n", name && *name ? name : "(default)",
				type_words(v.type, cli->arena), data ? data : "");
		}
	}
	const struct err *err = ki.err.code != E_OK ? &ki.err : &vi.err;
	char when[TIME_TEXT];
	filetime_text(key_written(k), when);
	if (cli->json)
		cli_json(cli, json_pack("{s:s, s:o, s:o, s:O, s:O, s:o}", "schema", "stop7b.reg/1",
					"recovery", json_recovery(f), "last_written",
					when[0] ? json_string(when) : json_null(), "keys", keys,
					"values", values, "error", json_error(err)));
	json_decref(keys);
	json_decref(values);
	if (err->code == E_OK)
		return 0;
	return cli->json ? err_exit_status(err->code) : cli_fail(cli, err);
}

/* ---- reg --export ---- */

static int to_output(void *ctx, struct span bytes, struct err *err)
{
	const struct cli *cli = ctx;
	if (fwrite(bytes.p, 1, bytes.len, cli->out) == bytes.len)
		return 0;
	return err_set(err, E_WRITE, "the output cannot be written");
}

/* Where Windows has the hive mounted: HKEY_LOCAL_MACHINE\SYSTEM for a file of that name. */
static char *mounted_at(const struct hive_file *f, const char *key, struct arena *arena)
{
	return arena_printf(arena, "HKEY_LOCAL_MACHINE\\%s%s%s", last_part(f->path),
			    *key ? "\\" : "", key);
}

static int export_key(struct cli *cli, const struct hive_file *f, struct key k, const char *path)
{
	struct err err = {0};
	char *prefix = mounted_at(f, path, cli->arena);
	int left_out = prefix ? reg_text_write(k, prefix, cli->arena, to_output, cli, &err)
			      : no_memory(&err);
	if (left_out > 0)
		fprintf(cli->err, "stop7b: %s\n",
			_("not everything can be said in this form; comments in the text say what "
			  "was left out"));
	return left_out < 0 ? cli_fail(cli, &err) : 0;
}

static int show_hive(struct cli *cli, struct session *s, const char *path)
{
	struct err err = {0};
	struct key k;
	const struct hive_file *f = session_hive(s, cli->hive, &err);
	if (!f || key_find(hive_root(&f->hive), path, &k, &err) < 0)
		return cli_fail(cli, &err);
	if (!cli->json)
		cli_print_recovery(cli, cli->err, f);
	return cli->export_text ? export_key(cli, f, k, path) : show_key(cli, f, k);
}

int run_reg(struct cli *cli)
{
	int status = 0;
	struct session *s = cli->hive ? cli_open(cli, cli->words[0], &status)
				      : cli_open_windows(cli, cli->words[0], &status);
	if (!s)
		return status;
	const char *path = cli->n > 1 ? cli_key(cli->words[1]) : "";
	status = show_hive(cli, s, cli->hive ? path : session_offline_key(s, path));
	session_close(s);
	return status;
}
