/* SPDX-License-Identifier: MIT */
/*
 * The parent's end of the talk with the child: gives bytes of the volume, takes the answer.
 *
 * The child may have been taken over by the volume that it reads, so nothing that it says is
 * believed: lengths are bounded, what it may ask for is counted, each sector must lie on the
 * volume behind the one before, its old bytes must be those that are there, and its reasons come
 * as numbers, never as text.
 */
#include "ntfs_write_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stop7b/said.h"

struct state {
	const struct ntfs_talk *t;
	uint8_t *buf; /* a head and NTFS_ASK_MAX */
	uint64_t questions, bytes;
};

static int broke(struct err *err, const char *rule)
{
	return err_set(err, E_MAP, "what lays out NTFS broke a rule (%s): nothing is written",
		       rule);
}

static int hear(const struct ntfs_talk *t, void *p, size_t len)
{
	return ntfs_wire_get(t->in, p, len, t->limits->silence_ms);
}

/* ---- questions ---- */

static int check_question(struct state *s, const struct ntfs_message *m, struct err *err)
{
	uint64_t size = s->t->bytes->size;
	if (m->len == 0 || m->len > NTFS_ASK_MAX || m->off > size || m->len > size - m->off)
		return broke(err, "it asks for bytes outside of the volume");
	s->questions++;
	s->bytes += m->len;
	if (s->questions > s->t->limits->questions || s->bytes > s->t->limits->bytes)
		return broke(err, "it does not stop asking");
	return 0;
}

/* 0, 1 when the child is gone, or -1 with err: a volume that cannot be read ends it all. */
static int answer(struct state *s, const struct ntfs_message *m, struct err *err)
{
	const struct ntfs_bytes *bytes = s->t->bytes;
	struct ntfs_message head = {NTFS_BYTES, m->len, m->off};
	if (check_question(s, m, err) != 0)
		return -1;
	if (bytes->read(bytes->context, m->off, s->buf + sizeof(head), m->len, err) != 0) {
		head.kind = NTFS_NO_BYTES;
		ntfs_wire_put(s->t->out, &head, sizeof(head));
		return -1;
	}
	memcpy(s->buf, &head, sizeof(head));
	return ntfs_wire_put(s->t->out, s->buf, sizeof(head) + m->len) != 0;
}

/* ---- the answer ---- */

/* Bytes of one sector in the answer: where, old, new. */
static int take_sector(struct state *s, uint64_t *behind, struct err *err)
{
	const struct ntfs_bytes *b = s->t->bytes;
	uint32_t len = b->sector;
	uint64_t off;
	uint8_t *old = s->buf + sizeof(off), *new = old + len, *now = new + len;
	if (hear(s->t, s->buf, sizeof(off) + 2 * (size_t)len) != 0)
		return 1;
	memcpy(&off, s->buf, sizeof(off));
	if (off % len || off < *behind || off > b->size || len > b->size - off)
		return broke(err, "a sector outside of the volume, or out of order");
	if (b->read(b->context, off, now, len, err) != 0)
		return -1;
	if (memcmp(now, old, len) != 0)
		return broke(err, "a sector with other old bytes than are there");
	if (memcmp(old, new, len) == 0)
		return broke(err, "a sector that does not change");
	*behind = off + len;
	const struct write w = {.off = off, .len = len, .old_bytes = now, .new_bytes = new};
	return writes_add(s->t->sectors, &w, err);
}

static int take_answer(struct state *s, const struct ntfs_message *m, struct err *err)
{
	uint64_t behind = 0;
	if (m->len != s->t->bytes->sector || m->off == 0 || m->off > s->t->limits->sectors)
		return broke(err, "more sectors than adding a file can need, or none");
	int r = 0;
	for (uint64_t i = 0; i < m->off && r == 0; i++)
		r = take_sector(s, &behind, err);
	return r;
}

/* ---- refusals ---- */

static const char *const stages[NTFS_STAGES] = {
	[NTFS_STAGE_MEMORY] = N_("there is no memory to lay out NTFS"),
	[NTFS_STAGE_MOUNT] = N_("libntfs-3g does not open the volume"),
	[NTFS_STAGE_OPEN] = N_("libntfs-3g does not open the directory or the file"),
	[NTFS_STAGE_MAKE] = N_("libntfs-3g cannot make the file"),
	[NTFS_STAGE_NAME] = N_("libntfs-3g cannot give the file its short name"),
	[NTFS_STAGE_CONTENT] = N_("libntfs-3g cannot store the file's content"),
	[NTFS_STAGE_LINK] = N_("libntfs-3g cannot link the file"),
	[NTFS_STAGE_CLOSE] = N_("libntfs-3g cannot finish its changes"),
};

static int refusal(const struct ntfs_message *m, struct err *err)
{
	if (m->off >= NTFS_STAGES || m->len > INT32_MAX)
		return broke(err, "a reason that is none");
	if (m->len == ENOSPC)
		return err_set(err, E_GUARD, "the volume has no room for the file");
	if (m->off == NTFS_STAGE_MEMORY || m->len == ENOMEM)
		return err_set(err, E_MEMORY, "there is no memory to lay out NTFS");
	char buf[2 * ERR_TEXT_MAX];
	return err_set(err, E_GUARD, "%s: %s",
		       said_pair(stages[m->off], _(stages[m->off]), buf, sizeof(buf)),
		       strerror((int)m->len));
}

/* ---- the talk ---- */

static int talk(struct state *s, struct err *err)
{
	struct ntfs_message m;
	for (;;) {
		if (hear(s->t, &m, sizeof(m)) != 0)
			return 1;
		if (m.kind == NTFS_DONE)
			return take_answer(s, &m, err);
		if (m.kind == NTFS_FAILED)
			return refusal(&m, err);
		if (m.kind != NTFS_ASK)
			return broke(err, "a message that is none");
		int r = answer(s, &m, err);
		if (r != 0)
			return r;
	}
}

int ntfs_talk(const struct ntfs_talk *t, struct err *err)
{
	struct state s = {.t = t, .buf = malloc(sizeof(struct ntfs_message) + NTFS_ASK_MAX)};
	int r = s.buf ? talk(&s, err) : no_memory(err);
	free(s.buf);
	return r;
}
