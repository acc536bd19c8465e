/* SPDX-License-Identifier: MIT */
/*
 * What the tests of load order and rehearsal share: hives written as text, real hives, and the
 * model read from either.
 */
#ifndef REHEARSAL_TEST_H
#define REHEARSAL_TEST_H

#include "test.h"

#include "stop7b/install.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct bench {
	char dir[TEST_PATH];
	struct arena *arena;
	uint8_t *bytes;
	struct hive hive;
	struct install inst;
};

static inline int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	b->arena = arena_new();
	test_scratch(b->dir);
	*state = b;
	return 0;
}

static inline int teardown(void **state)
{
	struct bench *b = *state;
	free(b->bytes);
	arena_free(b->arena);
	test_scratch_remove(b->dir);
	free(b);
	return 0;
}

static inline void run_in(struct bench *b, const char *command)
{
	char whole[4 * TEST_PATH];
	snprintf(whole, sizeof(whole), "cd '%s' && { %s; } >/dev/null 2>&1 </dev/null", b->dir,
		 command);
	if (system(whole) != 0)
		fail_msg("%s failed", command);
}

/* The model of the file "h" in the scratch directory. */
static inline void read_model(struct bench *b)
{
	char path[TEST_PATH + 16];
	size_t len;
	struct err err = {0};
	snprintf(path, sizeof(path), "%s/h", b->dir);
	free(b->bytes);
	b->bytes = test_read(path, &len);
	if (hive_open(&b->hive, (struct span){b->bytes, len}, &err) < 0 ||
	    install_read(&b->hive, b->arena, &b->inst, &err) < 0)
		fail_msg("%s", err.text);
}

#define SELECT "[Select]\n\"Current\"=dword:1\n\"Default\"=dword:1\n\"Failed\"=dword:0\n\n"
#define DRIVER(set, name, start)                                                                   \
	"[ControlSet" set "\\Services\\" name "]\n\"Start\"=dword:" start "\n\"Type\"=dword:1\n\n"

/* The model of a hive written as text. */
static inline void model_of(struct bench *b, const char *text)
{
	static const char head[] = "Windows Registry Editor Version 5.00\n\n" SELECT;
	const char *bin = getenv("FIXTURE_BIN");
	char path[TEST_PATH + 16], command[TEST_PATH];
	if (!bin || !*bin)
		skip();
	snprintf(path, sizeof(path), "%s/t.reg", b->dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(head, f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command), "'%s/mkhive' t.reg h", bin);
	run_in(b, command);
	read_model(b);
}

/* The model of a real hive; skips where the data folder is absent. */
static inline void open_real(struct bench *b, const char *hive)
{
	const char *data = getenv("S7B_DATA"), *src = getenv("S7B_SRC");
	char path[TEST_PATH], command[2 * TEST_PATH];
	if (data && *data)
		snprintf(path, sizeof(path), "%s", data);
	else
		snprintf(path, sizeof(path), "%s/../shared/data", src && *src ? src : ".");
	char *real = realpath(path, NULL);
	if (!real)
		skip();
	snprintf(command, sizeof(command), "xz -dc '%s/system/%s.SYSTEM.xz' > h", real, hive);
	free(real);
	run_in(b, command);
	read_model(b);
}

#endif
