/* SPDX-License-Identifier: MIT */
/* The parts of the PowerShell text that are the same in every plan, in their order. */
#ifndef STOP7B_CLEANUP_PS_INTERNAL_H
#define STOP7B_CLEANUP_PS_INTERNAL_H

#include "cleanup_internal.h"

extern const char ps_functions[]; /* behind the settings */
extern const char ps_undo[];      /* -Undo */
extern const char ps_listing[];   /* reads all ids and those of loaders and resume objects */
extern const char ps_save[];      /* ends a dry run; saves the store */
extern const char ps_verify[];    /* everything else is still there */

#endif
