/* SPDX-License-Identifier: MIT */
/*
 * Part of test_install.c: real SYSTEM hives. What an independent reader found in them stands in
 * expected/hives.txt of the data folder; what Windows makes of them stands in the table here,
 * worked out by hand from those values.
 */
#ifndef INSTALL_REAL_H
#define INSTALL_REAL_H

#include "install_test.h"

static const char *const hives[] = {
	"nt4_x86_dc_server",
	"xp_sp3_x86_iecompatvhd",
	"win7_sp1_x86_wks732",
	"win81_x64_sensei_dirty_nolog",
	"win10_190x_x64_2kgm189_dirty_nolog",
};

static const struct {
	const char *hive, *version, *architecture;
	unsigned build, n_sets, services;
	const char *manufacturer;
} facts[] = {
	{"nt4_x86_dc_server", "Windows NT 4.0 Server", "x86", 0, 2, 136, NULL},
	{"xp_sp3_x86_iecompatvhd", "Windows XP", "x86", 0, 2, 268, NULL},
	{"win7_sp1_x86_wks732", "Windows 7", "x86", 0, 2, 467, NULL},
	{"win81_x64_sensei_dirty_nolog", "Windows 8.1", "x64", 9600, 1, 469, NULL},
	{"win10_190x_x64_2kgm189_dirty_nolog", "Windows 10", "x64", 18362, 1, 737, "VMware, Inc."},
	{"win10_trimmed_qthivex", "Windows 10", NULL, 0, 1, 97, NULL},
};

/* The data folder as an absolute path; skips where it is absent. */
static void data_dir(char out[PATH])
{
	const char *data = getenv("S7B_DATA"), *src = getenv("S7B_SRC");
	char path[PATH];
	if (data && *data)
		snprintf(path, sizeof(path), "%s", data);
	else
		snprintf(path, sizeof(path), "%s/../shared/data", src && *src ? src : ".");
	char *real = realpath(path, NULL);
	if (!real)
		skip();
	snprintf(out, PATH, "%s", real);
	free(real);
}

static void open_real(struct bench *b, const char *hive)
{
	char data[PATH];
	struct err err = {0};
	data_dir(data);
	assert_int_equal(run(b, "xz -dc '%s/system/%s.SYSTEM.xz' > h", data, hive), 0);
	if (read_model(b, "h", &err) < 0)
		fail_msg("%s: %s", hive, err.text);
}

/* "Name=" in a line; what stands behind it up to the next " Word=" or the end. */
static void field(const char *line, const char *name, char out[PATH])
{
	static const char *const next[] = {
		" Start=", " Type=", " Group=", " Tag=", " Img=", " SO="};
	const char *p = strstr(line, name);
	assert_non_null(p);
	snprintf(out, PATH, "%s", p + strlen(name));
	for (size_t i = 0; i < COUNT(next); i++) {
		char *end = strstr(out, next[i]);
		if (end)
			*end = '\0';
	}
}

static void expect_number(const char *line, const char *name, uint32_t found)
{
	char text[PATH];
	field(line, name, text);
	if (strcmp(text, "None") == 0)
		assert_int_equal(found, UINT32_MAX);
	else
		assert_int_equal(found, strtoul(text, NULL, 10));
}

static void expect_text(const char *line, const char *name, const char *found)
{
	char text[PATH];
	field(line, name, text);
	if (strcmp(text, "None") == 0 || !*text)
		assert_null(found);
	else
		assert_string_equal(found, text);
}

static void compare_service(struct bench *b, const char *line)
{
	char name[PATH], overrides[PATH];
	size_t n = 0;
	assert_int_equal(sscanf(line, " %511s", name), 1);
	const struct service *s = service_of(b, 1, name);
	expect_number(line, " Start=", s->start);
	expect_number(line, " Type=", s->type);
	expect_number(line, " Tag=", s->tag);
	expect_text(line, " Group=", s->group);
	expect_text(line, " Img=", s->image_path);
	field(line, " SO=", overrides);
	for (const char *p = overrides; (p = strchr(p, ':')); p++) {
		assert_true(n < s->n_overrides);
		assert_int_equal(s->overrides[n++].value, strtoul(p + 1, NULL, 10));
	}
	assert_int_equal(n, s->n_overrides);
}

static size_t compare_services(struct bench *b, FILE *expected, const char *hive)
{
	char line[4096], head[PATH];
	size_t n = 0;
	bool here = false;
	snprintf(head, sizeof(head), "# system/%s.SYSTEM", hive);
	rewind(expected);
	while (fgets(line, sizeof(line), expected)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			here = strcmp(line, head) == 0;
		else if (here && strncmp(line, "    ", 4) == 0 && strstr(line, " Start=")) {
			compare_service(b, line);
			n++;
		}
	}
	return n;
}

static __attribute__((unused)) void test_real_services(void **state)
{
	struct bench *b = *state;
	char data[PATH], path[2 * PATH];
	data_dir(data);
	snprintf(path, sizeof(path), "%s/expected/hives.txt", data);
	FILE *expected = fopen(path, "r");
	assert_non_null(expected);
	for (size_t i = 0; i < COUNT(hives); i++) {
		open_real(b, hives[i]);
		assert_true(compare_services(b, expected, hives[i]) >= 8);
	}
	fclose(expected);
	for (size_t i = 0; i < COUNT(facts); i++) {
		open_real(b, facts[i].hive);
		assert_string_equal(b->inst.version, facts[i].version);
		assert_int_equal(b->inst.build, facts[i].build);
		assert_int_equal(b->inst.n_sets, facts[i].n_sets);
		assert_int_equal(b->inst.sets[0].n, facts[i].services);
		assert_int_equal(b->inst.boots_with, 1);
		assert_true(text_equal(b->inst.architecture, facts[i].architecture));
		assert_true(text_equal(b->inst.manufacturer, facts[i].manufacturer));
	}
}

static void expect_verdict(struct bench *b, const char *target, const char *verdict,
			   const char *subjects)
{
	struct diagnose_request request = {.targets = &target, .n_targets = 1};
	struct diagnosis d;
	char found[PATH] = "";
	assert_int_equal(diagnose(&b->inst, &request, b->arena, &d, NULL), 0);
	for (size_t i = 0; i < d.targets[0].n; i++) {
		const struct finding *f = &d.findings[d.targets[0].findings[i]];
		size_t len = strlen(found);
		snprintf(found + len, sizeof(found) - len, "%s%s %s", len ? ", " : "", f->rule->id,
			 f->subject);
		assert_int_equal(f->fixable, f->rule->id[1] != '4');
	}
	assert_string_equal(found, subjects);
	assert_string_equal(verdict_name(d.targets[0].verdict), verdict);
}

/* A hive with a hole in its services: what was read stays, the rest is said to be missing. */
static __attribute__((unused)) void test_real_damaged(void **state)
{
	struct bench *b = *state;
	open_real(b, "xp_x86_ginevra_corrupted");
	assert_non_null(b->inst.sets[0].problem.plain);
	assert_true(b->inst.sets[0].n > 100);
	assert_true(b->inst.n_notes >= 2);
	assert_string_equal(b->inst.version, "Windows XP");
	expect_verdict(b, "virtual-pc", "unknown", "");
}

#endif
