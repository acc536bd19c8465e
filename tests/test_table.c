/* SPDX-License-Identifier: MIT */
/*
 * Lists in columns: where columns stand in windows of which width, what gives way, and how a cell
 * is cut and painted.
 */
#include "src/screen/table.h"

#include "screen_test.h"

static const char *const names[] = {"alpha", "a name that is too long", "gamma", "delta"};

static void name_cell(const struct app *app, size_t row, struct table_cell *out)
{
	(void)app;
	out->text = names[row];
}

static void number_cell(const struct app *app, size_t row, struct table_cell *out)
{
	(void)app;
	snprintf(out->buf, sizeof(out->buf), "%zu", row + 9);
	out->role = ROLE_NEW;
}

static void state_cell(const struct app *app, size_t row, struct table_cell *out)
{
	(void)app;
	out->text = row == 2 ? "" : "bad";
	out->role = ROLE_BAD;
	out->fills = row == 1;
	if (row == 3)
		out->room = 2;
}

static int by_two(const struct app *app, int w)
{
	(void)app;
	return w >= 60 ? 2 : 0;
}

static bool third_is_whole(const struct app *app, struct grid *g, int y, size_t row)
{
	(void)app;
	if (row == 2)
		grid_put(g, 5, y, ROLE_PLAIN, "a row of its own");
	return row == 2;
}

static const struct column columns[] = {
	{.title = "Name", .fit = FIT_MIDDLE, .places = {{0, 5, 0}}, .cell = name_cell},
	{.title = "No",
	 .fit = FIT_RIGHT,
	 .moves = true,
	 .places = {{50, 20, 6}},
	 .cell = number_cell},
	{.title = "State", .places = {{60, -10, 0}, {0, 30, 8}}, .cell = state_cell},
	{.title = "#", .places = {{60, -4, 1}}},
};

static const struct table plain = {TABLE_OF(columns)};
static const struct table moving = {TABLE_OF(columns), .shift = by_two, .whole = third_is_whole};

static void start(struct app *app, int w)
{
	assert_true(app_init(app, "web01.vhd", &plain_options, w, 10));
}

/* One row of a grid as text, or as role letters. */
static void assert_row(const struct grid *g, int y, bool roles, const char *wanted)
{
	char *text = NULL, *line;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	(roles ? grid_dump_roles : grid_dump)(g, out);
	fclose(out);
	line = text;
	while (y-- > 0)
		line = strchr(line, '\n') + 1;
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, wanted);
	free(text);
}

static void test_heads(void **state)
{
	(void)state;
	struct app app;
	start(&app, 60);
	struct grid *g = grid_new(60, 3), *narrow = grid_new(40, 3);
	table_heads(&app, &plain, g, 0);
	table_heads(&app, &moving, g, 1);
	table_heads(&app, &plain, narrow, 0);
	assert_row(g, 0, false, "     Name               No                        State #");
	assert_row(g, 0, true, ".....hhhh...............hh........................hhhhh.h");
	assert_row(g, 1, false, "     Name                 No                      State #");
	assert_row(narrow, 0, false, "     Name                     State");
	grid_free(g);
	grid_free(narrow);
	app_end(&app);
}

static void test_rows_are_cut(void **state)
{
	(void)state;
	struct app app;
	start(&app, 60);
	struct grid *g = grid_new(60, 4), *narrow = grid_new(34, 4);
	app.frames[0].sel = 9; /* none of these */
	table_rows(&app, &plain, g, 0, 4, 4);
	assert_row(g, 0, false, "     alpha               9                        bad");
	assert_row(g, 1, false, "     a name..o long     10                        bad");
	assert_row(g, 2, false, "     gamma              11");
	assert_row(g, 3, false, "     delta              12                        ba");
	table_rows(&app, &plain, narrow, 0, 4, 4);
	assert_row(narrow, 1, false, "     a name that is too long  bad");
	grid_free(g);
	grid_free(narrow);
	app_end(&app);
}

/* The role is the text's, unless the cell says that it fills the field. */
static void test_roles(void **state)
{
	(void)state;
	struct app app;
	start(&app, 60);
	struct grid *g = grid_new(60, 4);
	app.frames[0].sel = 9;
	table_rows(&app, &plain, g, 0, 2, 4);
	assert_row(g, 0, true, ".........................n........................bbb");
	assert_row(g, 1, true, "........................nn........................bbbbb");
	assert_row(g, 2, false, "");
	grid_free(g);
	app_end(&app);
}

static void test_whole_rows_and_the_selected_one(void **state)
{
	(void)state;
	struct app app;
	start(&app, 60);
	struct grid *g = grid_new(60, 4);
	app.frames[0].top = 1;
	app.frames[0].sel = 2;
	table_rows(&app, &moving, g, 1, 3, 4);
	assert_row(g, 0, false, "");
	assert_row(g, 1, false, "     a name ..oo long     10                      bad");
	assert_row(g, 2, false, " >   a row of its own");
	assert_row(g, 2, true, "sssssssssssssssssssss");
	assert_row(g, 3, false, "     delta                12                      ba");
	assert_int_equal(g->cursor_y, 2);
	grid_free(g);
	app_end(&app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_rows_are_cut),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_whole_rows_and_the_selected_one),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
