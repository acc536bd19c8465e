/* SPDX-License-Identifier: MIT */
/*
 * The table of hints: each row says what a person can do, in one sentence that no page takes apart,
 * and names no command that gives up what protects the disk.
 */
#include "test.h"

#include "stop7b/bytes.h"
#include "stop7b/hint.h"

static void every_hint_says_what_to_do(void **state)
{
	(void)state;
	for (int i = HINT_NONE + 1; i < HINTS; i++) {
		const struct hint_row *row = hint_row((enum hint_kind)i);
		assert_non_null(row->todo);
		size_t len = strlen(row->todo);
		assert_true(len > 10);
		/* pages part "where: what" at a colon */
		assert_null(strstr(row->todo, ": "));
		assert_true(i < HINT_DYNAMIC_DISK || !strstr(row->found, ": "));
		assert_true(!row->command || row->todo[len - 1] != '.');
		assert_true(!row->command || !strstr(row->command, "-off"));
	}
	assert_null(hint_row(HINT_NONE)->todo);
	assert_null(hint_row(HINTS)->todo);
}

static void command_stands_behind(void **state)
{
	struct arena *arena = arena_new();
	(void)state;
	assert_string_equal(hint_todo(HINT_UNPACK, arena).plain, "unpack it first");
	assert_string_equal(hint_todo(HINT_DMG, arena).plain,
			    "make a VHD of it (qemu-img convert -O vpc -o force_size=on -f dmg)");
	assert_string_equal(HINT_ARG(HINT_NONE), "");
	assert_non_null(strstr(HINT_ARG(HINT_DYNAMIC_DISK), "bcdboot F:\\Windows /s F:)"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hint_says_what_to_do),
		cmocka_unit_test(command_stands_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
