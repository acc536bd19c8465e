/* SPDX-License-Identifier: MIT */
/*
 * One registry value whole: what it is, its text wrapped into lines, and its bytes in hex. The hex
 * part is bounded, so a large value opens at once.
 */
#include "registry_internal.h"

#include <string.h>

#include "stop7b/i18n.h"

#define PER_LINE_WIDE   16u
#define PER_LINE_NARROW 8u
#define WIDE_FROM       76
#define HEX_MAX         65536u /* bytes shown in hex; the rest is for `stop7b reg` */

/* The value under the cursor of the registry page below. */
static const struct registry_row *shown_value(const struct app *app)
{
	const struct registry_row *row = registry_selected(app);
	return row && !row->is_key ? row : NULL;
}

static void put_state(struct sheet *s, enum registry_mark mark)
{
	static const char *const states[] = {
		[MARK_NEW] = N_("new, staged; space takes it back"),
		[MARK_CHANGED] = N_("changed, staged; space takes it back"),
		[MARK_DELETED] = N_("deleted in what is staged; space takes it back"),
	};
	if (mark < MARK_NEW)
		return;
	int y = sheet_put(s, 5, ROLE_NEW, _(states[mark]));
	if (y >= 0)
		grid_put(s->grid, 3, y, ROLE_NEW, "*");
}

static void put_text(struct app *app, const struct registry_row *row, struct arena *arena)
{
	const struct value v = row->value;
	char **texts, *text, words[APP_TEXT];
	size_t n;
	if (v.type == REG_MULTI_SZ && value_texts(v, arena, &texts, &n, NULL) == 0) {
		for (size_t i = 0; i < n; i++)
			sheet_wrap(&app->sheet, 5, ROLE_PLAIN, texts[i]);
	} else if ((v.type == REG_SZ || v.type == REG_EXPAND_SZ || v.type == REG_LINK) &&
		   value_text(v, arena, &text, NULL) == 0) {
		sheet_wrap(&app->sheet, 5, ROLE_PLAIN, text);
	} else {
		registry_data(app, row, words, sizeof(words));
		sheet_wrap(&app->sheet, 5, ROLE_PLAIN, words);
	}
}

static void put_hex_line(struct sheet *s, struct span data, size_t at, size_t per_line)
{
	int y = sheet_line(s), x = 3;
	if (y < 0)
		return;
	x = grid_putf(s->grid, x, y, ROLE_DIM, "%06zx", at) + 2;
	for (size_t i = 0; i < per_line && at + i < data.len; i++) {
		unsigned char c = data.p[at + i];
		int gap = i >= 8 ? 1 : 0;
		grid_putf(s->grid, x + 3 * (int)i + gap, y, ROLE_PLAIN, "%02x", c);
		grid_putf(s->grid, x + 3 * (int)per_line + 2 + (int)i, y, ROLE_PLAIN, "%c",
			  c >= 32 && c < 127 ? c : '.');
	}
}

static void put_hex(struct app *app, struct span data)
{
	size_t per_line = app->w >= WIDE_FROM ? PER_LINE_WIDE : PER_LINE_NARROW;
	struct span part = {data.p, data.len < HEX_MAX ? data.len : HEX_MAX};
	for (size_t at = 0; at < part.len; at += per_line)
		put_hex_line(&app->sheet, part, at, per_line);
	if (data.len > part.len)
		sheet_putf(&app->sheet, 3, ROLE_DIM, _("%zu more bytes: stop7b reg shows them"),
			   data.len - part.len);
}

static void value_build(struct app *app)
{
	const struct registry_row *row = shown_value(app);
	struct arena *arena = arena_new();
	struct span data;
	char number[NUMBER_TEXT];
	if (!row || !arena || !app->sheet.grid)
		goto out;
	const struct value v = row->value;
	const char *type = reg_type_name(v.type);
	int y = sheet_line(&app->sheet);
	int x = grid_put(app->sheet.grid, 1, y, ROLE_KEY, registry_title(row)) + 2;
	grid_putf(app->sheet.grid, x, y, ROLE_PLAIN, _("%s, %s bytes, at hive byte 0x%llx"),
		  type ? type : _("odd type"), number_words(v.size, number),
		  (unsigned long long)value_data_at(v));
	put_state(&app->sheet, row->mark);
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	put_text(app, row, arena);
	sheet_put(&app->sheet, 0, ROLE_PLAIN, "");
	struct err err = {0};
	if (value_data(v, arena, &data, &err) == 0)
		put_hex(app, data);
	else
		sheet_wrap(&app->sheet, 3, ROLE_WARN, err.shown);
out:
	arena_free(arena);
}

static void value_crumbs(const struct app *app, char *buf, size_t cap, bool brief)
{
	const struct registry_row *row = shown_value(app);
	char key[APP_PATH + 64];
	registry_crumbs(app, key, sizeof(key), brief);
	snprintf(buf, cap, "%s > %s", key, row ? registry_title(row) : "");
}

static const struct command keys[] = {
	{.keys = {'e'},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_edit_value,
	 .when = can_edit_value,
	 .bar = {.text = N_("edit"), .place = 12, .keep = 4},
	 .help = N_("edit this value")},
	{.keys = {' '},
	 .kind = DO_STAGE,
	 .flags = COMMAND_STAGES,
	 .run = cmd_unstage_row,
	 .when = can_unstage_row,
	 .bar = {.text = N_("unstage"), .place = 35, .keep = 6},
	 .help = N_("take back what is staged for this row")},
};

const struct view view_value = {
	.name = N_("registry value"),
	.takes = TAKES_TEXT | TAKES_BACK | TAKES_REVIEW | TAKES_DISK | TAKES_SAVE | TAKES_QUIT,
	KEYS_OF(keys),
	.crumbs = value_crumbs,
	.build = value_build,
	.draw = sheet_draw,
	.room = sheet_room,
	.pages_sheet = true,
};
