/* SPDX-License-Identifier: MIT */
/*
 * Inside the boot page: between its rows and its drawing.
 */
#ifndef STOP7B_BOOT_INTERNAL_H
#define STOP7B_BOOT_INTERNAL_H

#include "stop7b/boot_words.h"
#include "view.h"

/* The boot that is shown, until what is staged, the targets or the Windows change. */
struct boot_state {
	struct arena *arena;
	const struct rehearsal *run; /* NULL: none, or it could not be rehearsed */
	struct diagnosis alone;      /* of that machine, with what is staged */
	const struct windows *windows;
	char target[APP_TEXT];
	bool order;         /* the load order is shown, else the steps */
	struct frame other; /* where the other of the two stands */
};

struct boot_state *boot_state(const struct app *app);

size_t boot_rows(const struct app *app);
/* What a row shows; NULL when it is of the other list, or none. */
const struct load_item *boot_item_at(const struct app *app, size_t i);
/* The step in row i; BOOT_STEPS: none. */
enum boot_step boot_place_at(const struct app *app, size_t i);
const struct rehearsal_step *boot_step_at(const struct app *app, size_t i);
const char *boot_service_at(const struct app *app, size_t i);
const char *boot_selected(const struct app *app); /* service under the cursor, or NULL */
/* In the set that is judged, as it would be; NULL for NULL and where there is none. */
const struct service *boot_service_named(const struct app *app, const char *name);

int boot_room(const struct app *app);
void boot_draw(const struct app *app, struct grid *g);

#endif
