/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the registry pages share: ways to a key of the Windows 7 fixture, and questions
 * about what is then shown and staged.
 */
#ifndef STOP7B_REGISTRY_TEST_H
#define STOP7B_REGISTRY_TEST_H

#include "src/screen/registry_internal.h"

#include "screen_test.h"

#define WIN7     "win7-mbr-dynamic.vhd"
#define CONFIG   "d<enter>/win<enter><enter>/system32<enter><enter>/config<enter><enter>"
#define ROOT     CONFIG "/system<enter><enter>"
#define SERVICES ROOT "/controlset001<enter><enter>/services<enter><enter>"
#define MSAHCI   SERVICES "/msahci<enter><enter>"
#define BYTES65                                                                                    \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"                         \
	"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40"
#define LONG  MSAHCI "cvLong<enter>b" BYTES65 "<enter>"
#define LISTS MSAHCI "cvList<enter>mcone<enter>ctwo words<enter>"

static inline const struct edit *newest_edit(const struct app *app)
{
	const struct staged *staged = app->session->staged;
	assert_true(staged_count(staged) > 0);
	const struct change *change = staged_get(staged, staged_count(staged) - 1);
	assert_int_equal(change->n, 1);
	return &change->edits[0];
}

static inline enum registry_mark mark_of(const struct app *app, const char *name)
{
	for (size_t i = 0; i < registry_state(app)->n; i++)
		if (strcmp(registry_state(app)->rows[i].name, name) == 0)
			return registry_state(app)->rows[i].mark;
	fail_msg("no row %s", name);
	return MARK_NONE;
}

#endif
