/* SPDX-License-Identifier: MIT */
/*
 * Prints what files of the tree repeat from the program's tables: the manual's synopsis and
 * keys, and the words of the shell completion. generated.sh puts it into them and compares.
 */
#include <stdio.h>
#include <string.h>

#include "src/cli/cli_internal.h"
#include "src/screen/view.h"

static void synopsis(void)
{
	for (size_t i = 0; i < cli_n_commands; i++)
		for (size_t form = 0; form < 2 && cli_commands[i].forms[form].operands; form++) {
			if (i || form)
				puts(".br");
			help_synopsis(&cli_commands[i], form, true, stdout);
		}
}

/* ---- keys ---- */

static void key_row(const struct command *c)
{
	char keys[64];
	keycap_list(c, keys, sizeof(keys));
	printf(".TP 14\n.B \"%s\"\n%s.\n", keys, c->help);
}

/* What the common rows can do, each once: some stand there for one kind of page and another. */
static void common_keys(void)
{
	size_t n;
	const struct command *rows = command_table(&n);
	puts(".SS On most pages");
	for (size_t i = 0; i < n; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || rows[k].run == rows[i].run;
		if (!again)
			key_row(&rows[i]);
	}
}

static void keys(void)
{
	common_keys();
	for (unsigned page = 0; page < PAGES; page++) {
		const struct view *view = view_of(page);
		if (view->n_keys > 0)
			printf(".SS On the page: %s\n", view->name);
		for (size_t i = 0; i < view->n_keys; i++)
			key_row(&view->keys[i]);
	}
}

/* ---- completion ---- */

static void put_words(const char *(*choice)(size_t i))
{
	const char *word;
	for (size_t i = 0; (word = choice(i)) != NULL; i++)
		printf("%s%s", i ? " " : "", word);
}

/* "-o --output" */
static void put_names(const struct cli_option *option)
{
	if (option->letter)
		printf("-%c ", option->letter);
	printf("--%s", option->name);
}

static void commands(void)
{
	printf("_stop7b_commands='");
	for (size_t i = 1; i < cli_n_commands; i++)
		printf("%s%s", i > 1 ? " " : "", cli_commands[i].name);
	puts("'\n");
}

static void options(void)
{
	puts("# the options of a command; '' is the screen");
	puts("_stop7b_options() {\n\tcase $1 in");
	for (size_t i = 0; i < cli_n_commands; i++) {
		const char *name = cli_commands[i].name;
		printf("\t%s) echo '", *name ? name : "''");
		size_t n = 0;
		for (enum option_id id = 0; id < OPTIONS; id++) {
			if (!command_takes(&cli_commands[i], id) || cli_options[id].hidden)
				continue;
			fputs(n++ ? " " : "", stdout);
			put_names(&cli_options[id]);
		}
		puts("' ;;");
	}
	puts("\tesac\n}\n");
}

static const char *files(enum complete complete)
{
	return complete == COMPLETE_FILES ? "files" : complete == COMPLETE_FOLDERS ? "folders" : "";
}

/* The words, or what kind of name. */
static void values(void)
{
	puts("# what an option's value may be: words, \"files\", \"folders\" or nothing; 1 without "
	     "a value");
	puts("_stop7b_values() {\n\tcase $1 in");
	for (enum option_id id = 0; id < OPTIONS; id++) {
		const struct cli_option *o = &cli_options[id];
		if (!option_takes_value(o) || o->hidden)
			continue;
		printf("\t--%s", o->name);
		if (o->letter)
			printf(" | -%c", o->letter);
		printf(") echo '%s", files(o->complete));
		if (o->choice)
			put_words(o->choice);
		puts("' ;;");
	}
	puts("\t*) return 1 ;;\n\tesac\n}\n");
}

static void operands(void)
{
	puts("# what the operands of a command may be");
	puts("_stop7b_operands() {\n\tcase $1 in");
	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct cli_command *c = &cli_commands[i];
		printf("\t%s) echo '%s", *c->name ? c->name : "''", files(c->complete));
		if (c->choice)
			put_words(c->choice);
		puts("' ;;");
	}
	puts("\tesac\n}");
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "synopsis") == 0) {
		synopsis();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "keys") == 0) {
		keys();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "completion") == 0) {
		commands();
		options();
		values();
		operands();
		return 0;
	}
	fputs("generate synopsis|keys|completion\n", stderr);
	return 2;
}
