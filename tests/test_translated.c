/* SPDX-License-Identifier: MIT */
/*
 * Another language, whole: every lookup of the catalogue answers with its text between tildes, so
 * what goes through it can be told from what does not, also where one sentence stands in another.
 * Lines and screens for people must show them, JSON must hold none.
 *
 * The program looks texts up through dcgettext() and dcngettext(); this file has its own, and the
 * linker takes them before libc's.
 */
#include "screen_test.h"

#include "stop7b/cli.h"
#include "stop7b/i18n.h"

#include <libintl.h>
#include <stdlib.h>

#define WIN7  "win7-mbr-dynamic.vhd"
#define WIN10 "win10-gpt-dynamic.vhd"
#define TEXTS 4096u

static bool speaking;

/* ---- the language ---- */

static struct {
	const char *from;
	char *to;
} known[TEXTS];

/* Formats without a word stand in no catalogue. */
static bool has_words(const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			text += 1 + strcspn(text + 1, "sucxd%");
		else if (*text >= 'A')
			return true;
		if (!*text)
			break;
	}
	return false;
}

/* What a lookup gives is never freed. */
static char *between_tildes(const char *text)
{
	size_t i = 0;
	while (i < TEXTS && known[i].from && strcmp(known[i].from, text) != 0)
		i++;
	if (!speaking || i == TEXTS || !has_words(text))
		return (char *)(uintptr_t)text;
	if (!known[i].from) {
		known[i].from = strdup(text);
		if (asprintf(&known[i].to, "~%s~", text) < 0)
			abort();
	}
	return known[i].to;
}

#undef dgettext
#undef gettext
#undef ngettext

char *dcgettext(const char *domain, const char *text, int category)
{
	(void)domain;
	(void)category;
	return between_tildes(text);
}

char *dgettext(const char *domain, const char *text)
{
	return dcgettext(domain, text, 0);
}

char *gettext(const char *text)
{
	return between_tildes(text);
}

char *dcngettext(const char *domain, const char *one, const char *many, unsigned long n,
		 int category)
{
	(void)domain;
	(void)category;
	return between_tildes(n == 1 ? one : many);
}

char *ngettext(const char *one, const char *many, unsigned long n)
{
	return between_tildes(n == 1 ? one : many);
}

/* ---- what the program says ---- */

/* words: the command line without the program's name, parted by blanks */
static char *run(const char *words)
{
	char line[256], *argv[16] = {(char[]){"stop7b"}};
	char *said;
	size_t len;
	int argc = 1;
	FILE *out = open_memstream(&said, &len), *complaints = fopen("complaints", "w");
	snprintf(line, sizeof(line), "%s", words);
	for (char *p = strtok(line, " "); p && argc < 15; p = strtok(NULL, " "))
		argv[argc++] = p;
	copy_image(WIN7);
	copy_image(WIN10);
	speaking = true;
	cli_main(argc, argv, out, complaints, NULL);
	speaking = false;
	fclose(out);
	fclose(complaints);
	return said;
}

static void test_json_is_english(void **state)
{
	static const char *const commands[] = {
		"check --json " WIN7,
		"check --json --machine last --target portable " WIN10,
		"boot --json " WIN7,
		"boot --json --target hyperv-gen2 " WIN7,
		"boot --json --target physical-nvme " WIN10,
		"diff --json " WIN7,
		"set --json " WIN7 " Select Failed dword 1",
		"fix --json --yes " WIN7,
		"ls --json " WIN7,
		"targets --json",
		"bcd --json " WIN7,
		"check --json nosuch.vhd",
	};
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *said = run(commands[i]);
		if (said[0] != '{' || strchr(said, '~'))
			fail_msg("%s:\n%s", commands[i], said);
		free(said);
	}
}

#define PARKED "~Start=3: ~Windows loads it on demand~, so ~it cannot read the boot disk~: 0x7B.~"

/* Findings, steps of a rehearsal, lines of a review, and sentences inside of them. */
static void test_lines_are_translated(void **state)
{
	static const struct {
		const char *command, *shows;
	} rows[] = {
		{"check " WIN7, PARKED},
		{"check " WIN7, "msahci        ~3 Manual~"},
		{"check " WIN7, "~Boots: ~"},
		{"boot --target physical-ahci " WIN7, "~~3 Manual~: not loaded~"},
		{"boot --target physical-ahci " WIN7, PARKED},
		{"boot --target physical-ahci " WIN7, "~waits for the controller~"},
		{"boot --target hyperv-gen2 " WIN7,
		 "~Windows 7 does not run ~on Hyper-V generation 2~.~"},
		{"diff " WIN7, "-  Start  REG_DWORD  ~3 Manual~"},
		{"diff " WIN7, "~hive header~"},
		{"diff " WIN7, "~time of key ControlSet001\\Services\\msahci~"},
	};
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said = run(rows[i].command);
		if (!strstr(said, rows[i].shows))
			fail_msg("%s does not say %s:\n%s", rows[i].command, rows[i].shows, said);
		free(said);
	}
}

static void test_screens_are_translated(void **state)
{
	static const struct {
		const char *keys, *shows;
	} rows[] = {
		{"", "~3 Manual~"},
		{"j", PARKED},
		{"b", "~~3 Manual~: not loaded~"},
		{"fa", "REG_DWORD ~3 Manual~"},
		{"fayu", "Start    ~3 Manual~"},
		{"fayu", "~hive header~"},
	};
	(void)state;
	need_images();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct app app;
		speaking = true;
		open_at(&app, WIN7, rows[i].keys, 132, 40);
		assert_shows(&app, rows[i].shows, true);
		app_end(&app);
		speaking = false;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_is_english),
		cmocka_unit_test(test_lines_are_translated),
		cmocka_unit_test(test_screens_are_translated),
	};
	return cmocka_run_group_tests(tests, screen_begin, screen_end);
}
