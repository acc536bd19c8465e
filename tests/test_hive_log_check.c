/* SPDX-License-Identifier: MIT */
/*
 * Recovery and the checker: a recovered real hive has no defect, and whatever is done to its logs,
 * what comes out either has none that its primary did not have, or says that it is doubtful.
 */
#include "test.h"

#include <stdbool.h>

#include "stop7b/hive_check.h"
#include "stop7b/hive_log.h"

#define ROUNDS 300

struct files {
	uint8_t *p[1 + HIVE_LOGS];
	size_t len[1 + HIVE_LOGS];
};

static const struct {
	const char *primary, *logs[HIVE_LOGS];
	bool packed; /* the primary is compressed */
} sets[] = {
	{"yarp_NewDirtyHive1/NewDirtyHive",
	 {"yarp_NewDirtyHive1/NewDirtyHive.LOG1", "yarp_NewDirtyHive1/NewDirtyHive.LOG2", NULL},
	 false},
	{"yarp_OldDirtyHive/OldDirtyHive.xz",
	 {"yarp_OldDirtyHive/OldDirtyHive.LOG1", NULL, NULL},
	 true},
};

static const char *data_dir(char *buf, size_t cap)
{
	const char *data = getenv("S7B_DATA"), *src = getenv("S7B_SRC");
	snprintf(buf, cap, "%s%s", data ? data : src ? src : ".", data ? "" : "/../shared/data");
	return buf;
}

static uint8_t *read_maybe(const char *name, bool packed, size_t *len)
{
	char dir[TEST_PATH / 2], path[TEST_PATH], command[3 * TEST_PATH];
	*len = 0;
	if (!name)
		return NULL;
	snprintf(path, sizeof(path), "%.2000s/logs/%s", data_dir(dir, sizeof(dir)), name);
	if (access(path, R_OK) < 0)
		return NULL;
	if (!packed)
		return test_read(path, len);
	char scratch[TEST_PATH], out[TEST_PATH + 16];
	test_scratch(scratch);
	snprintf(out, sizeof(out), "%s/hive", scratch);
	snprintf(command, sizeof(command), "xz -dc '%s' >'%s'", path, out);
	assert_int_equal(system(command), 0);
	uint8_t *p = test_read(out, len);
	test_scratch_remove(scratch);
	return p;
}

static bool load(size_t i, struct files *f)
{
	f->p[0] = read_maybe(sets[i].primary, sets[i].packed, &f->len[0]);
	for (size_t k = 0; k < HIVE_LOGS; k++)
		f->p[1 + k] = read_maybe(sets[i].logs[k], false, &f->len[1 + k]);
	return f->p[0] != NULL;
}

static void unload(struct files *f)
{
	for (size_t k = 0; k <= HIVE_LOGS; k++)
		free(f->p[k]);
}

static void recover(const struct files *f, struct arena *arena, struct hive_recovery *out)
{
	struct hive_log_input in = {.primary = {f->p[0], f->len[0]}};
	for (size_t k = 0; k < HIVE_LOGS; k++)
		in.logs[k] = (struct span){f->p[1 + k], f->len[1 + k]};
	assert_int_equal(hive_recover(&in, arena, out, NULL), 0);
}

static size_t defects(struct span bytes, struct arena *arena)
{
	struct hive h;
	struct hive_report report;
	if (hive_open(&h, bytes, NULL) < 0)
		return SIZE_MAX;
	assert_int_equal(hive_check(&h, arena, &report, NULL), 0);
	return report.defects;
}

static void test_sound(void **state)
{
	(void)state;
	size_t seen = 0;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct files f;
		struct hive_recovery out;
		struct arena *arena = arena_new();
		if (load(i, &f)) {
			recover(&f, arena, &out);
			assert_true(out.recovered);
			assert_false(out.doubtful);
			assert_int_equal(defects(out.bytes, arena), 0);
			seen++;
		}
		unload(&f);
		arena_free(arena);
	}
	if (seen == 0)
		skip();
}

/* How many of the rounds ended recovered and doubtful. */
static unsigned damage(struct files *f, uint64_t seed)
{
	unsigned doubtful = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct hive_recovery out;
		struct arena *arena = arena_new();
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t k = 1;
		while (k < HIVE_LOGS && (f->len[k] == 0 || (seed >> (60 + k) & 1)))
			k++;
		k = f->len[k] ? k : 1;
		size_t at = (size_t)(seed >> 20) % f->len[k];
		at = round % 2 ? at : at % 4096; /* heads count more */
		uint8_t old = f->p[k][at];
		f->p[k][at] ^= (uint8_t)(1u << (seed >> 56) % 8);
		recover(f, arena, &out);
		if (out.recovered && !out.doubtful)
			assert_int_equal(defects(out.bytes, arena), 0);
		doubtful += out.recovered && out.doubtful;
		f->p[k][at] = old;
		arena_free(arena);
	}
	return doubtful;
}

static void test_damaged_logs(void **state)
{
	(void)state;
	unsigned doubtful = 0;
	size_t seen = 0;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct files f;
		if (load(i, &f)) {
			doubtful += damage(&f, 7 + i);
			seen++;
		}
		unload(&f);
	}
	if (seen == 0)
		skip();
	assert_true(doubtful > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_damaged_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
