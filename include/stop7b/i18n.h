/* SPDX-License-Identifier: MIT */
/*
 * Marks for text that people read: _() translates now, N_() only marks for the catalogue.
 * JSON, exit codes and the words scripts look for are never marked.
 */
#ifndef STOP7B_I18N_H
#define STOP7B_I18N_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#endif
