/* SPDX-License-Identifier: MIT */
/* Inside aid*.c only. */
#ifndef STOP7B_AID_INTERNAL_H
#define STOP7B_AID_INTERNAL_H

#include "judge_internal.h"
#include "stop7b/aid.h"

/* There is nothing to do, or it is refused. Returns 0, or -1 with E_MEMORY when a text is missing. */
int aid_nothing(struct aid_result *out, struct said why, struct err *err);
int aid_refuse(struct aid_result *out, enum err_code code, struct said why, struct err *err);
void aid_take(struct aid_result *out, const struct fix *x);

aid_look aid_safe_mode, aid_normal_mode, aid_boot_log; /* aid_store.c */

#endif
