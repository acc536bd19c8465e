/* SPDX-License-Identifier: MIT */
/*
 * Staged changes against a naive model: a list of operations that is replayed from the start after
 * every single step. Thousands of random sequences of stage, unstage, undo, redo and clear.
 */
#include "test.h"

#include "stop7b/staged.h"

#define SEQUENCES 400
#define STEPS     120
#define SUBJECTS  9u

/* "msahci" and "MSAHCI" are one subject. */
static const char *const subjects[SUBJECTS] = {
	"msahci", "MSAHCI", "atapi", "intelide", "pciide", "LSI_SAS", "lsi_sas", "storahci", ""};

/* ---- the model ---- */

struct step {
	unsigned subject;
	unsigned stamp; /* what the staged change holds; 0: unstage */
};

struct model {
	struct step steps[STEPS];
	size_t n, cursor;
};

struct active {
	unsigned subject, stamp;
};

static bool same_subject(unsigned a, unsigned b)
{
	return strcasecmp(subjects[a], subjects[b]) == 0;
}

static size_t model_active(const struct model *m, struct active *out)
{
	size_t n = 0;
	for (size_t i = 0; i < m->cursor; i++) {
		const struct step *s = &m->steps[i];
		size_t at = 0;
		while (at < n && !same_subject(out[at].subject, s->subject))
			at++;
		if (at < n) {
			for (n--; at < n; at++)
				out[at] = out[at + 1];
		}
		if (s->stamp)
			out[n++] = (struct active){s->subject, s->stamp};
	}
	return n;
}

static bool model_has(const struct model *m, unsigned subject)
{
	struct active now[SUBJECTS + 1];
	size_t n = model_active(m, now);
	for (size_t i = 0; i < n; i++)
		if (same_subject(now[i].subject, subject))
			return true;
	return false;
}

static void model_record(struct model *m, struct step s)
{
	m->steps[m->cursor++] = s;
	m->n = m->cursor;
}

/* ---- both together ---- */

/* A change whose every part says which stamp it has; built where it is overwritten afterwards. */
static void stage(struct staged *staged, unsigned subject, unsigned stamp)
{
	char key[32], name[16], reason[16], text[16];
	uint8_t data[8];
	struct err err = {0};
	struct edit edits[3];
	snprintf(key, sizeof(key), "key%u", stamp);
	snprintf(name, sizeof(name), "name%u", stamp);
	snprintf(reason, sizeof(reason), "why%u", stamp);
	snprintf(text, sizeof(text), "%s", subjects[subject]);
	put_le64(data, stamp);
	for (size_t i = 0; i < 3; i++)
		edits[i] = (struct edit){.key = key,
					 .name = name,
					 .type = stamp,
					 .data = {data, i * 4},
					 .op = (enum hive_op)i,
					 .hive = i == 1 ? key : NULL};
	const struct change c = {text, stamp % 7 ? reason : NULL, edits, stamp % 4};
	assert_int_equal(staged_put(staged, &c, &err), 0);
	memset(key, 'x', sizeof(key) - 1);
	memset(name, 'x', sizeof(name) - 1);
	memset(reason, 'x', sizeof(reason) - 1);
	memset(text, 'x', sizeof(text) - 1);
	memset(data, 0xff, sizeof(data));
}

static void check_change(const struct change *c, const struct active *want)
{
	char text[32];
	uint8_t data[8];
	assert_string_equal(c->subject, subjects[want->subject]);
	snprintf(text, sizeof(text), "why%u", want->stamp);
	assert_string_equal(c->reason, want->stamp % 7 ? text : "");
	assert_int_equal(c->n, want->stamp % 4);
	put_le64(data, want->stamp);
	for (size_t i = 0; i < c->n; i++) {
		snprintf(text, sizeof(text), "key%u", want->stamp);
		assert_string_equal(c->edits[i].key, text);
		snprintf(text, sizeof(text), "name%u", want->stamp);
		assert_string_equal(c->edits[i].name, text);
		assert_int_equal(c->edits[i].type, want->stamp);
		assert_int_equal(c->edits[i].op, i);
		assert_int_equal(c->edits[i].hive != NULL, i == 1);
		if (i == 1)
			assert_memory_equal(c->edits[i].hive, "key", 3);
		assert_int_equal(c->edits[i].data.len, i * 4);
		assert_memory_equal(c->edits[i].data.p, data, i * 4);
	}
}

static void check_same(const struct staged *staged, const struct model *m)
{
	struct active want[SUBJECTS + 1];
	size_t n = model_active(m, want);
	assert_int_equal(staged_count(staged), n);
	assert_null(staged_get(staged, n));
	for (size_t i = 0; i < n; i++) {
		check_change(staged_get(staged, i), &want[i]);
		assert_ptr_equal(staged_find(staged, subjects[want[i].subject]),
				 staged_get(staged, i));
	}
	for (unsigned s = 0; s < SUBJECTS; s++)
		assert_int_equal(staged_find(staged, subjects[s]) != NULL, model_has(m, s));
}

static void do_unstage(struct staged *staged, struct model *m, unsigned subject)
{
	bool had = model_has(m, subject);
	assert_int_equal(staged_drop(staged, subjects[subject], NULL), had);
	if (had)
		model_record(m, (struct step){subject, 0});
}

static void do_undo(struct staged *staged, struct model *m)
{
	const char *said = staged_undo(staged);
	assert_int_equal(said != NULL, m->cursor > 0);
	if (said)
		assert_int_equal(strcasecmp(said, subjects[m->steps[--m->cursor].subject]), 0);
}

static void do_redo(struct staged *staged, struct model *m)
{
	const char *said = staged_redo(staged);
	assert_int_equal(said != NULL, m->cursor < m->n);
	if (said)
		assert_int_equal(strcasecmp(said, subjects[m->steps[m->cursor++].subject]), 0);
}

static void random_step(struct staged *staged, struct model *m, unsigned *seed, unsigned stamp)
{
	unsigned what = (unsigned)rand_r(seed) % 100, subject = (unsigned)rand_r(seed) % SUBJECTS;
	if (what < 40) {
		stage(staged, subject, stamp);
		model_record(m, (struct step){subject, stamp});
	} else if (what < 58) {
		do_unstage(staged, m, subject);
	} else if (what < 80) {
		do_undo(staged, m);
	} else if (what < 99) {
		do_redo(staged, m);
	} else {
		staged_clear(staged);
		m->n = m->cursor = 0;
	}
}

static void random_sequences_equal_their_replay(void **state)
{
	(void)state;
	for (unsigned sequence = 1; sequence <= SEQUENCES; sequence++) {
		unsigned seed = sequence;
		struct model m = {.n = 0};
		struct staged *staged = staged_new(NULL);
		assert_non_null(staged);
		for (unsigned i = 0; i < STEPS; i++) {
			random_step(staged, &m, &seed, i + 1);
			check_same(staged, &m);
		}
		while (m.cursor > 0)
			do_undo(staged, &m);
		check_same(staged, &m);
		while (m.cursor < m.n)
			do_redo(staged, &m);
		check_same(staged, &m);
		staged_free(staged);
	}
}

static void empty_list(void **state)
{
	(void)state;
	struct staged *staged = staged_new(NULL);
	assert_null(staged_undo(staged));
	assert_null(staged_redo(staged));
	assert_int_equal(staged_drop(staged, "x", NULL), 0);
	assert_null(staged_get(staged, 0));
	assert_null(staged_find(staged, "x"));
	staged_clear(staged);
	assert_int_equal(staged_count(staged), 0);
	staged_free(staged);
	staged_free(NULL);
}

/* A change may be staged again from the list's own copy of it. */
static void restages_its_own_change(void **state)
{
	(void)state;
	struct staged *staged = staged_new(NULL);
	stage(staged, 0, 3);
	assert_int_equal(staged_put(staged, staged_get(staged, 0), NULL), 0);
	assert_int_equal(staged_count(staged), 1);
	check_change(staged_get(staged, 0), &(struct active){0, 3});
	staged_free(staged);
}

/* Every kind of edit is copied whole, texts and bytes included. */
static void copies_edits_of_every_kind(void **state)
{
	(void)state;
	char key[] = "Select", name[] = "Default", hive[] = "2:\\x", meaning[] = "active flag",
	     path[] = "\\a.sys", from[] = "\\b.sys", inf[] = "c.inf", source[] = "d.iso: c.inf",
	     version[] = "1.2", date[] = "2020-12-28";
	uint8_t bytes[] = {0x80};
	const struct span data = {bytes, 1};
	const struct edit edits[] = {
		{.kind = EDIT_REGISTRY, .key = key, .name = name, .hive = hive, .data = data},
		{.kind = EDIT_DISK_BYTES, .at = 446, .meaning = meaning, .data = data},
		{.kind = EDIT_CONTAINER_BYTES, .at = 7, .meaning = meaning, .data = data},
		{.kind = EDIT_FILE,
		 .partition = 2,
		 .path = path,
		 .linked_from = from,
		 .package = {inf, source, version, date}},
	};
	struct staged *staged = staged_new(NULL);
	const struct change change = {.subject = "all", .edits = edits, .n = 4};
	assert_int_equal(staged_put(staged, &change, NULL), 0);
	key[0] = name[0] = hive[0] = meaning[0] = path[0] = from[0] = inf[0] = source[0] =
		version[0] = date[0] = '?';
	bytes[0] = 0;
	const struct edit *e = staged_find(staged, "ALL")->edits;
	assert_string_equal(e[0].key, "Select");
	assert_string_equal(e[0].name, "Default");
	assert_string_equal(e[0].hive, "2:\\x");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(e[i].kind, edits[i].kind);
	assert_string_equal(e[1].meaning, "active flag");
	assert_int_equal(e[1].at, 446);
	assert_int_equal(e[2].data.p[0], 0x80);
	assert_int_equal(e[3].partition, 2);
	assert_string_equal(e[3].path, "\\a.sys");
	assert_string_equal(e[3].linked_from, "\\b.sys");
	assert_string_equal(e[3].package.inf, "c.inf");
	assert_string_equal(e[3].package.source, "d.iso: c.inf");
	assert_string_equal(e[3].package.version, "1.2");
	assert_string_equal(e[3].package.date, "2020-12-28");
	staged_free(staged);
}

/* A new operation forgets what could be redone. */
static void staging_ends_redo(void **state)
{
	(void)state;
	struct staged *staged = staged_new(NULL);
	stage(staged, 0, 1);
	stage(staged, 2, 2);
	assert_string_equal(staged_undo(staged), "atapi");
	stage(staged, 3, 5);
	assert_null(staged_redo(staged));
	assert_int_equal(staged_count(staged), 2);
	assert_string_equal(staged_get(staged, 1)->subject, "intelide");
	staged_free(staged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_sequences_equal_their_replay),
		cmocka_unit_test(empty_list),
		cmocka_unit_test(restages_its_own_change),
		cmocka_unit_test(staging_ends_redo),
		cmocka_unit_test(copies_edits_of_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
