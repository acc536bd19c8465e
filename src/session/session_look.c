/* SPDX-License-Identifier: MIT */
/*
 * Looking at the hive of a Windows: its model is made of a part of its bytes, so only that part is read.
 * Whoever compares, edits or writes brings in the rest first. What cannot be read, or modelled, is
 * read again as a whole, so that the reason is the same in both ways.
 */
#include "session_internal.h"
#include "session_pieces.h"

static int open_pieces(struct session *s, struct hive_file *f, const struct session_watch *watch,
		       struct err *err)
{
	uint64_t size = ntfs_file_size(f->file), head = HIVE_BASE + HIVE_PIECE;
	if (size == 0 || size > HIVE_MAX)
		return err_set(err, E_UNSUPPORTED, "not a size of a hive");
	f->pieces = pieces_open(f->file, size, err);
	if (!f->pieces)
		return -1;
	f->clean = pieces_span(f->pieces);
	if (pieces_need(f->pieces, 0, size < head ? size : head, err) < 0 ||
	    hive_file_recover(s, f, f->clean, s->arena, &f->recovery, err) < 0)
		return -1;
	if (!session_go_on(watch->progress, watch->ctx, watch->what, size, size))
		return err_set(err, E_USAGE, "stopped");
	const struct hive_source source = pieces_source(f->pieces);
	return f->recovery.recovered ? hive_open(&f->hive, f->recovery.bytes, err)
				     : hive_open_sparse(&f->hive, f->clean, &source, err);
}

static int look(struct session *s, struct hive_file *f, const struct session_watch *watch,
		struct install *out, struct err *err)
{
	if (!f->volume || hive_file_map_open(f, err) < 0 || open_pieces(s, f, watch, err) < 0 ||
	    install_read(&f->hive, s->arena, out, err) < 0 || pieces_failed(f->pieces))
		return -1;
	f->log = hive_file_log(s, f);
	return 0;
}

int hive_file_look(struct session *s, struct hive_file *f, const struct session_watch *watch,
		   struct install *out, struct err *err)
{
	if (look(s, f, watch, out, NULL) == 0)
		return 0;
	hive_file_close(f);
	pieces_close(f->pieces);
	f->pieces = NULL;
	if (hive_file_load(s, f, watch, err) < 0)
		return -1;
	return install_read(&f->hive, s->arena, out, err);
}

int hive_file_rest(const struct hive_file *f, struct err *err)
{
	return f->pieces ? pieces_rest(f->pieces, err) : 0;
}

int hive_file_whole(struct hive_file *f, struct err *err)
{
	if (!f->hive.source.fetch)
		return 0;
	if (hive_file_rest(f, err) < 0)
		return err_at(err, "%s", f->name);
	hive_complete(&f->hive);
	return 0;
}

void hive_files_whole(struct session *s)
{
	for (size_t i = 0; i < s->n_hives; i++)
		if (hive_file_whole(s->hives[i], NULL) < 0 && s->chosen &&
		    s->chosen->system == s->hives[i])
			s->chosen = NULL;
}
