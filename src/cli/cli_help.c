/* SPDX-License-Identifier: MIT */
/*
 * How the program is called, from the tables: synopses, one command with its options, all commands
 * at a glance. Nothing is wider than 80 columns.
 */
#include "cli_internal.h"

#include <string.h>

#include "stop7b/columns.h"

#define HELP_WIDTH 80
#define PIECE_MAX  160 /* bytes of "[--format cmd|md|json]" */
#define SUMMARY_X  26  /* column of what an option does */

/* ---- the words of a synopsis ---- */

/* "FILE", "auto|always|never"; "" for a flag */
static void value_words_of(const struct cli_option *option, char buf[PIECE_MAX])
{
	buf[0] = '\0';
	if (option->value)
		snprintf(buf, PIECE_MAX, "%s", option->value);
	for (size_t i = 0; !option->value && option->choice && option->choice(i); i++) {
		size_t len = strlen(buf);
		snprintf(buf + len, PIECE_MAX - len, "%s%s", i ? "|" : "", option->choice(i));
	}
}

/* "-o|--output FILE" */
static void option_words(const struct cli_option *option, char buf[PIECE_MAX])
{
	char value[PIECE_MAX], letter[4] = "";
	value_words_of(option, value);
	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c|", option->letter);
	snprintf(buf, PIECE_MAX, "%s--%s%s%.100s", letter, option->name, value[0] ? " " : "",
		 value);
}

/* What a use and the alternatives behind it make: "[--yes|--list]", "[select]". */
static void use_words(const struct cli_use *use, char buf[PIECE_MAX])
{
	char words[PIECE_MAX];
	bool one = use->how == USE_ONE;
	if (use->what >= OPTIONS) {
		snprintf(buf, PIECE_MAX, "[%s]", cli_groups[use->what - OPTIONS].name);
		return;
	}
	const struct cli_option *first = &cli_options[use->what];
	snprintf(buf, PIECE_MAX, "%s", one ? "" : "[");
	do {
		size_t len = strlen(buf);
		option_words(&cli_options[use->what], words);
		snprintf(buf + len, PIECE_MAX - len, "%s%s", use->how == USE_OR ? "|" : "", words);
		use++;
	} while (use->what != USES_END && use->how == USE_OR);
	size_t len = strlen(buf);
	snprintf(buf + len, PIECE_MAX - len, "%s%s", one ? "" : "]", first->many ? "..." : "");
}

/* ---- plain lines, or the manual's ---- */

struct lines {
	FILE *out;
	bool roff;
	int x;
};

/* A word for the manual: options bold, what is to be replaced italic, brackets plain. */
static void put_roff(FILE *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "[]| .");
		while (text[n] == '.' && strncmp(text + n, "...", 3) != 0)
			n += 1 + strcspn(text + n + 1, "[]| .");
		if (n > 0)
			fprintf(out, "\\f%c", *text == '-' ? 'B' : 'I');
		for (size_t i = 0; i < n; i++)
			fprintf(out,
				text[i] == '-'    ? "\\-"
				: text[i] == '\\' ? "\\e"
						  : "%c",
				text[i]);
		if (n > 0)
			fputs("\\fR", out);
		text += n;
		for (n = strspn(text, "[]| ."); n > 0; n--, text++)
			fprintf(out, *text == ' ' ? "\\ " : "%c", *text); /* it stays on its line */
	}
	fputs("\\&\n", out); /* dots do not end a sentence */
}

/* Words that stay together; a line breaks between pieces. */
static void put_piece(struct lines *l, const char *text)
{
	int width = text_width(text);
	if (l->roff) {
		put_roff(l->out, text);
		return;
	}
	bool fits = l->x + 1 + width <= HELP_WIDTH;
	fprintf(l->out, fits ? " %s" : "\n         %s", text);
	l->x = (fits ? l->x + 1 : 9) + width;
}

static bool is_hidden(const struct cli_use *use)
{
	return use->what < OPTIONS && cli_options[use->what].hidden;
}

static void put_form(struct lines *l, const struct cli_form *form)
{
	char words[PIECE_MAX], rest[PIECE_MAX], *at = rest;
	if (form->with < OPTIONS) {
		option_words(&cli_options[form->with], words);
		put_piece(l, words);
	}
	snprintf(rest, sizeof(rest), "%s", form->operands);
	for (char *word; (word = strsep(&at, " ")) != NULL;)
		if (*word)
			put_piece(l, word);
}

void help_synopsis(const struct cli_command *command, size_t form, bool roff, FILE *out)
{
	char words[PIECE_MAX];
	struct lines l = {.out = out, .roff = roff};
	snprintf(words, sizeof(words), "stop7b%s%s", *command->name ? " " : "", command->name);
	fprintf(out, roff ? "\\fB%s\\fR\n" : "  %s", words);
	l.x = 2 + text_width(words);
	for (const struct cli_use *use = command->uses; use->what != USES_END; use++) {
		if (use->how == USE_OR || is_hidden(use))
			continue;
		use_words(use, words);
		put_piece(&l, words);
	}
	put_form(&l, &command->forms[form]);
	if (!roff)
		fputc('\n', out);
}

/* ---- help ---- */

static void put_wrapped(FILE *out, int x, int first, const char *text)
{
	char line[PIECE_MAX];
	while (*text) {
		text = text_wrap(text, HELP_WIDTH - x, line, sizeof(line));
		fprintf(out, "%*s%s\n", first, "", line);
		first = x;
	}
}

/* "  -o, --output FILE   save it there" */
static void put_option(FILE *out, const struct cli_option *option)
{
	char left[2 * PIECE_MAX], text[2 * PIECE_MAX], value[PIECE_MAX], letter[8] = "";
	value_words_of(option, value);
	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "  %s--%s%s%s", letter, option->name, value[0] ? " " : "",
		 value);
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", _(option->summary));
	bool list = option->value && option->choice && !option->listed_by;
	for (size_t i = 0; list && option->choice(i); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? ", " : ": ",
					option->choice(i));
	int gap = SUMMARY_X - text_width(left);
	fputs(left, out);
	if (gap < 2)
		fputc('\n', out);
	put_wrapped(out, SUMMARY_X, gap < 2 ? SUMMARY_X : gap, text);
}

static void put_group(FILE *out, const struct cli_group *group)
{
	fprintf(out, "\n%s: %s\n", group->name, _(group->title));
	for (const enum option_id *id = group->options; *id != OPTIONS; id++)
		put_option(out, &cli_options[*id]);
}

static void put_synopses(const struct cli_command *command, FILE *out)
{
	for (size_t form = 0; form < 2 && command->forms[form].operands; form++)
		help_synopsis(command, form, false, out);
	put_wrapped(out, 6, 6, _(command->summary));
}

void help_command(const struct cli_command *command, FILE *out)
{
	put_synopses(command, out);
	fputc('\n', out);
	for (const struct cli_use *use = command->uses; use->what != USES_END; use++)
		if (use->what < OPTIONS && !is_hidden(use))
			put_option(out, &cli_options[use->what]);
	if (command->forms[1].operands)
		put_option(out, &cli_options[command->forms[1].with]);
	put_option(out, &cli_options[OPT_HELP]);
	put_option(out, &cli_options[OPT_VERSION]);
	for (const struct cli_use *use = command->uses; use->what != USES_END; use++)
		if (use->what >= OPTIONS)
			put_group(out, &cli_groups[use->what - OPTIONS]);
}

static void put_group_brief(FILE *out, const struct cli_group *group)
{
	char words[PIECE_MAX];
	struct lines l = {.out = out, .x = text_width(group->name) + 3};
	fprintf(out, "  %s:", group->name);
	for (const enum option_id *id = group->options; *id != OPTIONS; id++) {
		const struct cli_use alone[] = {{(int)*id, USE_MAY}, {USES_END, USE_MAY}};
		use_words(alone, words);
		put_piece(&l, words);
	}
	fputc('\n', out);
}

void help_all(FILE *out)
{
	put_wrapped(out, 0, 0,
		    _("stop7b finds and repairs the storage drivers that would stop a Windows disk "
		      "image with STOP 0x7B on the machine it is going to."));
	fputc('\n', out);
	for (size_t i = 0; i < cli_n_commands; i++)
		put_synopses(&cli_commands[i], out);
	fputc('\n', out);
	for (size_t i = 0; i < GROUPS; i++)
		put_group_brief(out, &cli_groups[i]);
	fputc('\n', out);
	put_wrapped(out, 0, 0,
		    _("stop7b COMMAND -h says what the options of a command do, stop7b -V the "
		      "version. Exit: 0 boots or done, 1 problems found or shown, 2 usage, "
		      "3 cannot read, 4 refused to write, 5 write failed, 6 an interrupted apply "
		      "needs recover."));
}
