/* SPDX-License-Identifier: MIT */
/*
 * Diagnose a hive, apply a fix to it with the editor, read it again: what the tests of repairs
 * and of real hives share.
 */
#ifndef DIAGNOSE_EDIT_H
#define DIAGNOSE_EDIT_H

#include "install_test.h"

#include "stop7b/hive_edit.h"

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
/* Any time will do: 2020-01-01. */
#define WHEN 132223104000000000ull
#define ROOM 16384u

/* The verdict about one target, with everything else of the request as the bench has it. */
static const char *verdict_of(struct bench *b, const char *target, struct diagnosis *d)
{
	struct diagnose_request request = b->request;
	struct err err = {0};
	request.targets = &target;
	request.n_targets = 1;
	if (diagnose(&b->inst, &request, b->arena, d, &err) < 0)
		fail_msg("%s: %s", target, err.text);
	return verdict_name(d->targets[0].verdict);
}

static int do_edit(struct hive_edit *h, const struct edit *e, struct err *err)
{
	switch (e->op) {
	case HIVE_SET:
		return hive_edit_set(h, e->key, e->name, e->type, e->data, WHEN, err);
	case HIVE_DELETE_VALUE:
		return hive_edit_delete_value(h, e->key, e->name, WHEN, err);
	case HIVE_CREATE_KEY:
		return hive_edit_create_key(h, e->key, WHEN, err);
	default:
		return hive_edit_delete_key(h, e->key, WHEN, err);
	}
}

/* As NTFS gives files whole clusters: bytes behind the last bin that the editor may use. */
static void give_room(struct bench *b)
{
	size_t used = b->hive.bins_size + HIVE_BASE;
	if (b->hive.bytes.len >= used + ROOM)
		return;
	uint8_t *p = arena_alloc(b->arena, used + ROOM, NULL);
	assert_non_null(p);
	memcpy(p, b->hive.bytes.p, used);
	assert_int_equal(hive_open(&b->hive, (struct span){p, used + ROOM}, NULL), 0);
}

/* Make the edits of n findings in the bench's hive, and read the model again. */
static void apply_all(struct bench *b, const struct finding *const *findings, size_t n)
{
	const struct install before = b->inst;
	struct err err = {0};
	give_room(b);
	struct hive_edit *h = hive_edit_open(&b->hive, &err);
	if (!h)
		fail_msg("%s", err.text);
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < findings[k]->n_edits; i++) {
			if (do_edit(h, &findings[k]->edits[i], &err) < 0)
				fail_msg("%s: %s", findings[k]->subject, err.text);
		}
	}
	struct span edited = hive_edit_view(h)->bytes;
	edited.p = arena_copy(b->arena, edited.p, edited.len);
	assert_non_null(edited.p);
	hive_edit_close(h);
	if (hive_open(&b->hive, edited, &err) < 0 ||
	    install_read(&b->hive, b->arena, &b->inst, &err) < 0)
		fail_msg("%s", err.text);
	install_copy_files(&before, &b->inst);
}

static __attribute__((unused)) void apply(struct bench *b, const struct finding *f)
{
	assert_true(f->fixable);
	apply_all(b, &f, 1);
}

/* As if the volume had been asked about the file of a service that is not there. */
static __attribute__((unused)) void suppose_file(struct bench *b, const char *service,
						 enum file_state state)
{
	struct absent_service *more = arena_array(b->arena, b->inst.n_absent + 1, sizeof(*more),
						  NULL);
	more[0] = (struct absent_service){.name = service, .file = {.state = state}};
	more[0].file.path = image_path_resolve(NULL, service, b->inst.root, b->arena);
	for (size_t i = 0; i < b->inst.n_absent; i++)
		more[i + 1] = b->inst.absent[i];
	b->inst.absent = more;
	b->inst.n_absent++;
}

static __attribute__((unused)) void write_hive(struct bench *b, const char *name)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b->hive.bytes.p, 1, b->hive.bytes.len, f), b->hive.bytes.len);
	assert_int_equal(fclose(f), 0);
}

#endif
