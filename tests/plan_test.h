/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the plan's pages and of the page of a whole store share: the boot stores of a
 * host, made once in the scratch folder.
 */
#ifndef STOP7B_PLAN_TEST_H
#define STOP7B_PLAN_TEST_H

#include "src/screen/plan_internal.h"

#include <unistd.h>

#include "cleanup_test.h"
#include "screen_test.h"

#define NOW     UINT64_C(133444800000000000) /* 2023-11-14 16:00 */
#define DISK    "win7-mbr-dynamic.vhd"
#define ASK     "p<ctrl-u>" THIS_DISK "<enter>"
#define NAMED   "p<ctrl-u>D:\\other\\win7.vhd<enter>"
#define CMD     DISK ".bcdedit.cmd"
#define MENU    ASK "host.bcd<enter>"
#define DAMAGED ASK "damaged.bcd<enter>"
#define TWINS   ASK "twin.bcd<enter>"
#define ADD     "t<tab> p<ctrl-u>" THIS_DISK "<enter>"
#define OWN     "p<enter>" DISK ":1:\\Boot\\BCD<enter>"

/* ---- stores ---- */

static inline void keep(struct bench *b, const char *name)
{
	char path[2 * TEST_PATH];
	snprintf(path, sizeof(path), "%s/%s", screen_scratch(), name);
	test_write(path, b->bytes.p, b->bytes.len);
}

static inline void make_store(const char *name, const struct odd *odd)
{
	struct planned p;
	planned_begin(&p, odd);
	keep(&p.f.b, name);
	planned_end(&p);
}

/* A device whose sizes run past its bytes, and two elements that nobody knows. */
static inline void make_damaged(void)
{
	struct bench b;
	struct blob part = mbr_partition(0x36234da4, 0x100000), e;
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	add_own(&b);
	add_disk(&b, WIN7, "\\vhd\\win7.vhd", "\"Windows 7 (VHD)\"", false);
	element(&b, WIN7, 0x2500ffff, "hex:34,12");
	element(&b, WIN7, 0x28000001, "hex:de,ad");
	e = element_of(0, &part);
	e.len -= 8;
	object(&b, OTHER, BCD_LOADER);
	element(&b, OTHER, BCD_DESCRIPTION, "\"Other\"");
	element_bytes(&b, OTHER, BCD_OS_DEVICE, &e);
	bench_make(&b, "");
	keep(&b, "damaged.bcd");
	bench_end(&b);
}

static inline void make_empty(void)
{
	struct bench b;
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	bench_make(&b, "");
	keep(&b, "empty.bcd");
	bench_end(&b);
}

/* A very long text, settings that inherit from themselves, an object without a type. */
static inline void make_odd(void)
{
	struct bench b;
	char text[6000];
	memset(text, 'a', sizeof(text));
	text[0] = '"';
	strcpy(text + sizeof(text) - 2, "\"");
	bench_begin(&b);
	add_manager(&b, &(struct odd){.once = false});
	add_own(&b);
	element(&b, WIN10, BCD_INHERITED, "multi:\"" WIN10 "\"");
	element(&b, WIN10, 0x22000010, text);
	fprintf(b.text, "[Objects\\%s]\n", OTHER);
	bench_make(&b, "");
	keep(&b, "odd.bcd");
	bench_end(&b);
}

static inline void make_stores(void)
{
	make_store("host.bcd", &(struct odd){.once = false});
	make_store("default.bcd",
		   &(struct odd){.is_default = true, .once = true, .in_tools = true});
	make_store("twin.bcd", &(struct odd){.twin = true});
	make_store("hostile.bcd",
		   &(struct odd){.description = "\"a \\\"q\\\" {U+202E}%PATH% {U+0007}"
						"abcdefghijklmnopqrstuvwxyz\""});
	make_damaged();
	make_empty();
	make_odd();
}

static inline int plan_begin(void **state)
{
	const char *given = getenv("FIXTURE_BIN");
	char *bin = given ? realpath(given, NULL) : NULL;
	if (bin)
		setenv("FIXTURE_BIN", bin, 1);
	free(bin);
	return screen_begin(state);
}

/* Skips where fixtures are not built; the first test that runs makes the stores. */
static inline void need_fixtures(void)
{
	const char *bin = getenv("FIXTURE_BIN");
	need_images();
	if (!bin || bin[0] != '/')
		skip();
	if (access("host.bcd", F_OK) != 0)
		make_stores();
	const char *const saved[] = {CMD, DISK ".bcdedit.md", DISK ".bcdedit.json",
				     DISK ".bcdedit-add.md", DISK ".bcdedit-add.cmd"};
	for (size_t i = 0; i < 5; i++)
		remove(saved[i]);
}

#endif
