/* SPDX-License-Identifier: MIT */
#include "screen_test.h"

#include <locale.h>
#include <regex.h>

#include "src/screen/grid.h"

const struct session_options plain_options, read_only_options = {.read_only = true};

static char scratch[TEST_PATH], goldens[TEST_PATH];
static const char *images; /* NULL: no fixture disks */
static size_t differing;   /* pictures noted and not yet reported */

/* ---- the scratch folder ---- */

int screen_begin(void **state)
{
	const char *src = getenv("S7B_SRC"), *other = getenv("S7B_GOLDENS");
	char here[TEST_PATH - 32];
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	images = getenv("S7B_IMAGES");
	if (!getcwd(here, sizeof(here)))
		return -1;
	if (other)
		snprintf(goldens, sizeof(goldens), "%s", other);
	else if (src && src[0] == '/')
		snprintf(goldens, sizeof(goldens), "%s/tests/goldens", src);
	else
		snprintf(goldens, sizeof(goldens), "%s/%s/tests/goldens", here, src ? src : ".");
	test_scratch(scratch);
	return chdir(scratch);
}

int screen_end(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	test_scratch_remove(scratch);
	return 0;
}

const char *screen_scratch(void)
{
	return scratch;
}

void need_images(void)
{
	if (!images)
		skip();
}

void need_goldens(void)
{
	if (access(goldens, R_OK) != 0)
		skip();
}

void copy_image(const char *name)
{
	char from[TEST_PATH], undo[TEST_PATH];
	size_t len;
	snprintf(from, sizeof(from), "%s/%s", images, name);
	uint8_t *bytes = test_read(from, &len);
	test_write(name, bytes, len);
	free(bytes);
	snprintf(undo, sizeof(undo), "%s.stop7b-undo", name);
	remove(undo);
}

void assert_unchanged(const char *name)
{
	char from[TEST_PATH];
	size_t a, b;
	snprintf(from, sizeof(from), "%s/%s", images, name);
	uint8_t *before = test_read(from, &a), *after = test_read(name, &b);
	assert_int_equal(a, b);
	assert_memory_equal(before, after, a);
	free(before);
	free(after);
}

/* ---- the app ---- */

void open_app(struct app *app, const char *image, const struct session_options *options, int w,
	      int h)
{
	assert_true(app_init(app, image, options, w, h));
	app->no_delay = true;
	app_open(app);
}

void open_at(struct app *app, const char *image, const char *keys, int w, int h)
{
	copy_image(image);
	open_app(app, image, &plain_options, w, h);
	press(app, keys);
}

void press(struct app *app, const char *keys)
{
	int key;
	while ((key = keycap_parse(&keys)) != K_NONE) {
		assert_true(key != K_UNKNOWN);
		app_key(app, key);
	}
}

char *screen_of(const struct app *app, bool roles)
{
	char *text = NULL;
	size_t len;
	struct grid *g = app_draw(app);
	FILE *out = open_memstream(&text, &len);
	assert_non_null(g);
	assert_non_null(out);
	assert_int_equal(g->w, app->w);
	assert_int_equal(g->h, app->h);
	assert_in_range(g->cursor_x, 0, g->w - 1);
	assert_in_range(g->cursor_y, 0, g->h - 1);
	(roles ? grid_dump_roles : grid_dump)(g, out);
	fclose(out);
	grid_free(g);
	return text;
}

bool shows(const struct app *app, const char *words)
{
	char *text = screen_of(app, false);
	bool found = strstr(text, words) != NULL;
	free(text);
	return found;
}

void assert_shows(const struct app *app, const char *words, bool shown)
{
	char *text = screen_of(app, false);
	if (!strstr(text, words) == shown)
		fail_msg("\"%s\" is %s:\n%s", words, shown ? "not there" : "there", text);
	free(text);
}

/* ---- goldens ---- */

static void mask(char *text)
{
	static const char *const patterns[] = {
		"20(2[4-9]|[3-9][0-9])-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]",
		"[0-9]+ bytes with bookkeeping",
		"times, [0-9]+ bytes",
		"file, [0-9]+ *bytes in",
		"[0-9]+ bytes? +at image",
		"0x[0-9a-f]{10} +[0-9]+ byte",
		"[0-9]+-[0-9]+ of [0-9]+  ([1-9][0-9]* staged|WRITES OFF)"};
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		regex_t re;
		regmatch_t at;
		assert_int_equal(regcomp(&re, patterns[i], REG_EXTENDED), 0);
		for (char *p = text; regexec(&re, p, 1, &at, 0) == 0; p += at.rm_eo)
			for (regoff_t j = at.rm_so; j < at.rm_eo; j++)
				if (p[j] >= '0' && p[j] <= '9')
					p[j] = 'N';
		regfree(&re);
	}
}

/* The golden, "" where there is none; malloc'd. */
static char *wanted_of(const char *path)
{
	size_t len = 0;
	if (access(path, R_OK) != 0)
		return calloc(1, 1);
	char *text = (char *)test_read(path, &len);
	text[len] = '\0';
	return text;
}

static void note_lines(const char *name, const char *is, const char *wanted)
{
	print_error("%s differs:\n", name);
	for (int line = 1; *is || *wanted; line++) {
		int a = (int)strcspn(is, "\n"), b = (int)strcspn(wanted, "\n");
		if (a != b || memcmp(is, wanted, (size_t)a) != 0)
			print_error("%3d is     |%.*s|\n    wanted |%.*s|\n", line, a, is, b,
				    wanted);
		is += a + (is[a] == '\n');
		wanted += b + (wanted[b] == '\n');
	}
}

void compare_picture(const char *name, const struct app *app, bool roles)
{
	char path[TEST_PATH + 64];
	const char *update = getenv("S7B_UPDATE");
	char *text = screen_of(app, roles);
	snprintf(path, sizeof(path), "%s/%s.txt", goldens, name);
	char *wanted = wanted_of(path);
	mask(text);
	mask(wanted);
	bool same = strcmp(wanted, text) == 0;
	if (!same && update && strcmp(update, "1") == 0)
		test_write(path, text, strlen(text));
	else if (!same) {
		differing++;
		note_lines(name, text, wanted);
	}
	free(wanted);
	free(text);
}

void check_noted(void)
{
	size_t n = differing;
	differing = 0;
	if (n)
		fail_msg("%zu pictures differ from their goldens", n);
}

void check_picture(const struct picture *p, uint64_t now)
{
	struct app app;
	copy_image(p->image);
	open_app(&app, p->image, p->locked ? &read_only_options : &plain_options, p->w, p->h);
	app.fixed_time = now;
	press(&app, p->keys);
	compare_picture(p->name, &app, p->roles);
	app_end(&app);
}

void check_pictures(const struct picture *pictures, size_t n, uint64_t now)
{
	for (size_t i = 0; i < n; i++)
		check_picture(&pictures[i], now);
	check_noted();
}
