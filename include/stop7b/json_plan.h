/* SPDX-License-Identifier: MIT */
/*
 * The bcdedit plan for scripts.
 */
#ifndef STOP7B_JSON_PLAN_H
#define STOP7B_JSON_PLAN_H

#include "stop7b/cleanup.h"

/*
 * The plan as one JSON object on a line, UTF-8, schema stop7b.plan/1. 0, or -1 with err: E_MEMORY.
 */
int json_plan(const struct cleanup_plan *plan, struct arena *arena, char **out, struct err *err);

#endif
