/* SPDX-License-Identifier: MIT */
/*
 * Between the boot page and its drawing.
 */
#ifndef STOP7B_BOOT_PAGE_H
#define STOP7B_BOOT_PAGE_H

#include "stop7b/boot_words.h"
#include "view.h"

size_t boot_rows(const struct app *app);
/* What a row shows; NULL when it is of the other list, or none. */
const struct load_item *boot_item_at(const struct app *app, size_t i);
const struct rehearsal_step *boot_step_at(const struct app *app, size_t i);
const char *boot_service_at(const struct app *app, size_t i);
/* In the set that is judged, as it would be; NULL for NULL and where there is none. */
const struct service *boot_service_named(const struct app *app, const char *name);

int boot_room(const struct app *app);
void boot_draw(const struct app *app, struct grid *g);

#endif
