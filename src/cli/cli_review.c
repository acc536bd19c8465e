/* SPDX-License-Identifier: MIT */
/*
 * What a write is and how far it got, in lines: the review as a unified diff with every address,
 * and the steps of an apply as they happen.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/words.h"

static void print_line(const struct cli *cli, const struct review_line *line)
{
	if (line->gone)
		return;
	if (line->is_key)
		fprintf(cli->out, "%c  %s\n", line->sign, line->words);
	else
		fprintf(cli->out, "%c  %s  %s  %s\n", line->sign,
			line->name[0] ? line->name : "(default)", line->type, line->words);
}

static void print_value(const struct cli *cli, const struct review_value *v, const char **key)
{
	struct review_line lines[2];
	if (!*key || strcmp(*key, v->key) != 0)
		fprintf(cli->out, "@@ %s\n", v->key);
	*key = v->key;
	size_t n = review_lines(v, lines);
	for (size_t i = 0; i < n; i++)
		print_line(cli, &lines[i]);
	if (v->from.shown)
		fprintf(cli->out, "   %s\n", v->from.shown);
	if (v->file_at > 0 && v->kind == EDIT_REGISTRY)
		fprintf(cli->out,
			ngettext("   %zu byte: hive 0x%llx > volume 0x%llx > disk 0x%llx > image "
				 "0x%llx\n",
				 "   %zu bytes: hive 0x%llx > volume 0x%llx > disk 0x%llx > image "
				 "0x%llx\n",
				 v->bytes),
			v->bytes, (unsigned long long)v->hive_at, (unsigned long long)v->volume_at,
			(unsigned long long)v->disk_at, (unsigned long long)v->file_at);
}

static void print_bytes_at(const struct cli *cli, const struct review_value *v)
{
	fprintf(cli->out, ngettext("   %zu byte: ", "   %zu bytes: ", v->bytes), v->bytes);
	if (v->kind != EDIT_CONTAINER_BYTES)
		fprintf(cli->out, _("disk 0x%llx > "), (unsigned long long)v->disk_at);
	fprintf(cli->out, _("image 0x%llx\n"), (unsigned long long)v->file_at);
}

static void print_at_image(const struct cli *cli, size_t bytes, uint64_t at)
{
	fprintf(cli->out,
		ngettext("   %zu byte at image 0x%llx", "   %zu bytes at image 0x%llx", bytes),
		bytes, (unsigned long long)at);
}

static void print_ranges(const struct cli *cli, const struct patch *p)
{
	struct changed_stretch s;
	for (size_t i = 0; next_stretch(p, &i, &s);) {
		if (s.value)
			continue;
		print_at_image(cli, s.bytes, s.file_at);
		if (s.places > 1)
			fprintf(cli->out, _("..0x%llx in %zu places"),
				(unsigned long long)s.end - 1, s.places);
		fprintf(cli->out, "  %s\n", s.what.shown);
	}
	for (size_t i = 0; i < p->metadata.n; i++) {
		print_at_image(cli, p->metadata.items[i].len, p->metadata.items[i].off);
		fprintf(cli->out, "  %s\n", p->metadata.items[i].what.shown);
	}
}

static void print_hive(const struct cli *cli, const struct review *r, size_t hive)
{
	const char *key = NULL;
	if (hive >= r->n_hives && !review_changes(r, hive))
		return;
	fprintf(cli->out, "--- %s   %s\n+++ %s   %s\n", r->hives[hive], _("as it is"),
		r->hives[hive], _("after apply"));
	for (size_t i = 0; i < r->n; i++)
		if (r->values[i].hive == hive) {
			print_value(cli, &r->values[i], &key);
			if (r->values[i].kind != EDIT_REGISTRY)
				print_bytes_at(cli, &r->values[i]);
		}
}

void cli_print_recovery(const struct cli *cli, FILE *to, const struct hive_file *f)
{
	const char *lines[RECOVERY_LINES];
	size_t n = recovery_words(f, lines, cli->arena);
	for (size_t i = 0; i < n; i++)
		fprintf(to, " !  %s\n", lines[i]);
}

/* Every guard of the hives that change: what forbids, and what was allowed and still holds. */
static void print_guards(const struct cli *cli, const struct session *s)
{
	for (size_t h = 0; h < s->n_hives; h++)
		for (size_t i = 0; s->hives[h]->edit && i < s->hives[h]->n_guards; i++) {
			const struct guard *g = &s->hives[h]->guards[i];
			fprintf(cli->out, " !  %s  %s: %s\n",
				g->blocks ? _("WRITES OFF") : _("ALLOWED"), g->id, g->text.shown);
			if (g->blocks)
				fprintf(cli->out, "      %s\n", g->action.shown);
		}
}

void cli_print_review(const struct cli *cli, const struct session *s, const struct review *r)
{
	if (r->n == 0 || r->patch.sectors.n == 0) {
		fprintf(cli->out, "%s\n", _("Nothing to change."));
		return;
	}
	for (size_t hive = 0; hive < r->n_hives + REVIEW_OTHERS; hive++)
		print_hive(cli, r, hive);
	if (r->n_hives > 0)
		fprintf(cli->out, "\n%s\n", _("Also, so that the hive stays consistent:"));
	for (size_t i = 0; i < r->n_hives; i++)
		if (r->recovered[i].shown)
			fprintf(cli->out, "   %s: %s\n", r->hives[i], r->recovered[i].shown);
	for (size_t i = 0; i < r->n_added; i++)
		fprintf(cli->out, "   %s\n", r->added[i].shown);
	print_ranges(cli, &r->patch);
	fprintf(cli->out, _("Written in %zu sectors of %u bytes; nothing else changes.\n"),
		r->patch.sectors.n, PATCH_SECTOR);
	for (size_t i = 0; i < r->n_warnings; i++)
		fprintf(cli->out, " !  %s\n", r->warnings[i].shown);
	char copied[COPIED_WORDS];
	if (copied_words(r, copied))
		fprintf(cli->out, "%s\n", copied);
	print_guards(cli, s);
	if (!session_writes_off(s))
		fprintf(cli->out, "%s  %s\n", _("First written and flushed: undo record"),
			r->undo_file);
}

static const char *const step_words[] = {
	[STEP_LOCKED] = N_("image locked; no other program has it open"),
	[STEP_COMPARED] = N_("bytes on disk are the ones that are expected"),
	[STEP_RECORDED] = N_("undo record written and flushed"),
	[STEP_WRITTEN] = N_("bytes written and flushed"),
	[STEP_READ_BACK] = N_("read back and compared"),
	[STEP_DIAGNOSED] = N_("image opened again from zero and diagnosed"),
};

void cli_print_step(void *ctx, enum apply_step step, size_t done, size_t of)
{
	const struct cli *cli = ctx;
	if (cli->json)
		return;
	fprintf(cli->out, "  ok  %s", _(step_words[step]));
	if (of > 1)
		fprintf(cli->out, "  %zu/%zu", done, of);
	fprintf(cli->out, "\n");
	fflush(cli->out);
}

int cli_refuse_interrupted(struct cli *cli, struct session *s)
{
	struct err err = {0};
	if (!s->interrupted)
		return 0;
	err_set(&err, E_INTERRUPTED, "%s: an earlier apply was interrupted", s->name);
	return cli_fail(cli, &err);
}
